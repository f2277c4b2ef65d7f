/**
 * Control characters, and the marks that turn the direction of text. Host names, event messages and answers of
 * installers come from machines: an escape sequence among them could rewrite what the operator sees.
 */
const HOSTILE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text for one line of a terminal or one field of a table: what could move the cursor is shown as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(HOSTILE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** One JSON document, indented. Same value as given; characters that a terminal would obey are escaped. */
export function printableJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(HOSTILE, (char) =>
    // The line feeds are the indentation's: JSON.stringify has escaped those inside strings.
    char === '\n' ? char : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
