import type { Clock } from './clock.ts';

export interface BmcQueueOptions {
  readonly clock: Clock;
  /** From the end of one session with a BMC to the begin of the next. */
  readonly gapMs: number;
  /** Sessions with all BMCs together, as long as they are quick. */
  readonly maxSessions: number;
}

/**
 * A session that lasts longer is one that waits for a slow or dead BMC, which costs nothing: it does not count any more,
 * so that no number of dead BMCs takes all the places.
 */
const QUICK_MS = 400;

/** Work on BMCs: one session a BMC, a gap between two, and so many at once in all. In the order of asking, each BMC by itself. */
export interface BmcQueue {
  /** `place` names the BMC (its address and port). Rejects with the signal's reason as soon as it is aborted. */
  run<T>(place: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

interface Lane {
  readonly gate: Gate;
  freeAtMs: number;
}

/**
 * BMCs are small computers: a second session is refused by some, and a burst of them freezes others until their plug is
 * pulled. Whoever waits for his BMC keeps no place of those that are for all.
 */
export function createBmcQueue({ clock, gapMs, maxSessions }: BmcQueueOptions): BmcQueue {
  const lanes = new Map<string, Lane>();
  const all = createGate(maxSessions);
  const laneOf = (place: string): Lane => {
    const lane = lanes.get(place) ?? { gate: createGate(1), freeAtMs: 0 };
    lanes.set(place, lane);
    return lane;
  };
  const inTurn = async <T>(lane: Lane, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const leaveLane = await lane.gate.enter(signal);
    try {
      await clock.wait(lane.freeAtMs - clock.now(), signal);
      const leaveAll = once(await all.enter(signal));
      const noAlarm = clock.alarm(QUICK_MS, leaveAll);
      try {
        return await work();
      } finally {
        noAlarm();
        leaveAll();
        lane.freeAtMs = clock.now() + gapMs;
      }
    } finally {
      leaveLane();
    }
  };
  return {
    // Who gives up need not wait for a session that takes its time to end; the next one with that BMC does.
    run: (place, signal, work) => orAborted(inTurn(laneOf(place), signal, work), signal),
  };
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
    // It may still reject, when nobody listens any more.
    work.catch(() => {});
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/** Lets so many in at once, in the order of asking. */
interface Gate {
  /** Resolves with what lets the next one in. */
  enter(signal: AbortSignal): Promise<() => void>;
}

function createGate(places: number): Gate {
  let free = places;
  const waiting = new Set<() => void>();
  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return leave;
      }
      await new Promise<void>((resolve, reject) => {
        const giveUp = (): void => {
          waiting.delete(go);
          reject(signal.reason);
        };
        const go = (): void => {
          waiting.delete(go);
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        waiting.add(go);
        signal.addEventListener('abort', giveUp, { once: true });
      });
      return leave;
    },
  };
}
