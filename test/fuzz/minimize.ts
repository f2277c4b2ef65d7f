import type { Shot } from './target.ts';

/** Does a list of shots still show the fault? */
export type StillFails = (shots: readonly Shot[]) => Promise<boolean>;

/** How long making a failure smaller may take: a packet that is not the smallest is one all the same. */
const LIMIT_MS = 60_000;

/**
 * Fewer and shorter packets that still fail: whole packets go first, then pieces of those that are left, then bytes
 * become zero. `shots` itself is known to fail; what is returned is known to fail as well.
 */
export async function minimizeShots(
  shots: readonly Shot[],
  stillFails: StillFails,
): Promise<readonly Shot[]> {
  const startedMs = performance.now();
  const check: StillFails = async (tried) => performance.now() - startedMs < LIMIT_MS && stillFails(tried);
  let smallest = await withoutPieces(shots, check);
  for (let index = 0; index < smallest.length; index += 1) {
    const shot = smallest[index];
    if (shot === undefined) break;
    const withBytes = (bytes: readonly number[]) =>
      smallest.with(index, { ...shot, bytes: Buffer.from(bytes) });
    const bytesFail = (bytes: readonly number[]) => check(withBytes(bytes));
    const shorter = await withoutPieces([...shot.bytes], bytesFail);
    smallest = withBytes(await withZeros(shorter, bytesFail));
  }
  return smallest;
}

/** Takes halves away, then quarters, … down to single items, as long as the rest fails. */
async function withoutPieces<T>(
  all: readonly T[],
  fails: (rest: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = all;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = left.length - size; at > -size; at -= size) {
      const from = Math.max(0, at);
      const rest = [...left.slice(0, from), ...left.slice(at + size)];
      if (rest.length < left.length && rest.length > 0 && (await fails(rest))) left = rest;
    }
  }
  return left;
}

/** Makes as many bytes zero as can be: those that stay are what the fault is about. */
async function withZeros(
  all: readonly number[],
  fails: (bytes: readonly number[]) => Promise<boolean>,
): Promise<readonly number[]> {
  let left = all;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length; at += size) {
      const tried = left.map((byte, index) => (index >= at && index < at + size ? 0 : byte));
      if (tried.some((byte, index) => byte !== left[index]) && (await fails(tried))) left = tried;
    }
  }
  return left;
}
