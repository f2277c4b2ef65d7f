import type { Client } from '../client/client.ts';
import type { ServerAddress } from './connect/server-address.ts';
import type { CliDeps } from './deps.ts';
import type { ExitCode } from './exit-codes.ts';
import { type FlagSpec, Flags, type FlagValue } from './flags/flags.ts';
import type { Output } from './output/output.ts';

/** What a command's `run` gets. */
export interface CommandContext {
  readonly deps: CliDeps;
  readonly out: Output;
  /** The server that the global flags, the environment or the saved login name. */
  readonly address: () => Promise<ServerAddress>;
  /** A client for that server, with the token for it if there is one. */
  readonly connect: () => Promise<Client>;
}

/** What a command's `parse` gets. */
export interface CommandInput {
  /** The operand `<name>`, or the first of several; empty for commands without one. */
  readonly name: string;
  /** Every operand. */
  readonly names: readonly string[];
  readonly flags: Flags;
  readonly env: CliDeps['env'];
}

/** A command, written as parse -> options -> run(options, context). */
export interface CommandSpec<Options> {
  readonly noun: string;
  /** null for commands of one word (`status`). */
  readonly verb: string | null;
  readonly summary: string;
  /** Placeholders: `name`, `from to`; `name?` may be left out; `name...`: any number, also none. Null: no operand. */
  readonly operand: string | null;
  readonly flags: readonly FlagSpec[];
  /** Whole command lines, as one types them. */
  readonly examples: readonly string[];
  /** Pure; throws UsageError. */
  readonly parse: (input: CommandInput) => Options;
  /** Does it. A code is only given back when "no error" is not the whole answer. */
  readonly run: (options: Options, context: CommandContext) => Promise<ExitCode | undefined>;
}

/** A parsed invocation: the options that a test can look at, and the deed. */
export interface Invocation {
  readonly options: unknown;
  readonly run: (context: CommandContext) => Promise<ExitCode | undefined>;
}

/** A command with its options' type closed over, so that commands of every kind fit one table. */
export interface Command {
  readonly path: readonly string[];
  readonly summary: string;
  readonly operand: string | null;
  readonly flags: readonly FlagSpec[];
  readonly examples: readonly string[];
  readonly prepare: (
    names: readonly string[],
    values: Readonly<Record<string, FlagValue>>,
    env: CliDeps['env'],
  ) => Invocation;
}

export function defineCommand<Options>(spec: CommandSpec<Options>): Command {
  return {
    path: spec.verb === null ? [spec.noun] : [spec.noun, spec.verb],
    summary: spec.summary,
    operand: spec.operand,
    flags: spec.flags,
    examples: spec.examples,
    prepare: (names, values, env) => {
      const options = spec.parse({ name: names[0] ?? '', names, flags: new Flags(spec.flags, values), env });
      return { options, run: (context) => spec.run(options, context) };
    },
  };
}
