import { BENCH_SERVER_ADDRESS, type BenchNetwork } from './network.ts';
import { type PeerPackages, unpackPeers } from './peer-packages.ts';

/** What perfdhcp plays: so many different machines, drawn at random, from a MAC upwards. */
export interface PerfdhcpMachines {
  readonly count: number;
  /** Default: perfdhcp's own, which no record has. */
  readonly firstMac?: string;
}

const SECONDS = 2;
/** It ends with this where an exchange was lost. */
const SOME_LOST = 3;

/** DISCOVER to ACK of a relay at this rate for two seconds. */
export async function runPerfdhcp(
  network: BenchNetwork,
  { count, firstMac }: PerfdhcpMachines,
  perSecond: number,
): Promise<PerfReport> {
  const mac = firstMac === undefined ? [] : ['-b', `mac=${firstMac}`];
  const load = ['-r', String(perSecond), '-R', String(count), '-p', String(SECONDS), '-W', '400000'];
  const packages = await keaAdmin();
  const command = packages.command('perfdhcp', '-4', '-l', 'eth0', ...load, ...mac, BENCH_SERVER_ADDRESS);
  return readReport(await network.generate(command, { exitCodes: [0, SOME_LOST] }));
}

export interface PerfReport {
  /** DISCOVERs and REQUESTs without an answer, as a part of those sent. */
  readonly lost: number;
  readonly acksPerSecond: number;
}

export function readReport(text: string): PerfReport {
  const read = (exchange: string) => {
    const section = text.split('***Statistics for: ').find((part) => part.startsWith(exchange)) ?? '';
    const number = (label: string) => Number(new RegExp(`${label}: (\\d+)`).exec(section)?.[1] ?? Number.NaN);
    return { sent: number('sent packets'), received: number('received packets') };
  };
  const [offers, acks] = [read('DISCOVER-OFFER'), read('REQUEST-ACK')];
  const lost = Math.max(1 - offers.received / offers.sent, 1 - acks.received / acks.sent);
  return { lost, acksPerSecond: acks.received / SECONDS };
}

const MOST_LOST = 0.01;
/** A generator that falls behind its own rate would let every rate pass. */
const LEAST_OF_RATE = 0.95;
/** Rates lie 10 % apart: finer than two runs of one rate agree. */
const STEP = 1.1;
const LOWEST = 20;
const HIGHEST = 60_000;

/**
 * The highest number of exchanges a second with less than 1 % lost, found from a first guess by larger steps, then
 * by halves. NaN if not even 20 a second pass.
 */
export async function findHighestRate(
  guess: number,
  run: (perSecond: number) => Promise<PerfReport>,
): Promise<number> {
  let best = Number.NaN;
  const passes = async (index: number): Promise<boolean> => {
    const rate = Math.round(STEP ** index);
    const { lost, acksPerSecond } = await run(rate);
    if (!(lost < MOST_LOST) || acksPerSecond < rate * LEAST_OF_RATE) return false;
    best = Number.isNaN(best) ? acksPerSecond : Math.max(best, acksPerSecond);
    return true;
  };
  const indexOf = (rate: number): number => Math.round(Math.log(rate) / Math.log(STEP));
  let passed = indexOf(LOWEST) - 1;
  let failed = indexOf(HIGHEST) + 1;
  let next = indexOf(guess);
  let stride = 1;
  while (failed - passed > 1) {
    if (await passes(next)) passed = next;
    else failed = next;
    const isBracketed = passed >= indexOf(LOWEST) && failed <= indexOf(HIGHEST);
    if (isBracketed) next = Math.floor((passed + failed) / 2);
    else {
      stride *= 2;
      next = passed === next ? Math.min(next + stride, failed - 1) : Math.max(next - stride, passed + 1);
    }
  }
  return best;
}

let unpacked: Promise<PeerPackages> | undefined;

function keaAdmin(): Promise<PeerPackages> {
  unpacked ??= unpackPeers('kea-admin');
  return unpacked;
}
