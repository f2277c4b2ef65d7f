import { randomBytes } from 'node:crypto';

/** What a simulated BMC has of the world: tests stop its clock and fix its randomness. */
export interface BmcWorld {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Calls `fire` once after `ms`; the result takes it back. */
  startTimer(ms: number, fire: () => void): () => void;
  random(bytes: number): Buffer;
}

export const REAL_WORLD: BmcWorld = {
  now: () => performance.now(),
  startTimer: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
  random: randomBytes,
};
