import { ApiError } from '../client/errors.ts';
import type { CommandContext } from './command.ts';
import { type Parsed, parseCommandLine } from './command-line.ts';
import { COMMAND_TABLE } from './command-table.ts';
import { chooseServer, connectTo } from './connect/connect.ts';
import type { CliDeps } from './deps.ts';
import { UsageError } from './errors.ts';
import { EXIT, type ExitCode, exitCodeOf, NO_SUCH_ROUTE } from './exit-codes.ts';
import type { OutputFormat } from './flags/global-flags.ts';
import { loadFor, pathOf } from './load-commands.ts';
import { Output } from './output/output.ts';
import { printable, printableJson } from './output/printable.ts';
import { formatRefusal, problemOf, type RefusalScene, refusalOf } from './refusal.ts';

type Run = Extract<Parsed, { kind: 'run' }>;

/**
 * Runs one command line (without node and script) and gives back its exit code. Never throws: what goes wrong is
 * told on stderr, as lines for people or, with `--json`, as one problem document.
 */
export async function run(argv: readonly string[], deps: CliDeps): Promise<ExitCode> {
  if (argv.length === 1 && ['--version', '-V', 'version'].includes(argv[0] ?? '')) {
    deps.stdout.write(`${deps.version}\n`);
    return EXIT.ok;
  }
  if (argv[0] === '__complete') {
    const { complete } = await import('./help/complete.ts');
    for (const word of await complete(argv.slice(2), COMMAND_TABLE, deps)) deps.stdout.write(`${word}\n`);
    return EXIT.ok;
  }
  let parsed: Parsed;
  try {
    parsed = await parse(argv, deps);
  } catch (error) {
    const path = pathOf(argv, COMMAND_TABLE);
    const format = /(^| )--(json|output[ =]json)( |$)/.test(argv.join(' ')) ? 'json' : undefined;
    return fail(error, { path, flags: [], given: [] }, format, deps);
  }
  if (parsed.kind === 'help') {
    deps.stdout.write(parsed.text);
    return EXIT.ok;
  }
  const { command, given, globals } = parsed;
  const context = await contextOf(globals, deps);
  try {
    return (await parsed.invocation.run(context)) ?? EXIT.ok;
  } catch (error) {
    if (error instanceof ApiError && error.code === NO_SUCH_ROUTE) await sayVersions(context);
    return fail(error, { path: command.path, flags: command.flags, given }, globals.format, deps);
  }
}

/** A line that is none of ours may be one of Cobbler's, whose users know it by heart. */
async function parse(argv: readonly string[], { env }: CliDeps): Promise<Parsed> {
  try {
    return parseCommandLine(argv, await loadFor(argv), env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { translated } = await import('./cobbler/cobbler.ts');
    const line = await translated(argv, COMMAND_TABLE);
    if (line === undefined) throw error;
    return parseCommandLine(line, await loadFor(line), env);
  }
}

async function contextOf(globals: Run['globals'], deps: CliDeps): Promise<CommandContext> {
  const { format } = globals;
  const formatYaml =
    format === 'yaml' ? (await import('./records/yaml-text.ts')).formatYaml : unreachableFormat;
  const out = new Output(deps, { format, formatYaml });
  const address = () => chooseServer(globals, deps);
  return { deps, out, address, connect: async () => connectTo(await address(), globals, deps, out) };
}

/** A server that does not know a path is older or newer: which, is the first thing to know. */
async function sayVersions({ connect, deps, out }: CommandContext): Promise<void> {
  const server = await connect()
    .then((client) => client.status())
    .catch(() => undefined);
  if (server !== undefined)
    out.say(`the server is provisiond ${server.version}, this command is ${deps.version}`);
}

function unreachableFormat(): never {
  throw new TypeError('YAML was not asked for');
}

async function fail(
  error: unknown,
  scene: RefusalScene,
  format: OutputFormat | undefined,
  deps: CliDeps,
): Promise<ExitCode> {
  if (format === 'yaml') {
    const { formatYaml } = await import('./records/yaml-text.ts');
    deps.stderr.write(formatYaml(problemOf(error, scene)));
    return exitCodeOf(error);
  }
  const text =
    format === 'json'
      ? printableJson(problemOf(error, scene))
      : formatRefusal(refusalOf(error, scene), scene).map(printable).join('\n');
  deps.stderr.write(`${text}\n`);
  return exitCodeOf(error);
}
