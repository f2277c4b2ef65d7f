import { randomFillSync } from 'node:crypto';

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
  random: takeRandom,
};

/** Randomness is taken from the system in large pieces: asking for 16 bytes costs as much as for thousands. */
let pool = Buffer.alloc(0);

function takeRandom(bytes: number): Buffer {
  if (pool.length < bytes) pool = randomFillSync(Buffer.alloc(Math.max(bytes, 16_384)));
  const taken = pool.subarray(0, bytes);
  pool = pool.subarray(bytes);
  return taken;
}
