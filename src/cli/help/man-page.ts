import type { Command } from '../command.ts';
import type { FlagSpec } from '../flags/flags.ts';
import { GLOBAL_FLAGS } from '../flags/global-flags.ts';
import { NOUN_SUMMARIES, ROOT_SUMMARY, WORD_SUMMARIES } from './help-text.ts';

export interface ManPage {
  /** `provision-system.1`. */
  readonly file: string;
  readonly text: string;
}

/** Codes that scripts rely on; docs/cli.md has the same. */
const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'another failure'],
  ['2', 'the command line is wrong'],
  ['3', 'there is no such record; find found none'],
  ['4', 'conflict: a name or an address is taken, or somebody else edited in between'],
  ['5', 'refused: the input is not valid'],
  ['6', 'not permitted'],
  ['7', 'the server cannot be reached'],
  ['8', 'of several, some'],
  ['9', 'diff found a difference'],
];

/** The manual of the command: provision(1), and a page a noun, as mdoc(7). `version` stands at the foot of each. */
export function manPages(commands: readonly Command[], version: string): ManPage[] {
  const pages = Object.entries(NOUN_SUMMARIES).map(([noun, summary]) => ({
    file: `provision-${noun}.1`,
    text: nounPage(
      noun,
      summary,
      commands.filter(({ path }) => path[0] === noun),
      version,
    ),
  }));
  return [{ file: 'provision.1', text: rootPage(commands, version) }, ...pages];
}

function rootPage(commands: readonly Command[], version: string): string {
  const nouns = Object.entries(NOUN_SUMMARIES).flatMap(([noun, summary]) => [
    `.It Xr provision-${noun} 1`,
    escaped(summary),
  ]);
  const words = commands.filter(({ path }) => path.length === 1);
  return page('provision', ROOT_SUMMARY, version, [
    '.Sh SYNOPSIS',
    '.Nm provision',
    '.Ar noun verb',
    '.Op Ar name',
    '.Op Ar flags',
    ...Object.keys(WORD_SUMMARIES).flatMap((word) => ['.Nm provision', `.Cm ${word}`, '.Op Ar flags']),
    '.Sh DESCRIPTION',
    'Every command has its help:',
    '.Nm provision Cm help Ar noun verb .',
    'The nouns:',
    ...list(nouns),
    'Flags of every command:',
    ...list(GLOBAL_FLAGS.flatMap(flagItem)),
    '.Sh COMMANDS',
    ...words.flatMap(section),
    '.Sh ENVIRONMENT',
    ...list([
      '.It Ev PROVISION_SERVER',
      'the server, where no flag names one',
      '.It Ev PROVISION_CONTEXT',
      'the saved login, where nothing else says where to go',
      '.It Ev PROVISION_TOKEN',
      'the API token',
      '.It Ev PROVISION_BMC_PASSWORD',
      'password of a BMC, where a user is given',
      '.It Ev VISUAL , EDITOR',
      'the editor of records',
      '.It Ev NO_COLOR',
      'no colours',
    ]),
    '.Sh FILES',
    ...list(['.It Pa ~/.config/provision/credentials.json', 'saved logins, mode 0600']),
    ...exitStatus(),
    '.Sh SEE ALSO',
    Object.keys(NOUN_SUMMARIES)
      .sort()
      .map((noun) => `.Xr provision-${noun} 1`)
      .join(' ,\n'),
  ]);
}

function nounPage(noun: string, summary: string, commands: readonly Command[], version: string): string {
  return page(`provision-${noun}`, summary, version, [
    '.Sh SYNOPSIS',
    ...commands.flatMap(({ path, operand }) => [
      '.Nm provision',
      `.Cm ${path.join(' ')}`,
      ...operands(operand),
      '.Op Ar flags',
    ]),
    '.Sh DESCRIPTION',
    ...commands.flatMap(section),
    ...exitStatus(),
    '.Sh SEE ALSO',
    '.Xr provision 1',
  ]);
}

function page(name: string, summary: string, version: string, body: readonly string[]): string {
  const head = [
    '.\\" Made from the table of commands.',
    // mdoc(7) wants a date, and a build must not differ from day to day.
    '.Dd $Mdocdate$',
    `.Dt ${name.toUpperCase()} 1`,
    `.Os provision ${version}`,
    '.Sh NAME',
    `.Nm ${name}`,
    `.Nd ${escaped(summary.replace(/\.$/, ''))}`,
  ];
  return `${[...head, ...body].join('\n')}\n`;
}

function section({ path, summary, operand, flags, examples }: Command): string[] {
  return [
    `.Ss provision ${path.join(' ')}${operand === null ? '' : ` ${escaped(operand)}`}`,
    `${escaped(summary)}.`,
    ...(flags.length === 0 ? [] : list(flags.flatMap(flagItem))),
    '.Bd -literal -offset indent',
    ...examples.map(escaped),
    '.Ed',
  ];
}

function operands(operand: string | null): string[] {
  return (operand?.split(' ') ?? []).map((one) =>
    /[?]$|\.\.\.$/.test(one) ? `.Op Ar ${one.replace('?', '')}` : `.Ar ${one}`,
  );
}

function flagItem({ flag, short, help, repeat }: FlagSpec): string[] {
  const [name = '', ...value] = flag.split(' ');
  const told = value.length === 0 ? '' : ` ${escaped(value.join(' '))}`;
  const letter = short === undefined ? '' : `${escaped(short)}, `;
  return [
    `.It ${letter}${escaped(name)}${told}`,
    `${escaped(help)}${repeat === true ? ' (may be repeated)' : ''}`,
  ];
}

function list(items: readonly string[]): string[] {
  return ['.Bl -tag -width Ds', ...items, '.El'];
}

function exitStatus(): string[] {
  return [
    '.Sh EXIT STATUS',
    ...list(EXIT_STATUS.flatMap(([code, words]) => [`.It ${code}`, escaped(words)])),
  ];
}

/** Text that roff takes for text: backslashes and dashes are escaped, and no line begins with a control character. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^[.']/, '\\&$&')
    .replaceAll('"', '\\(dq');
}
