import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FarmFigures,
  type FarmOptions,
  farmAddress,
  farmHosts,
  isDead,
} from '../support/bmc-sim/bmc-farm.ts';
import { builtProgram } from '../support/build.ts';
import { speakLines } from '../support/line-process.ts';
import { type BenchNetwork, type BenchServer, openBenchNetwork } from './network.ts';
import { unpackPeers } from './peer-packages.ts';
import { systemName, temporaryFolder, worldTemplate } from './world.ts';

export const BMCS = 1_000;
const USER = 'admin';
const PASSWORD = 'secret';
/** Records that are edited at a time. */
const AT_ONCE = 16;
/** A BMC is left alone for a second between two sessions. */
const GAP_MS = 1_100;

export interface BmcFarmProcess {
  /** What it has seen since it was asked last. */
  figures(): Promise<FarmFigures>;
}

/** What one status of all BMCs was like. */
export interface StatusRound {
  readonly seconds: number;
  /** Of whoever asks, CPU time of the user and the system. */
  readonly cpuSeconds: number;
  readonly farm: FarmFigures;
}

/** Somebody who asks all BMCs of a farm. */
export interface StatusAsker {
  /** Throws where a BMC that is alive has no answer, or a dead one has. */
  round(): Promise<StatusRound>;
  stop(): Promise<void>;
}

type FarmKind = Pick<FarmOptions, 'deadEvery' | 'options'>;

/** The service, with a record of each BMC, as `provision power status --all` asks it. */
export async function startOurPower(kind: FarmKind): Promise<StatusAsker & { readonly server: BenchServer }> {
  const network = openBenchNetwork();
  try {
    const farm = await startFarmProcess(network, kind);
    const dataDir = mkdtempSync(join(temporaryFolder(), 'power-'));
    template ??= recordBmcs(network);
    cpSync(await template, dataDir, { recursive: true });
    const server = await network.startOurs(dataDir);
    const status = async () => {
      const answer = await server.call('POST', '/api/v1/power/status', { all: true });
      const items = (answer.body as { items?: { system: string; state: string }[] }).items ?? [];
      return new Map(items.map(({ system, state }) => [system, state === 'on']));
    };
    return {
      server,
      round: () =>
        oneRound(farm, kind, async () => {
          const cpuBefore = server.cpuSeconds();
          const states = await status();
          const isOn = (index: number) => states.get(systemName(index)) === true;
          return { isOn, cpuSeconds: server.cpuSeconds() - cpuBefore };
        }),
      stop: () => server.stop().finally(() => network.close()),
    };
  } catch (error) {
    await network.close();
    throw error;
  }
}

/** FreeIPMI's ipmipower, a process a round; without a fan-out it asks all at once. */
export async function startIpmipower(kind: FarmKind, fanout?: number): Promise<StatusAsker> {
  const packages = await unpackPeers('freeipmi-tools');
  const network = openBenchNetwork();
  try {
    const farm = await startFarmProcess(network, kind);
    const login = ['-u', USER, '-p', PASSWORD, '-D', 'LAN_2_0', '-I', '17'];
    const limit = fanout === undefined ? [] : ['-F', String(fanout)];
    const status = packages.command('ipmipower', '--stat', '-h', farmHosts(BMCS), ...login, ...limit);
    const timed = ['bash', '-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash', ...status];
    return {
      round: () =>
        oneRound(farm, kind, async () => {
          const { stdout, stderr } = await network.spaces.run('server', timed, 120_000);
          const on = new Set([...stdout.matchAll(/^(\S+): on$/gm)].map(([, host]) => host));
          const [user = Number.NaN, system = Number.NaN] = (stderr.trim().split('\n').at(-1) ?? '')
            .split(' ')
            .map(Number);
          return { isOn: (index) => on.has(farmAddress(index)), cpuSeconds: user + system };
        }),
      stop: () => network.close(),
    };
  } catch (error) {
    await network.close();
    throw error;
  }
}

async function oneRound(
  farm: BmcFarmProcess,
  { deadEvery = 0 }: FarmKind,
  ask: () => Promise<{ isOn: (index: number) => boolean; cpuSeconds: number }>,
): Promise<StatusRound> {
  await new Promise((resolve) => setTimeout(resolve, GAP_MS));
  await farm.figures();
  const startedAt = performance.now();
  const { isOn, cpuSeconds } = await ask();
  const seconds = (performance.now() - startedAt) / 1000;
  const wrong = Array.from({ length: BMCS }, (_, index) => index).filter(
    (index) => isOn(index) === isDead(index, deadEvery),
  );
  if (wrong.length > 0) throw new Error(`${wrong.length} BMCs have another state than was told`);
  return { seconds, cpuSeconds, farm: await farm.figures() };
}

async function startFarmProcess(network: BenchNetwork, kind: FarmKind): Promise<BmcFarmProcess> {
  const options: FarmOptions = { count: BMCS, ...kind };
  const program = builtProgram('test/support/bmc-sim/bmc-farm-program.ts');
  const command = [process.execPath, program, JSON.stringify(options)];
  const farm = speakLines<FarmFigures | { ready: true }>(network.spaces.spawn('server', command));
  await farm.find((event) => 'ready' in event);
  let asked = 0;
  return {
    async figures() {
      asked += 1;
      const own = asked;
      farm.send({});
      return farm.find(
        (event): event is FarmFigures => 'packets' in event && farm.events.indexOf(event) === own,
      );
    },
  };
}

let template: Promise<string> | undefined;

/** The data folder of a service that was told of every BMC by its API. */
async function recordBmcs(network: BenchNetwork): Promise<string> {
  const dataDir = mkdtempSync(join(temporaryFolder(), 'power-template-'));
  cpSync(await worldTemplate(BMCS), dataDir, { recursive: true });
  const server = await network.startOurs(dataDir);
  const indexes = Array.from({ length: BMCS }, (_, index) => index).values();
  const worker = async () => {
    for (const index of indexes) {
      const bmc = { address: farmAddress(index), user: USER, password: PASSWORD, firmware: 'uefi' };
      const { status, body } = await server.call('PATCH', `/api/v1/systems/${systemName(index)}`, { bmc });
      if (status >= 300) throw new Error(`BMC ${index}: ${JSON.stringify(body)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await server.stop();
  return dataDir;
}
