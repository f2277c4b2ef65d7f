import { type BmcOnSocket, startBmc } from './bmc-sockets.ts';
import type { BmcOptions } from './options.ts';

/** Many BMCs in one process, each on an address of its own. */
export interface FarmOptions {
  readonly count: number;
  /** Default 623. */
  readonly port?: number;
  /** How all of them differ from `DEFAULT_OPTIONS`. */
  readonly options?: Partial<BmcOptions>;
  /** Every so-manieth does not answer; 0, which is the default: all do. */
  readonly deadEvery?: number;
}

/** What the whole farm has seen since it was asked last. */
export interface FarmFigures {
  readonly packets: number;
  /** Sessions that became active. */
  readonly opened: number;
  /** Sessions that are there now. */
  readonly open: number;
  /** The most that one BMC had at a time, ever. */
  readonly mostOfOne: number;
  /** The most that were there at a time, of all BMCs together. */
  readonly mostOfAll: number;
  /** From the begin of the first session to the end of the last one; 0 where there was none. */
  readonly busyMs: number;
}

export interface BmcFarm {
  figures(): FarmFigures;
  stop(): Promise<void>;
}

/** Frozen from its first packet on: as dead as a BMC without power, but its port is there. */
const DEAD: Partial<BmcOptions> = { freeze: { packets: 0, withinMs: 1, forMs: Number.POSITIVE_INFINITY } };
const PER_NETWORK = 250;

/** 127.1.0.1 … 127.1.0.250, 127.1.1.1 …: all of them are this machine. */
export function farmAddress(index: number): string {
  return `127.1.${Math.floor(index / PER_NETWORK)}.${1 + (index % PER_NETWORK)}`;
}

/** The same as FreeIPMI writes many hosts. */
export function farmHosts(count: number): string {
  const networks = Array.from({ length: Math.ceil(count / PER_NETWORK) }, (_, at) => at);
  return networks.map((at) => `127.1.${at}.[1-${Math.min(PER_NETWORK, count - at * PER_NETWORK)}]`).join(',');
}

/** Whether the BMC of this index is one of those that do not answer. */
export function isDead(index: number, deadEvery: number): boolean {
  return deadEvery > 0 && index % deadEvery === deadEvery - 1;
}

/** Throws where a port is taken or may not be used. */
export async function startFarm({
  count,
  port = 623,
  options,
  deadEvery = 0,
}: FarmOptions): Promise<BmcFarm> {
  const tally = { open: 0, most: 0, firstMs: Number.NaN, lastMs: Number.NaN };
  const onSession = (change: 1 | -1) => {
    tally.open += change;
    tally.most = Math.max(tally.most, tally.open);
    tally.lastMs = performance.now();
    if (Number.isNaN(tally.firstMs)) tally.firstMs = tally.lastMs;
  };
  const bmcs: BmcOnSocket[] = [];
  for (let index = 0; index < count; index += 1) {
    const place = { address: farmAddress(index), port };
    const own = { ...options, ...(isDead(index, deadEvery) && DEAD) };
    bmcs.push(await startBmc({ options: own, onSession }, place));
  }
  const sum = (of: (bmc: BmcOnSocket['bmc']) => number) =>
    bmcs.reduce((total, { bmc }) => total + of(bmc), 0);
  let before = { packets: 0, opened: 0 };
  return {
    figures() {
      const all = { packets: sum((bmc) => bmc.packets), opened: sum((bmc) => bmc.sessions.opened) };
      const open = sum((bmc) => bmc.sessions.count);
      const mostOfOne = Math.max(...bmcs.map(({ bmc }) => bmc.sessions.most));
      const since = { packets: all.packets - before.packets, opened: all.opened - before.opened };
      before = all;
      const mostOfAll = tally.most;
      const busyMs = tally.lastMs - tally.firstMs || 0;
      Object.assign(tally, { most: tally.open, firstMs: Number.NaN, lastMs: Number.NaN });
      return { ...since, open, mostOfOne, mostOfAll, busyMs };
    },
    async stop() {
      await Promise.all(bmcs.map((bmc) => bmc.stop()));
    },
  };
}
