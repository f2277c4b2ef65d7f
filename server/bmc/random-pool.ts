import type { RandomBytes } from '../../src/ipmi/session.ts';

/** For a thousand sessions: asking the system for 16 bytes costs as much as for some thousands. */
const POOL_BYTES = 4_096;

/** Randomness of `random`, taken in large pieces; no byte is given out twice. */
export function poolRandom(random: RandomBytes): RandomBytes {
  let pool: Buffer = Buffer.alloc(0);
  return (count) => {
    if (count > POOL_BYTES) return random(count);
    if (pool.length < count) pool = random(POOL_BYTES);
    const taken = pool.subarray(0, count);
    pool = pool.subarray(count);
    return taken;
  };
}
