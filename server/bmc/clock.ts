import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../src/services/power/clock.ts';

/** The clock of the machine. */
export function createClock(now: () => number): Clock {
  return {
    now,
    async wait(ms, signal) {
      signal.throwIfAborted();
      if (ms <= 0) return;
      await setTimeout(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
  };
}

/** Milliseconds on a clock that never goes back. */
export function monotonicMs(): number {
  return performance.now();
}
