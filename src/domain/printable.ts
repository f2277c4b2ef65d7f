/**
 * Control characters, and the marks that turn the direction of text. Host names, event messages, answers of
 * installers and of BMCs come from machines: an escape sequence among them could rewrite what the operator sees.
 */
export const HOSTILE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text for one line of a terminal or one field of a table: what could move the cursor is shown as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(HOSTILE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same for a line of a log, where tabs are columns. */
export function printableLine(text: string): string {
  return text.split('\t').map(printable).join('\t');
}
