import { UsageError } from '../errors.ts';
import { type FlagSpec, type FlagValue, flagName } from './flags.ts';

/** How data is written to stdout; undefined: a table on a terminal, tab-separated values in a pipe. */
export type OutputFormat = 'json' | 'yaml' | 'csv' | 'tsv' | 'table' | 'quiet';

/** What every command understands. */
export interface GlobalOptions {
  readonly server: string | undefined;
  /** Name of a saved login. */
  readonly context: string | undefined;
  readonly tokenFile: string | undefined;
  readonly format: OutputFormat | undefined;
}

/** Flags of every command. One that a command has itself (`--csv FILE` of an add) means there what it says there. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { flag: '--server <url|unix:path>', help: 'the server: http(s) URL, or unix:PATH of its socket' },
  { flag: '--context <name>', help: 'the server of a saved login, by the name of the login' },
  { flag: '--token-file <file>', help: 'file that holds the API token' },
  {
    flag: '--output <format>',
    help: 'json, yaml, csv, tsv or table; unless given a table on a terminal, and tsv in a pipe',
  },
  { flag: '--json', help: "print the API's JSON; errors as problem+json on stderr" },
  { flag: '--yaml', help: 'the same as YAML' },
  { flag: '--csv', help: 'lists as CSV, with a header' },
  { flag: '--quiet', help: 'of lists the names only; of what is done nothing' },
];

/** Those that have a flag of their own. */
const SHORT: readonly OutputFormat[] = ['json', 'yaml', 'csv', 'quiet'];
export const FORMATS: readonly OutputFormat[] = ['json', 'yaml', 'csv', 'tsv', 'table'];

/** What was given for the global flags, by the names of the flags. Throws UsageError. */
export function globalOptions(values: Readonly<Record<string, FlagValue>>): GlobalOptions {
  const short = SHORT.filter((one) => values[one] === true);
  const named = outputOf(textOf(values['output']));
  const given = [...short.map((one) => `--${one}`), ...(named === undefined ? [] : ['--output'])];
  if (given.length > 1) throw new UsageError(`${given.join(' and ')} exclude each other`);
  return {
    server: textOf(values['server']),
    context: textOf(values['context']),
    tokenFile: textOf(values['token-file']),
    format: named ?? short[0],
  };
}

function outputOf(text: string | undefined): OutputFormat | undefined {
  if (text === undefined) return undefined;
  const format = FORMATS.find((one) => one === text);
  if (format !== undefined) return format;
  throw new UsageError(`'${text}' is no format of output`, `there are: ${FORMATS.join(', ')}`);
}

function textOf(value: FlagValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The words of a command line that are no flags, and no values of global flags that stand before the command. */
export function wordsOf(argv: readonly string[]): string[] {
  const withValue = GLOBAL_FLAGS.filter(({ flag }) => flag.includes(' ')).map(
    (spec) => `--${flagName(spec)}`,
  );
  return argv.filter((word, at) => !word.startsWith('-') && !withValue.includes(argv[at - 1] ?? ''));
}
