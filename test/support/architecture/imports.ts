import { lineAt, type SourceText } from './source-text.ts';

export interface Import {
  /** What is imported, as written: `./mac.ts`, `node:fs`, `zod`; null where it is computed at run time. */
  readonly specifier: string | null;
  /** What stands between `import` and `from`: `{ readFileSync }`, `fs`, `* as fs`; empty where there is nothing. */
  readonly clause: string;
  /** `import type` leaves nothing at run time. `import { type A }` does: the module is still loaded. */
  readonly typeOnly: boolean;
  readonly line: number;
}

const KEYWORD = /(?<![.\w$])(?:import|export|require)\b/g;
const STATIC =
  /(?:import|export)\b\s*(type\b(?!\s+from\b|\s*,))?\s*((?:[\w$]+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s*as\s+[\w$]+)?)|[\w$]+)\s*from\s*(['"])([^'"\n]+)\3/y;
const SIDE_EFFECT = /import\s*(['"])([^'"\n]+)\1/y;
const DYNAMIC = /(?:import|require)\s*\(\s*(['"`])([^'"`\n$]+)\1\s*[,)]/y;
const COMPUTED = /(?:import|require)\s*\(/y;

/**
 * Every import, re-export, dynamic import and require of a file, in order. `import('x').Y` in the place of a type
 * cannot be told from a dynamic import here and counts as one; only `typeof import('x')` is known to be a type.
 */
export function scanImports(source: SourceText): Import[] {
  const found: Import[] = [];
  // Keywords are looked for where strings are blank, specifiers where they are not.
  for (const { index } of source.bare.matchAll(KEYWORD)) {
    const match = matchImport(source, index);
    if (match !== undefined) found.push({ ...match, line: lineAt(source.code, index) });
  }
  return found;
}

function matchImport({ code, bare }: SourceText, index: number): Omit<Import, 'line'> | undefined {
  const at = (pattern: RegExp) => {
    pattern.lastIndex = index;
    return pattern.exec(code);
  };
  const fixed = at(STATIC);
  if (fixed !== null)
    return { specifier: fixed[4] ?? '', clause: fixed[2] ?? '', typeOnly: fixed[1] !== undefined };
  const sideEffect = at(SIDE_EFFECT);
  if (sideEffect !== null) return { specifier: sideEffect[2] ?? '', clause: '', typeOnly: false };
  const typeOnly = /\btypeof\s*$/.test(bare.slice(0, index));
  const dynamic = at(DYNAMIC);
  if (dynamic !== null) return { specifier: dynamic[2] ?? '', clause: '', typeOnly };
  return at(COMPUTED) === null ? undefined : { specifier: null, clause: '', typeOnly: false };
}
