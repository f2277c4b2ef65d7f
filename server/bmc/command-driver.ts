import type { BmcDriver, BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import {
  type CommandSet,
  type CommandVerb,
  fillArguments,
  type Placeholder,
} from '../../src/domain/power/command-set.ts';
import { printable } from '../../src/domain/printable.ts';
import { partialSession } from './partial-session.ts';
import { type CommandResult, runCommand } from './run-command.ts';

/** The command sets of the configuration in force, by name. */
export type CommandSets = () => Readonly<Record<string, CommandSet>>;

type Values = Readonly<Partial<Record<Placeholder, string>>>;

/** The driver `command`: programs that the server's own configuration names. */
export function createCommandDriver(sets: CommandSets): BmcDriver {
  return {
    name: 'command',
    withSession: async (target, work, { signal }) => {
      const set = findSet(sets(), target);
      const run = (verb: CommandVerb, values: Values = {}) => runVerb(set, target, verb, values, signal);
      return work(
        partialSession(`the command set '${target.command}'`, {
          powerState: async () => stateOf(set, target, await run('status')),
          power: async (action) => {
            if (action === 'cycle')
              throw new BmcError('unsupported', 'a command set has no cycle; it is made of off and on');
            done(set, target, await run(action));
          },
          setBootDevice: async ({ device, firmware, httpBootUri }) => {
            if (httpBootUri !== undefined)
              throw new BmcError('unsupported', 'a command set has no URL to boot from');
            done(set, target, await run('boot', { device, firmware }));
            return null;
          },
          identify: async (seconds) => done(set, target, await run('identify', { seconds: String(seconds) })),
        }),
      );
    },
  };
}

function findSet(sets: Readonly<Record<string, CommandSet>>, target: BmcTarget): CommandSet {
  const names = Object.keys(sets);
  if (target.command === null)
    throw new BmcError(
      'unsupported',
      `no command set is named: provision system edit ${target.system} --bmc-command NAME`,
    );
  const set = names.includes(target.command) ? sets[target.command] : undefined;
  if (set !== undefined) return set;
  throw new BmcError(
    'unsupported',
    `the configuration has no command set '${target.command}' under power.commands (it has ${names.join(', ') || 'none'})`,
  );
}

function runVerb(
  set: CommandSet,
  target: BmcTarget,
  verb: CommandVerb,
  values: Values,
  signal: AbortSignal,
): Promise<CommandResult> {
  const [program, ...args] = set[verb] ?? [];
  if (program === undefined)
    return Promise.reject(
      new BmcError('unsupported', `the command set '${target.command}' has no '${verb}'`),
    );
  const filled = fillArguments(args, {
    address: target.address,
    port: target.port === null ? '' : String(target.port),
    user: target.user,
    node: target.node ?? '',
    system: target.system,
    ...values,
  });
  if ('problem' in filled) return Promise.reject(new BmcError('unsupported', filled.problem));
  const password = target.password?.reveal() ?? '';
  const inEnv = set.password.startsWith('env:') ? { [set.password.slice('env:'.length)]: password } : {};
  const stdin = set.password === 'stdin' ? `${password}\n` : '';
  const timeoutMs = set.timeoutSeconds * 1000;
  return runCommand({ program, args: filled.args, env: { ...set.env, ...inEnv }, stdin, timeoutMs }, signal);
}

/** Throws what its exit status means; one that stands for a power state means nothing else. */
function done(set: CommandSet, target: BmcTarget, { exitStatus, stdout, stderr }: CommandResult): void {
  const meaning = set.exits[String(exitStatus)];
  const failure = meaning === 'on' || meaning === 'off' ? undefined : meaning;
  if (exitStatus === 0 && failure === undefined) return;
  const how = exitStatus === null ? 'was ended by a signal' : `ended with status ${exitStatus}`;
  const said = firstLine(stderr, target) || firstLine(stdout, target);
  throw new BmcError(failure ?? 'refused', `the command ${how}${said === '' ? '' : `: ${said}`}`);
}

/** The power state: by the exit status, where the configuration says so, else the last word `on` or `off` in its output. */
function stateOf(set: CommandSet, target: BmcTarget, result: CommandResult): 'on' | 'off' {
  const meaning = set.exits[String(result.exitStatus)];
  if (meaning === 'on' || meaning === 'off') return meaning;
  done(set, target, result);
  const word = result.stdout
    .toLowerCase()
    .match(/\b(on|off)\b/g)
    ?.at(-1);
  if (word === 'on' || word === 'off') return word;
  const said = firstLine(result.stdout, target) || 'nothing';
  throw new BmcError('malformed', `the command says neither on nor off, but: ${said}`);
}

/** What it said, for people: one line, without the password, which tools like to repeat. */
function firstLine(text: string, target: BmcTarget): string {
  const password = target.password?.reveal() ?? '';
  const safe = password === '' ? text : text.replaceAll(password, '[secret]');
  const line = safe.split('\n').find((candidate) => candidate.trim() !== '') ?? '';
  return printable(line.trim().slice(0, 200));
}
