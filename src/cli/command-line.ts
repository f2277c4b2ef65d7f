import { Command as Commander, CommanderError, Option } from 'commander';
import type { Command, Invocation } from './command.ts';
import type { CliDeps } from './deps.ts';
import { UsageError } from './errors.ts';
import { type FlagSpec, type FlagValue, flagName } from './flags/flags.ts';
import { GLOBAL_FLAGS, type GlobalOptions, globalOptions } from './flags/global-flags.ts';
import {
  EXAMPLES_TITLE,
  NOUN_SUMMARIES,
  ROOT_HELP_AFTER,
  ROOT_SUMMARY,
  WORD_SUMMARIES,
} from './help/help-text.ts';
import { pathOf } from './load-commands.ts';

/** What a command line asks for. */
export type Parsed =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly given: readonly string[];
      readonly globals: GlobalOptions;
      readonly invocation: Invocation;
    };

/**
 * Reads a command line (without node and script) against the commands that are loaded: the one that it names, or more;
 * runs nothing and prints nothing. Throws UsageError, with the nearest command or flag where one was mistyped.
 */
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  env: CliDeps['env'],
): Parsed {
  const printed: string[] = [];
  let parsed: Parsed | undefined;
  const own = recognised(argv, commands).command?.flags.map(flagName) ?? [];
  const global = GLOBAL_FLAGS.filter((spec) => !own.includes(flagName(spec)));
  const program = buildProgram(commands, global, printed, (command, names, values, globals) => {
    const given = Object.keys(values).filter((key) => values[key] !== undefined);
    const invocation = command.prepare(names, values, env);
    parsed = { kind: 'run', command, given, globals, invocation };
  });
  try {
    program.parse(normalised(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { kind: 'help', text: printed.join('') };
    throw usageErrorOf(error, argv, commands);
  }
  return parsed ?? { kind: 'help', text: printed.join('') };
}

/** `help system add` and `system help add` are `system add --help`; nothing at all is a question for help. */
function normalised(argv: readonly string[]): string[] {
  if (argv.length === 0) return ['--help'];
  const at = Object.hasOwn(NOUN_SUMMARIES, argv[0] ?? '') ? 1 : 0;
  return argv[at] === 'help' ? [...argv.slice(0, at), ...argv.slice(at + 1), '--help'] : [...argv];
}

function usageErrorOf(
  error: CommanderError,
  argv: readonly string[],
  commands: readonly Command[],
): UsageError {
  // A noun without its verb: commander would print the help as an error.
  if (error.code === 'commander.help') {
    const { path } = recognised(argv, commands);
    const verbs = commands.filter((one) => one.path[0] === path[0]).map((one) => one.path[1]);
    return new UsageError(`${path.join(' ')} wants one of: ${verbs.join(', ')}`);
  }
  const [message = '', ...suggestion] = error.message.replace(/^error: /, '').split('\n');
  const hint = suggestion.join(' ').replace(/^\((.*)\)$/, '$1');
  return new UsageError(message, hint === '' ? undefined : hint.replace(/^Did/, 'did'));
}

/** The command, or as much of its path as the line's first words name; for hints of errors in parsing. */
function recognised(
  argv: readonly string[],
  commands: readonly Command[],
): { path: readonly string[]; command: Command | undefined } {
  const path = pathOf(argv, commands);
  return { path, command: commands.find((one) => one.path.join(' ') === path.join(' ')) };
}

type Take = (
  command: Command,
  names: readonly string[],
  values: Readonly<Record<string, FlagValue>>,
  globals: GlobalOptions,
) => void;

function buildProgram(
  commands: readonly Command[],
  globals: readonly FlagSpec[],
  printed: string[],
  take: Take,
): Commander {
  const program = new Commander('provision')
    .description(ROOT_SUMMARY)
    .exitOverride()
    .configureOutput({ writeOut: (text) => printed.push(text), writeErr: () => {}, outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', ROOT_HELP_AFTER);
  for (const spec of globals) program.addOption(optionOf(spec));
  for (const [noun, summary] of Object.entries(NOUN_SUMMARIES)) {
    const group = program.command(noun).description(summary).helpCommand(false);
    for (const command of commands.filter((one) => one.path[0] === noun && one.path.length > 1)) {
      addLeaf(group, command, take);
    }
  }
  for (const [word, summary] of Object.entries(WORD_SUMMARIES)) {
    const command = commands.find((one) => one.path.length === 1 && one.path[0] === word);
    if (command === undefined) program.command(word).description(summary);
    else addLeaf(program, command, take);
  }
  return program;
}

function addLeaf(parent: Commander, command: Command, take: Take): void {
  const leaf = parent.command(command.path.at(-1) ?? '').description(command.summary);
  for (const operand of operandsOf(command)) leaf.argument(operand);
  for (const spec of command.flags) leaf.addOption(optionOf(spec));
  const examples = command.examples.map((line) => `  $ ${line}`).join('\n');
  leaf.addHelpText('after', `\n${EXAMPLES_TITLE}\n${examples}`);
  leaf.action(() => {
    const all = leaf.optsWithGlobals<Record<string, FlagValue>>();
    const own = command.flags.map((spec) => [flagName(spec), givenValue(optionOf(spec), all)] as const);
    const isOwn = (spec: FlagSpec) => command.flags.some((one) => flagName(one) === flagName(spec));
    const global = GLOBAL_FLAGS.filter((spec) => !isOwn(spec)).map(
      (spec) => [flagName(spec), givenValue(optionOf(spec), all)] as const,
    );
    take(command, leaf.args, Object.fromEntries(own), globalOptions(Object.fromEntries(global)));
  });
}

/** `<from> <to>` of `from to`, `[name...]` of `name...`, `[name]` of `name?`. */
function operandsOf({ operand }: Command): string[] {
  return (operand?.split(' ') ?? []).map((one) => {
    if (one.endsWith('...')) return `[${one}]`;
    return one.endsWith('?') ? `[${one.slice(0, -1)}]` : `<${one}>`;
  });
}

/** `--wait` and `--no-wait` are one value in commander, and two flags here. */
function givenValue(option: Option, all: Readonly<Record<string, FlagValue>>): FlagValue {
  const value = all[option.attributeName()];
  if (option.negate) return value === false ? true : undefined;
  return value === false ? undefined : value;
}

function optionOf(spec: FlagSpec): Option {
  const option = new Option(spec.short === undefined ? spec.flag : `${spec.short}, ${spec.flag}`, spec.help);
  if (spec.repeat === true) {
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  }
  return option;
}
