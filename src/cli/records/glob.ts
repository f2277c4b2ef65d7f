import { UsageError } from '../errors.ts';

/**
 * The test of a pattern: `*` any characters, `?` one, `[abc]` or `[!abc]` one of a set. It means the whole text; upper and
 * lower case are the same. Throws UsageError where a set is none.
 */
export function globTest(pattern: string): (text: string) => boolean {
  // A run of stars is one star: several would try every way to share the text between them.
  const source = pattern
    .replace(/\*+/g, '*')
    .replace(/\[(!?)([^\]]+)\]|[\s\S]/gu, (found, not: string | undefined, set: string | undefined) => {
      if (found === '*') return '.*';
      if (found === '?') return '.';
      if (set === undefined) return found.replace(/[.+^${}()|[\]\\/]/g, '\\$&');
      return `[${not === '!' ? '^' : ''}${set.replace(/[\\^[\]]/g, '\\$&')}]`;
    });
  const regExp = compiled(source, pattern);
  return (text) => regExp.test(text);
}

function compiled(source: string, pattern: string): RegExp {
  try {
    return new RegExp(`^${source}$`, 'isu');
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new UsageError(`'${pattern}' is not a pattern`, 'write it like web*, rack3-? or db[0-9]');
  }
}
