/** How many installs may be under way at once, and over how long the first power-on of several is spread. */
export interface QueueLimits {
  readonly maxConcurrentInstalls: number;
  readonly jitterMs: number;
}

/** One install that waits for its turn. */
export interface Waiting {
  readonly id: number;
  readonly system: string;
  readonly batch: string | null;
  /** Place in the queue, from 1. */
  readonly position: number;
  /** When it is to begin; null as long as that is not decided. */
  readonly dueAtMs: number | null;
  /** It is looked at once more right now, and is armed in a moment. */
  readonly isBeginning: boolean;
}

/** What has become so far of the installs that were asked for together. */
export interface BatchStand {
  readonly batch: string;
  readonly stopAfterFailures: number;
  /** Systems whose install has failed or expired. */
  readonly failed: readonly string[];
}

export interface QueueFacts {
  readonly waiting: readonly Waiting[];
  /** Installs that have a place: see `RUNNING` in store/installs/install-queue.ts. */
  readonly running: number;
  readonly batches: readonly BatchStand[];
  readonly limits: QueueLimits;
}

/** What is decided of one install that waits. */
export type QueueVerdict =
  | { readonly kind: 'begin'; readonly id: number; readonly atMs: number; readonly reason: string }
  | { readonly kind: 'wait'; readonly id: number; readonly reason: string }
  | { readonly kind: 'stop'; readonly id: number; readonly batch: string; readonly reason: string };

/** So long after its time an install is taken to be one that an earlier run of the service has left. */
const LEFT_BEHIND_MS = 10_000;
/** Names that a reason tells. */
const NAMED = 5;

/**
 * Who of the queue begins, and when. Those with the lowest places have the free places; of several that get one now, the
 * first begins at once and the others spread over the jitter, in their order. What is decided stays: an install with a
 * time keeps it and its place until it begins. What an earlier run of the service has left spreads anew. A batch that
 * has failed often enough gives up what waits. `random` gives numbers from 0 up to 1. Pure.
 */
export function decideQueue(
  { waiting, running, batches, limits }: QueueFacts,
  nowMs: number,
  random: () => number,
): readonly QueueVerdict[] {
  const stopped = new Map(batches.flatMap((stand) => stopOf(stand)));
  const verdictOf = (id: number, batch: string | null): QueueVerdict | undefined => {
    const reason = batch === null ? undefined : stopped.get(batch);
    return batch === null || reason === undefined ? undefined : { kind: 'stop', id, batch, reason };
  };
  const stops = waiting.flatMap(({ id, batch, isBeginning }) =>
    isBeginning ? [] : (verdictOf(id, batch) ?? []),
  );
  const gone = new Set(stops.map(({ id }) => id));
  const order = waiting.filter(({ id }) => !gone.has(id)).toSorted(byTurn(nowMs));
  const free = Math.max(0, limits.maxConcurrentInstalls - running);
  const fresh = order.slice(0, free).filter((one) => !isDecided(one, nowMs));
  const delays = spread(fresh.length, limits.jitterMs, random);
  const atOf = new Map(fresh.map(({ id }, index) => [id, nowMs + (delays[index] ?? 0)]));
  const rest = order.map((one, index): QueueVerdict => {
    if (one.isBeginning) return { kind: 'begin', id: one.id, atMs: nowMs, reason: 'begins now' };
    if (index >= free) return { kind: 'wait', id: one.id, reason: waitReason(running, limits) };
    const atMs = atOf.get(one.id) ?? one.dueAtMs ?? nowMs;
    return { kind: 'begin', id: one.id, atMs, reason: beginReason(atMs - nowMs) };
  });
  return [...stops, ...rest];
}

/** Those that are being armed have their places, then those whose time is decided, then the queue. */
function byTurn(nowMs: number): (a: Waiting, b: Waiting) => number {
  const rank = (one: Waiting): number => {
    if (one.isBeginning) return 0;
    return isDecided(one, nowMs) ? 1 : 2;
  };
  return (a, b) =>
    rank(a) - rank(b) || (rank(a) === 1 ? (a.dueAtMs ?? 0) - (b.dueAtMs ?? 0) : 0) || a.position - b.position;
}

function isDecided({ dueAtMs, isBeginning }: Waiting, nowMs: number): boolean {
  return isBeginning || (dueAtMs !== null && dueAtMs > nowMs - LEFT_BEHIND_MS);
}

/** Ascending, so that the order of the queue is the order of power-on. */
function spread(count: number, jitterMs: number, random: () => number): readonly number[] {
  const later = Array.from({ length: Math.max(0, count - 1) }, () => Math.round(random() * jitterMs));
  return [0, ...later.toSorted((a, b) => a - b)];
}

function stopOf({ batch, stopAfterFailures, failed }: BatchStand): [string, string][] {
  if (failed.length < stopAfterFailures) return [];
  const names = failed.slice(0, NAMED).join(', ');
  const more = failed.length > NAMED ? ` and ${failed.length - NAMED} more` : '';
  const count = failed.length === 1 ? '1 install' : `${failed.length} installs`;
  return [[batch, `batch ${batch} stopped: ${count} of it failed (${names}${more})`]];
}

function waitReason(running: number, { maxConcurrentInstalls }: QueueLimits): string {
  const free = maxConcurrentInstalls - running;
  return free > 0
    ? `those before it in the queue have the ${free} free of ${maxConcurrentInstalls} places`
    : `${running} of at most ${maxConcurrentInstalls} installs are under way`;
}

function beginReason(delayMs: number): string {
  return delayMs <= 0
    ? 'its turn has come'
    : `its turn has come; it begins in ${Math.ceil(delayMs / 1000)} s, since not all begin at once`;
}
