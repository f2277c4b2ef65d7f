import { seededRandom } from '../support/seeded-random.ts';
import { type Held, measureHeld, moreResources } from './memory.ts';
import { minimizeShots } from './minimize.ts';
import { type Failure, type FuzzTarget, failureOf, type OpenTarget, type Shot } from './target.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** Ends after so many packets, or when `isOver` says so, whatever comes first. */
  readonly packets: number;
  readonly isOver?: () => boolean;
  /** What this process holds; default: measured after garbage was collected. */
  readonly measure?: () => Promise<Held>;
  readonly onProgress?: (packets: number, summary: string) => void;
  /** Told at once; making a failure smaller takes a while. */
  readonly onFailure?: (failure: Failure, packets: number) => void;
}

export interface FuzzReport {
  readonly packets: number;
  readonly summary: string;
  /** Memory that was held more at the end than after the first fifth, after garbage was collected. */
  readonly grownBytes: number;
  /** Undefined: nothing was found. */
  readonly found?: Found;
}

/** A fault, with the smallest shots that show it; `alone` is false where they do not show it in a fresh service. */
export interface Found {
  readonly failure: Failure;
  readonly shots: readonly Shot[];
  readonly alone: boolean;
}

/** Shots under way at a time: a burst, as a rack that is switched on sends it. */
const BURST = 200;
/** Shots kept to show a fault again that needs what came before it. */
const KEPT = 2_000;
/** More than this is a leak: what is held by size (caches, prepared statements, maps up to their limit) is there early. */
const GROWN_BYTES_MAX = 16 * 1024 * 1024;
/** What is held after so many packets, or a fifth of them, is what the end is held against. */
const WARM_PACKETS = 100_000;
const PROGRESS_EVERY = 50_000;

/**
 * Shoots at a target until something fails or the packets are used up. Then the service is stopped and must have let
 * go of everything. A failure is made as small as it gets, in fresh services.
 */
export async function fuzz(open: OpenTarget, options: FuzzOptions): Promise<FuzzReport> {
  const { measure = measureHeld } = options;
  const before = await measure();
  const target = await open();
  const recent: Shot[] = [];
  const run = await shootAll(target, options, recent);
  const summary = target.summary();
  const finished = await target.finish().catch((error: unknown) => failureOf('stopping', error));
  const after = await measure();
  const grownBytes = run.warm === undefined ? 0 : run.heldBytes - run.warm;
  const failure = run.failure ?? finished ?? leakOf(grownBytes, moreResources(before, after));
  const report = { packets: run.packets, summary, grownBytes };
  if (failure === undefined) return report;
  options.onFailure?.(failure, run.packets);
  return { ...report, found: await showAgain(open, failure, recent) };
}

interface Run {
  readonly packets: number;
  readonly failure: Failure | undefined;
  /** Bytes held after the first fifth, undefined if it did not come so far. */
  readonly warm: number | undefined;
  readonly heldBytes: number;
}

async function shootAll(target: FuzzTarget, options: FuzzOptions, recent: Shot[]): Promise<Run> {
  const random = seededRandom(options.seed);
  const { isOver = () => false, measure = measureHeld } = options;
  let packets = 0;
  let warm: number | undefined;

  let failure: Failure | undefined;
  while (failure === undefined && packets < options.packets && !isOver()) {
    const shots: Shot[] = [];
    const size = Math.min(BURST, options.packets - packets);
    while (shots.length < size) shots.push(target.aim(random));
    recent.push(...shots);
    recent.splice(0, recent.length - KEPT);
    failure = await shootInBursts(target, shots);
    packets += size;
    if (warm === undefined && packets >= Math.min(options.packets / 5, WARM_PACKETS))
      warm = (await measure()).bytes;
    if (packets % PROGRESS_EVERY === 0) options.onProgress?.(packets, target.summary());
  }
  return { packets, failure, warm, heldBytes: (await measure()).bytes };
}

async function shootInBursts(target: FuzzTarget, shots: readonly Shot[]): Promise<Failure | undefined> {
  for (let at = 0; at < shots.length; at += BURST) {
    const burst = target.shoot(shots.slice(at, at + BURST));
    const failure = await burst.catch((error: unknown) => failureOf('shooting', error));
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function leakOf(grownBytes: number, resources: readonly string[]): Failure | undefined {
  if (resources.length > 0)
    return { kind: 'leak: resources', detail: `still held at the end: ${resources.join(', ')}` };
  if (grownBytes <= GROWN_BYTES_MAX) return undefined;
  const megabytes = (grownBytes / 1024 / 1024).toFixed(1);
  return { kind: 'leak: memory', detail: `${megabytes} MB more than after the first fifth` };
}

/** The failing packet alone, else as few of the last packets as show the same fault, each as small as it gets. */
async function showAgain(open: OpenTarget, failure: Failure, recent: readonly Shot[]): Promise<Found> {
  const stillFails = async (shots: readonly Shot[]): Promise<boolean> => {
    const target = await open();
    const failed = await shootInBursts(target, shots);
    const finished = await target.finish().catch((error: unknown) => failureOf('stopping', error));
    return (failed ?? finished)?.kind === failure.kind;
  };
  const last = recent.findLast(({ bytes }) => failure.bytes === undefined || bytes.equals(failure.bytes));
  if (last === undefined || failure.kind.startsWith('leak')) return { failure, shots: [], alone: false };
  for (let count = 1; count <= recent.length; count = count === 1 ? BURST : 2 * count) {
    const shots = count === 1 ? [last] : recent.slice(-count);
    if (await stillFails(shots))
      return { failure, shots: await minimizeShots(shots, stillFails), alone: true };
  }
  return { failure, shots: [last], alone: false };
}
