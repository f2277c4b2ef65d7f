import { ValueProblem } from './error.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * One POSIX shell word: single quotes, each quote inside as `'\''`.
 * Line breaks and other control characters are refused although a shell could take them: inside a kickstart
 * section a value with a line `%end` would end the section. Use `base64` for text of many lines.
 */
export function quoteForShell(text: string): string {
  refuseControl(text, 'shellquote');
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** One word of a kickstart command, which anaconda splits as a POSIX shell would: double quotes, `\` and `"` escaped. */
export function quoteForKickstart(text: string): string {
  refuseControl(text, 'ksquote');
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/**
 * The value of a preseed line, unchanged. debconf takes everything after one space literally and there is no quoting,
 * so a value that would be read differently is refused: control characters, blanks at the ends, and a `\` at
 * the end (which continues the line).
 */
export function checkPreseedValue(text: string): string {
  refuseControl(text, 'preseedvalue');
  if (text !== text.trim())
    throw new ValueProblem('bad-value', 'a preseed value starts or ends with a blank');
  if (text.endsWith('\\')) throw new ValueProblem('bad-value', 'a preseed value ends with a backslash');
  return text;
}

function refuseControl(text: string, filter: string): void {
  if (CONTROL.test(text))
    throw new ValueProblem(
      'bad-value',
      `${filter}: the value contains a line break or control character`,
      'use | base64 and decode it on the machine',
    );
}
