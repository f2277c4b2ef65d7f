import { checkDeployScript } from './check-deploy-script.ts';
import { checkKickstart } from './check-kickstart.ts';
import { checkPreseed } from './check-preseed.ts';
import type { KickstartRelease } from './kickstart-commands.ts';
import { type AnswerFileProblem, error } from './problem.ts';

export type AnswerKind = 'kickstart' | 'preseed' | 'deploy-script';

export interface CheckOptions {
  /** Which release's commands a kickstart may use; null: those that any known release accepts. */
  readonly release?: KickstartRelease | null;
}

/** Installers read answer files into memory early; none needs more, and a runaway loop is found here. */
const MAX_BYTES = 256 * 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;
/** Our own tags, not every brace: awk and shell have `{{` of their own. */
const LEFTOVER =
  /\{\{-?\s*[A-Za-z_][\w.[\]'"]*\s*(\||-?\}\})|\{%-?\s*(if|elif|else|endif|for|endfor|set|include|raw|endraw)\b|<%#/;

/**
 * Looks at a rendered answer file as its installer would and says everything that is wrong with it, in the order
 * of lines. Arming refuses on any problem of severity `error`.
 */
export function checkAnswerFile(
  kind: AnswerKind,
  text: string,
  options: CheckOptions = {},
): AnswerFileProblem[] {
  const problems = [...checkText(text), ...checkKind(kind, text, options)];
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** The kickstart release of a distro version like `9.4`; null for one that the table does not know. */
export function kickstartRelease(version: string): KickstartRelease | null {
  const major = Number(version.split('.')[0]);
  return major === 8 || major === 9 || major === 10 ? major : null;
}

function checkKind(kind: AnswerKind, text: string, options: CheckOptions): AnswerFileProblem[] {
  switch (kind) {
    case 'kickstart':
      return checkKickstart(text, options.release ?? null);
    case 'preseed':
      return checkPreseed(text);
    case 'deploy-script':
      return checkDeployScript(text);
  }
}

function checkText(text: string): AnswerFileProblem[] {
  const problems: AnswerFileProblem[] = [];
  const bytes = Buffer.byteLength(text, 'utf8');
  if (text.trim() === '') problems.push(error('empty', null, 'the file is empty'));
  if (bytes > MAX_BYTES)
    problems.push(error('too-long', null, `the file has ${bytes} bytes, more than ${MAX_BYTES}`));
  text.split('\n').forEach((line, index) => {
    problems.push(...checkLine(line, index + 1));
  });
  return problems;
}

function checkLine(line: string, number: number): AnswerFileProblem[] {
  if (line.endsWith('\r'))
    return [error('crlf', number, 'line ends with CR LF', 'save the template with Unix line ends')];
  if (CONTROL.test(line)) return [error('control-character', number, 'line contains a control character')];
  // A half of a surrogate pair becomes U+FFFD on the wire: the machine would not get what was checked.
  if (/\p{Surrogate}/u.test(line)) return [error('not-utf8', number, 'line contains half a character')];
  if (LEFTOVER.test(line))
    return [
      error(
        'unresolved-tag',
        number,
        'a template tag is left in the rendered file',
        'was it in a value or in {% raw %}?',
      ),
    ];
  return [];
}
