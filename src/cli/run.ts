import type { CommandContext } from './command.ts';
import { type GlobalOptions, type Parsed, parseCommandLine, recognised } from './command-line.ts';
import { COMMANDS } from './command-table.ts';
import { chooseServer, connectTo } from './connect.ts';
import type { CliDeps } from './deps.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts';
import { Output } from './output.ts';
import { printable, printableJson } from './printable.ts';
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
  let parsed: Parsed;
  try {
    parsed = parseCommandLine(argv, COMMANDS, deps.env);
  } catch (error) {
    const { path, command } = recognised(argv, COMMANDS);
    return fail(error, { path, flags: command?.flags ?? [], given: [] }, argv.includes('--json'), deps);
  }
  if (parsed.kind === 'help') {
    deps.stdout.write(parsed.text);
    return EXIT.ok;
  }
  const { command, given, globals } = parsed;
  try {
    return (await parsed.invocation.run(contextOf(globals, deps))) ?? EXIT.ok;
  } catch (error) {
    return fail(error, { path: command.path, flags: command.flags, given }, globals.json, deps);
  }
}

function contextOf(globals: Run['globals'], deps: CliDeps): CommandContext {
  const out = new Output(deps, globals.json);
  const address = () => chooseServer(globals as GlobalOptions, deps);
  return { deps, out, address, connect: async () => connectTo(await address(), globals, deps, out) };
}

function fail(error: unknown, scene: RefusalScene, json: boolean, deps: CliDeps): ExitCode {
  const text = json
    ? printableJson(problemOf(error, scene))
    : formatRefusal(refusalOf(error, scene), scene).map(printable).join('\n');
  deps.stderr.write(`${text}\n`);
  return exitCodeOf(error);
}
