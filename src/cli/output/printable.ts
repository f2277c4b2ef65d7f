import { HOSTILE } from '../../domain/printable.ts';

export { printable, printableLine } from '../../domain/printable.ts';

/** One JSON document, indented. Same value as given; characters that a terminal would obey are escaped. */
export function printableJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(HOSTILE, (char) =>
    // The line feeds are the indentation's: JSON.stringify has escaped those inside strings.
    char === '\n' ? char : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
