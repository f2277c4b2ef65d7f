import type { ChildProcess } from 'node:child_process';
import { listenTo, type Talker } from '../support/dhcp-programs.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';
import { cpuSecondsOf, residentMiBOf } from './process-cost.ts';

/** Where the servers and the generators of a bench meet: two network namespaces and a cable. */
export interface BenchNetwork {
  readonly spaces: Namespaces;
  /** Starts the built service on a data folder; `config` is merged over its configuration. */
  startOurs(dataDir: string, config?: object): Promise<BenchServer & Pick<ProvisiondProcess, 'call'>>;
  /** Starts a peer; resolves when it is ready. */
  startPeer(command: readonly string[], ready: PeerReady): Promise<BenchServer>;
  /** Runs a generator at the other end; gives what it said. Throws with its words if its exit code is not allowed. */
  generate(command: readonly string[], options?: GenerateOptions): Promise<string>;
  close(): Promise<void>;
}

/** Addresses of the cable's ends, with room for a /16 of dynamic addresses and 100,000 reservations. */
export const BENCH_SERVER_ADDRESS = '10.64.0.1';
export const BENCH_CLIENT_ADDRESS = '10.64.0.2';
export const BENCH_NETWORK = '10.64.0.0/14';

/** A server under load, ours or another's. */
export interface BenchServer {
  readonly pid: number;
  /** User and system time so far, with that of its children. */
  cpuSeconds(): number;
  residentMiB(): number;
  /** Everything it said. */
  said(): string;
  stop(): Promise<void>;
}

/** A peer is ready when it says so, or when it has opened a port. */
export type PeerReady =
  | { readonly says: RegExp }
  | { readonly port: number; readonly protocol: 'udp' | 'tcp' };

export interface GenerateOptions {
  /** Default 60,000. */
  readonly timeoutMs?: number;
  /** Exit codes that are no failure; perfdhcp ends with 3 where an exchange was lost. Default 0. */
  readonly exitCodes?: readonly number[];
}

/** Throws, with the reason, where namespaces cannot be made. */
export function openBenchNetwork(): BenchNetwork {
  const reason = reasonAgainstNamespaces();
  if (reason !== undefined) throw new Error(`this bench needs network namespaces: ${reason}`);
  const spaces = createNamespaces(
    'bench',
    ['server', 'clients'],
    [{ ends: ['server:lan0', 'clients:eth0'] }],
  );
  const prefix = BENCH_NETWORK.split('/')[1];
  spaces.ip('server', 'address', 'add', `${BENCH_SERVER_ADDRESS}/${prefix}`, 'dev', 'lan0');
  spaces.ip('clients', 'address', 'add', `${BENCH_CLIENT_ADDRESS}/${prefix}`, 'dev', 'eth0');
  // Machines without an address send there, and no default route says where.
  spaces.ip('clients', 'route', 'add', '255.255.255.255', 'dev', 'eth0');
  return {
    spaces,
    async startOurs(dataDir, config = {}) {
      const started: Talker[] = [];
      const ours = await startProvisiond(
        dataDir,
        (args, env) => {
          const child = spaces.spawn('server', [process.execPath, ...profileOptions(), ...args], { env });
          started.push(listenTo(child));
          return child;
        },
        config,
      );
      return {
        ...costsOf(ours.child),
        call: ours.call,
        said: () => started[0]?.said() ?? '',
        stop: async () => {
          await ours.stop();
        },
      };
    },
    async startPeer(command, ready) {
      const talker = listenTo(spaces.spawn('server', command));
      await untilReady(spaces, talker, ready);
      return { ...costsOf(talker.child), said: talker.said, stop: () => talker.end() };
    },
    async generate(command, { timeoutMs = 60_000, exitCodes = [0] } = {}) {
      const { code, stdout, stderr } = await spaces.run('clients', command, timeoutMs);
      if (code !== null && exitCodes.includes(code)) return stdout;
      throw new Error(`${command.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    },
    close: () => spaces.remove(),
  };
}

/** PROVISION_BENCH_PROFILE=<folder>: each run of our service leaves its CPU profile there. */
function profileOptions(): string[] {
  const folder = process.env['PROVISION_BENCH_PROFILE'];
  return folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
}

function costsOf({ pid = 0 }: ChildProcess): Pick<BenchServer, 'pid' | 'cpuSeconds' | 'residentMiB'> {
  return { pid, cpuSeconds: () => cpuSecondsOf(pid), residentMiB: () => residentMiBOf(pid) };
}

async function untilReady(spaces: Namespaces, talker: Talker, ready: PeerReady): Promise<void> {
  if ('says' in ready) return talker.says(ready.says);
  const port = ready.port.toString(16).toUpperCase().padStart(4, '0');
  const line = new RegExp(`^ *\\d+: [0-9A-F]{8}:${port} `, 'm');
  while (talker.child.exitCode === null && talker.child.signalCode === null) {
    const { stdout } = await spaces.run('server', ['cat', `/proc/net/${ready.protocol}`]);
    if (line.test(stdout)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`it ended before it listened; it said: ${talker.said()}`);
}
