import { type ChildProcess, execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { haveProgram } from './real-clients.ts';

/** One cable: a veth pair with an end in each of two namespaces. */
export interface Cable {
  /** `namespace:interface`, names as given to createNamespaces; interface names hold at most 15 bytes. */
  readonly ends: readonly [string, string];
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Network namespaces that a test made, and everything that it runs in them. */
export interface Namespaces {
  /** `ip` inside a namespace; throws with its words if it fails. */
  ip(namespace: string, ...args: readonly string[]): string;
  /** Plugs another cable in. */
  plug(cable: Cable): void;
  /** Starts a program inside. It is killed by `remove` if it still runs. */
  spawn(namespace: string, command: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Runs a program inside to its end, which must come within `timeoutMs` (default 15,000). */
  run(namespace: string, command: readonly string[], timeoutMs?: number): Promise<Finished>;
  /** Ends the programs started and removes the namespaces, with all interfaces in them. */
  remove(): Promise<void>;
}

/** Why namespaces cannot be made here, undefined if they can: the reason a test skips with. */
export function reasonAgainstNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are for Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  if (!haveProgram('ip')) return 'the program ip (iproute2) is not installed';
  const probe = spawnSync('unshare', ['--net', 'true']);
  return probe.status === 0 ? undefined : `network namespaces are not allowed here: ${String(probe.stderr)}`;
}

let made = 0;

/**
 * Makes namespaces called `prefix-PID-N-name`, with lo up and the cables plugged in and up, and no addresses.
 * What was made is removed again when one step fails, and at the latest when this process ends.
 */
export function createNamespaces(
  prefix: string,
  names: readonly string[],
  cables: readonly Cable[] = [],
): Namespaces {
  made += 1;
  const fullName = (name: string) => `${prefix}-${process.pid}-${made}-${name}`;
  const full = new Map(names.map((name) => [name, fullName(name)]));
  const of = (name: string): string => {
    const found = full.get(name);
    if (found === undefined) throw new Error(`no namespace ${name}`);
    return found;
  };
  const children = new Set<ChildProcess>();
  const removeAll = () => {
    for (const child of children) {
      // A program started by a program is not ours to kill, but sees the end of its input.
      child.stdin?.destroy();
      child.kill('SIGKILL');
    }
    for (const name of full.values()) spawnSync('ip', ['netns', 'delete', name]);
  };
  process.once('exit', removeAll);
  try {
    for (const name of names) {
      ip(['netns', 'add', of(name)]);
      ip(['-n', of(name), 'link', 'set', 'lo', 'up']);
    }
    for (const cable of cables) plug(of, cable);
  } catch (error) {
    removeAll();
    process.off('exit', removeAll);
    throw error;
  }
  const start = (namespace: string, command: readonly string[], options: SpawnOptions = {}) => {
    // `ip netns exec` becomes the program: the child's pid is the program's.
    const child = spawn('ip', ['netns', 'exec', of(namespace), ...command], options);
    children.add(child);
    child.once('close', () => children.delete(child));
    return child;
  };
  return {
    ip: (namespace, ...args) => ip(['-n', of(namespace), ...args]),
    plug: (cable) => plug(of, cable),
    spawn: start,
    run: (namespace, command, timeoutMs = 15_000) =>
      collect(start(namespace, command, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })),
    remove: async () => {
      const closed = [...children].map((child) => new Promise((resolve) => child.once('close', resolve)));
      removeAll();
      await Promise.all(closed);
      process.off('exit', removeAll);
    },
  };
}

function plug(of: (name: string) => string, { ends }: Cable): void {
  const [[aSpace = '', aName = ''], [bSpace = '', bName = '']] = [ends[0].split(':'), ends[1].split(':')];
  const [a, b] = [of(aSpace), of(bSpace)];
  ip(['link', 'add', aName, 'netns', a, 'type', 'veth', 'peer', 'name', bName, 'netns', b]);
  ip(['-n', a, 'link', 'set', aName, 'up']);
  ip(['-n', b, 'link', 'set', bName, 'up']);
}

function ip(args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function collect(child: ChildProcess): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr?.on('data', (bytes: Buffer) => err.push(bytes));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}
