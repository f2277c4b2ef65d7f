import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/services/power/clock.ts';

/** The clock of the machine. */
export function createClock(now: () => number): Clock {
  return {
    now,
    async wait(ms, signal) {
      signal.throwIfAborted();
      if (ms <= 0) return;
      await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    alarm(ms, fire) {
      const timer = setTimeout(fire, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** Milliseconds on a clock that never goes back. */
export function monotonicMs(): number {
  return performance.now();
}
