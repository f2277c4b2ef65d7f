import { seededRandom } from '../support/seeded-random.ts';

/** Files of a bench repeat one block of noise, so that whoever receives them can tell every byte without having them. */
const BLOCK_BYTES = 64 * 1024;
let block: Buffer | undefined;

function noise(): Buffer {
  if (block !== undefined) return block;
  const random = seededRandom(65_536);
  block = Buffer.alloc(2 * BLOCK_BYTES);
  for (let at = 0; at < BLOCK_BYTES; at += 1) block[at] = Math.floor(random() * 256);
  block.copy(block, BLOCK_BYTES, 0, BLOCK_BYTES);
  return block;
}

/** The content of a file of this size. */
export function patternBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += BLOCK_BYTES) noise().copy(bytes, at, 0, BLOCK_BYTES);
  return bytes;
}

/** Are these the bytes of such a file from `offset` on? */
export function isPattern(bytes: Buffer, offset: number): boolean {
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const piece = bytes.subarray(at, at + BLOCK_BYTES);
    const from = (offset + at) % BLOCK_BYTES;
    if (piece.compare(noise(), from, from + piece.length) !== 0) return false;
  }
  return true;
}
