import { builtProgram } from '../support/build.ts';
import { speakLines } from '../support/line-process.ts';
import type { PxeStormOptions, PxeStormReport } from '../support/pxe-storm.ts';
import type { DhcpServerKind } from './dhcp-servers.ts';
import type { FirstOfferEvent, FirstOfferOptions } from './first-offer-program.ts';
import type { Case, Contender } from './harness.ts';
import {
  BENCH_CLIENT_ADDRESS,
  BENCH_SERVER_ADDRESS,
  type BenchNetwork,
  type BenchServer,
  openBenchNetwork,
} from './network.ts';
import { findHighestRate, type PerfdhcpMachines, runPerfdhcp } from './perfdhcp.ts';

// What a DHCP server is measured by: it runs in a network of its own, and the load comes from processes of their own.

/** A server with its network, and so many samples taken of it before. */
export interface DhcpWire {
  readonly network: BenchNetwork;
  readonly server: BenchServer;
  readonly round: number;
}

type Sample = (wire: DhcpWire) => Promise<readonly number[]>;

/** Ours and the peers, each set up the same way and sampled by the same load. */
export function contenders(
  ours: DhcpServerKind,
  peers: readonly DhcpServerKind[],
  reservations: number,
  makeSample: () => Sample,
): Pick<Case, 'start' | 'peers'> {
  const start = async (kind: DhcpServerKind): Promise<Contender> => {
    const launch = await kind.prepare(reservations);
    const network = openBenchNetwork();
    try {
      const server = await launch(network);
      const sample = makeSample();
      let round = -1;
      return {
        sample() {
          round += 1;
          return sample({ network, server, round });
        },
        async stop() {
          await server.stop();
          await network.close();
        },
      };
    } catch (error) {
      await network.close();
      throw error;
    }
  };
  return {
    start: () => start(ours),
    peers: peers.map((kind) => ({ name: kind.name, start: () => start(kind) })),
  };
}

/** The highest rate of a relay's exchanges that is answered, and CPU microseconds for each on the way there. */
export function highestRate(machines: PerfdhcpMachines, firstGuess: number): () => Sample {
  return () => {
    let guess = firstGuess;
    return async ({ network, server }) => {
      let exchanges = 0;
      const cpuBefore = server.cpuSeconds();
      const found = await findHighestRate(guess, async (perSecond) => {
        const report = await runPerfdhcp(network, machines, perSecond);
        exchanges += report.acksPerSecond * 2;
        return report;
      });
      guess = Number.isNaN(found) ? guess : found;
      return [found, ((server.cpuSeconds() - cpuBefore) * 1_000_000) / exchanges];
    };
  };
}

export const RELAY_LINK = {
  kind: 'relay',
  address: BENCH_CLIENT_ADDRESS,
  server: BENCH_SERVER_ADDRESS,
} as const;

/** Plays one storm; throws where an address went to two machines or to the wrong one. */
export async function playStorm(network: BenchNetwork, options: PxeStormOptions): Promise<PxeStormReport> {
  const program = builtProgram('test/bench/pxe-storm-program.ts');
  const command = [process.execPath, program, JSON.stringify(options)];
  const report = JSON.parse(await network.generate(command)) as PxeStormReport;
  if (report.shared > 0 || report.wrong > 0) throw new Error(`wrong addresses: ${JSON.stringify(report)}`);
  return report;
}

/** Seconds from the start of the process to its first OFFER; the server is started anew for each sample. */
export function firstOfferContenders(
  ours: DhcpServerKind,
  peers: readonly DhcpServerKind[],
  reservations: number,
  mac: number,
): Pick<Case, 'start' | 'peers'> {
  const start = async (kind: DhcpServerKind): Promise<Contender> => {
    const network = openBenchNetwork();
    return {
      sample: async () => secondsToFirstOffer(network, await kind.prepare(reservations), mac),
      stop: () => network.close(),
    };
  };
  return {
    start: () => start(ours),
    peers: peers.map((kind) => ({ name: kind.name, start: () => start(kind) })),
  };
}

async function secondsToFirstOffer(
  network: BenchNetwork,
  launch: (network: BenchNetwork) => Promise<BenchServer>,
  mac: number,
): Promise<number> {
  const options: FirstOfferOptions = { relay: BENCH_CLIENT_ADDRESS, server: BENCH_SERVER_ADDRESS, mac };
  const program = builtProgram('test/bench/first-offer-program.ts');
  const asker = speakLines<FirstOfferEvent>(
    network.spaces.spawn('clients', [process.execPath, program, JSON.stringify(options)]),
  );
  await asker.find((event): event is FirstOfferEvent => event.event === 'asking');
  const startedAtMs = Date.now();
  const [server, offer] = await Promise.all([
    launch(network),
    asker.find((event): event is FirstOfferEvent & { event: 'offer' } => event.event === 'offer'),
  ]);
  await server.stop();
  return (offer.atMs - startedAtMs) / 1000;
}
