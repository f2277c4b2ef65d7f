import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, decodeTarHeader, encodeTarHeader, paddingOf } from '../../../server/backup/tar.ts';

const HEADER = encodeTarHeader({ name: 'provision.db', bytes: 0o1234, mtimeSeconds: 0o7654321 });

describe('the header of a file in an archive', () => {
  it('is that of ustar', () => {
    const text = (from: number, to: number) => HEADER.toString('latin1', from, to);
    expect(HEADER.length).toBe(BLOCK_BYTES);
    expect(text(0, 13)).toBe('provision.db\0');
    expect(text(100, 108)).toBe('0000600\0');
    expect(text(124, 136)).toBe('00000001234\0');
    expect(text(136, 148)).toBe('00007654321\0');
    expect(text(156, 157)).toBe('0');
    expect(text(257, 265)).toBe('ustar\u000000');
  });

  it('comes back as it was', () => {
    const entry = fc.record({
      name: fc.stringMatching(/^[\x21-\x7e]{1,100}$/),
      bytes: fc.integer({ min: 0, max: 2 ** 33 - 1 }),
      mtimeSeconds: fc.integer({ min: 0, max: 2 ** 33 - 1 }),
    });
    fc.assert(
      fc.property(entry, (one) => {
        expect(decodeTarHeader(encodeTarHeader(one))).toEqual(one);
        expect((one.bytes + paddingOf(one.bytes)) % BLOCK_BYTES).toBe(0);
      }),
      { seed: 6 },
    );
  });

  it('is refused with any byte changed', () => {
    for (let at = 0; at < BLOCK_BYTES; at++) {
      // The space behind the checksum says nothing.
      if (at === 155) continue;
      const damaged = Buffer.from(HEADER);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      expect(() => decodeTarHeader(damaged), `byte ${at}`).toThrow(RangeError);
    }
  });

  it('of nothing is the end; one that is cut is refused', () => {
    expect(decodeTarHeader(Buffer.alloc(BLOCK_BYTES))).toBeNull();
    expect(() => decodeTarHeader(HEADER.subarray(0, 511))).toThrow(RangeError);
  });

  it.each(['', 'a b', 'ä', 'a'.repeat(101), '../a\n'])('is not made for the name %j', (name) => {
    expect(() => encodeTarHeader({ name, bytes: 0, mtimeSeconds: 0 })).toThrow(RangeError);
  });
});
