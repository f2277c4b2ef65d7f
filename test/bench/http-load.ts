import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { BenchNetwork, BenchServer } from './network.ts';
import { unpackPeers } from './peer-packages.ts';
import { temporaryFolder } from './world.ts';

/** What wrk brought about. */
export interface LoadFigures {
  readonly requestsPerSecond: number;
  readonly megabytesPerSecond: number;
  /** CPU time of the server for 10^9 bytes. */
  readonly cpuSecondsPerGigabyte: number;
  readonly cpuMicrosecondsPerRequest: number;
}

export interface LoadOptions {
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  /** Lua of a `request` function that makes each request; default: the path alone. */
  readonly request?: string;
}

/** Machine-readable figures instead of wrk's rounded ones. */
const TELL = `
done = function(summary)
  local errors = summary.errors
  io.write(string.format('FIGURES {"requests":%d,"bytes":%.0f,"microseconds":%d,"broken":%d,"refused":%d}\\n',
    summary.requests, summary.bytes, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
`;

/** The server has a core of its own and the generator another, where the machine has two. */
const HAS_TWO_CORES = availableParallelism() > 1;

/** Moves a server, with all threads that it has and will have, to the first core. */
export async function pinToFirstCore(network: BenchNetwork, { pid }: BenchServer): Promise<void> {
  if (HAS_TWO_CORES) await network.spaces.run('server', ['taskset', '-acp', '0', String(pid)]);
}

export const FIRST_CORE: readonly string[] = HAS_TWO_CORES ? ['taskset', '-c', '0'] : [];

/** Loads a server by loopback with one thread of wrk. Throws where an answer was not a success. */
export async function load(
  network: BenchNetwork,
  server: BenchServer,
  { path, connections, seconds, request = '' }: LoadOptions,
): Promise<LoadFigures> {
  const packages = await unpackPeers('wrk');
  const script = join(mkdtempSync(join(temporaryFolder(), 'wrk-')), 'load.lua');
  writeFileSync(script, request + TELL);
  const wrk = packages.command(
    'wrk',
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    // A file of 60 MB for each of 50 takes its time, and is no failure.
    '--timeout=60s',
    `--script=${script}`,
    `http://127.0.0.1${path}`,
  );
  const before = server.cpuSeconds();
  const command = HAS_TWO_CORES ? ['taskset', '-c', '1', ...wrk] : wrk;
  const { stdout, stderr } = await network.spaces.run('server', command, (seconds + 60) * 1000);
  const cpuSeconds = server.cpuSeconds() - before;
  const json = /FIGURES (.*)/.exec(stdout)?.[1];
  if (json === undefined) throw new Error(`wrk said: ${stdout}${stderr}`);
  const told = JSON.parse(json) as Record<
    'requests' | 'bytes' | 'microseconds' | 'broken' | 'refused',
    number
  >;
  if (told.broken > 0 || told.refused > 0)
    throw new Error(
      `${path}: ${told.broken} requests broke, ${told.refused} were refused of ${told.requests}`,
    );
  const ran = told.microseconds / 1e6;
  return {
    requestsPerSecond: told.requests / ran,
    megabytesPerSecond: told.bytes / 1e6 / ran,
    cpuSecondsPerGigabyte: (cpuSeconds * 1e9) / told.bytes,
    cpuMicrosecondsPerRequest: (cpuSeconds * 1e6) / told.requests,
  };
}
