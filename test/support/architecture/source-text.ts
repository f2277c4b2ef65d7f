/** One file's text without what only looks like code; both texts keep every line and column of the original. */
export interface SourceText {
  /** Comments and regular expressions are blank. */
  readonly code: string;
  /** The contents of strings and templates are blank too (what stands in `${…}` is code and stays). */
  readonly bare: string;
}

/** After these a slash begins a regular expression; after any other word, a name, it divides. */
const WORDS_BEFORE_REGEX = new Set(
  'return typeof case in of delete void throw new do else yield await instanceof'.split(' '),
);

/**
 * Blanks comments, regular expressions and string contents of TypeScript. A scanner of this size cannot know
 * whether a slash after `)` or `}` divides; it takes `)` as the end of a value and `}` as the end of a block.
 */
export function readSource(text: string): SourceText {
  const code = text.split('');
  const bare = text.split('');
  /** Open braces inside each `${` that the scanner is in. */
  const openBraces: number[] = [];
  const blank = (target: string[], from: number, to: number) => {
    for (let i = from; i < to; i++) if (target[i] !== '\n') target[i] = ' ';
  };

  /** Consumes template text from `from` up to the closing backtick or into the next `${`; gives what comes after. */
  const skipTemplate = (from: number): number => {
    let i = from;
    while (i < text.length && text[i] !== '`' && !text.startsWith('${', i)) i += text[i] === '\\' ? 2 : 1;
    blank(bare, from, Math.min(i, text.length));
    if (text[i] === '`') return i + 1;
    openBraces.push(0);
    return i + 2;
  };

  const skipBrace = (at: number): number => {
    const depth = openBraces.at(-1);
    if (depth === undefined) return at + 1;
    if (text[at] === '}' && depth === 0) {
      openBraces.pop();
      return skipTemplate(at + 1);
    }
    openBraces[openBraces.length - 1] = depth + (text[at] === '{' ? 1 : -1);
    return at + 1;
  };

  const skipSlash = (at: number): number => {
    const end = endOfComment(text, at) ?? (beginsRegex(bare, at) ? endOfRegex(text, at) : undefined);
    if (end === undefined) return at + 1;
    blank(code, at, end);
    blank(bare, at, end);
    return end;
  };

  let i = 0;
  while (i < text.length) {
    const character = text[i];
    if (character === '/') i = skipSlash(i);
    else if (character === "'" || character === '"') {
      const end = endOfString(text, i);
      blank(bare, i + 1, end - 1);
      i = end;
    } else if (character === '`') i = skipTemplate(i + 1);
    else if (character === '{' || character === '}') i = skipBrace(i);
    else i++;
  }
  return { code: code.join(''), bare: bare.join('') };
}

function endOfComment(text: string, at: number): number | undefined {
  if (text.startsWith('//', at)) return indexOrEnd(text, '\n', at);
  if (text.startsWith('/*', at)) return Math.min(indexOrEnd(text, '*/', at + 2) + 2, text.length);
  return undefined;
}

function indexOrEnd(text: string, search: string, from: number): number {
  const index = text.indexOf(search, from);
  return index === -1 ? text.length : index;
}

function endOfString(text: string, at: number): number {
  const quote = text[at];
  let i = at + 1;
  while (i < text.length && text[i] !== quote && text[i] !== '\n') i += text[i] === '\\' ? 2 : 1;
  return Math.min(i + 1, text.length);
}

function beginsRegex(bare: readonly string[], at: number): boolean {
  let i = at - 1;
  while (i >= 0 && /\s/.test(bare[i] ?? '')) i--;
  if (i < 0) return true;
  if (!/[\w$]/.test(bare[i] ?? '')) return !/[)\]'"`]/.test(bare[i] ?? '');
  let from = i;
  while (from > 0 && /[\w$]/.test(bare[from - 1] ?? '')) from--;
  return WORDS_BEFORE_REGEX.has(bare.slice(from, i + 1).join(''));
}

/** The end of a regular expression with its flags; a slash inside `[…]` does not end it. Undefined at a line's end. */
function endOfRegex(text: string, at: number): number | undefined {
  let inClass = false;
  for (let i = at + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) {
      while (/[a-z]/.test(text[i + 1] ?? '')) i++;
      return i + 1;
    }
  }
  return undefined;
}

/** Line number, from 1, of a place in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
