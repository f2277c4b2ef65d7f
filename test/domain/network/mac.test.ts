import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { macFromBytes, macToBytes, macWithDashes, parseMac } from '../../../src/domain/network/mac.ts';

const SEED = { seed: 4, numRuns: 500 };
/** A machine's address: not a group's, not all zero. */
const unicast = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => {
    bytes[0] = (bytes[0] ?? 0) & 0xfe;
    return Buffer.from(bytes);
  })
  .filter((bytes) => bytes.some((byte) => byte !== 0));

describe('parseMac', () => {
  it('reads every usual spelling as the same address', () => {
    fc.assert(
      fc.property(unicast, fc.boolean(), (bytes, isUpper) => {
        const hex = bytes.toString('hex');
        const pairs = hex.match(/../g) ?? [];
        const short = pairs.map((pair) => pair.replace(/^0/, ''));
        const spellings = [
          pairs.join(':'),
          pairs.join('-'),
          short.join(':'),
          hex,
          (hex.match(/..../g) ?? []).join('.'),
        ];
        for (const text of spellings) {
          const mac = parseMac(` ${isUpper ? text.toUpperCase() : text} `);
          expect(mac).toBe(pairs.join(':'));
          if (mac !== undefined) {
            expect(macToBytes(mac)).toEqual(bytes);
            expect(macFromBytes(bytes)).toBe(mac);
            expect(macWithDashes(mac)).toBe(pairs.join('-'));
          }
        }
      }),
      SEED,
    );
  });

  it('takes no group address', () => {
    fc.assert(
      fc.property(unicast, (bytes) => {
        bytes[0] = (bytes[0] ?? 0) | 1;
        expect(parseMac(macFromBytes(bytes))).toBeUndefined();
      }),
      SEED,
    );
  });

  it.each([
    '',
    '00:00:00:00:00:00',
    'ff:ff:ff:ff:ff:ff',
    '52:54:00:12:34',
    '52:54:00:12:34:56:78',
    '52:54:00:12:34:5g',
    '525:4:00:12:34:56',
    '5254001234567',
    '52.54.00.12.34.56',
    '5254.0012.345',
    '52 54 00 12 34 56',
    '02:00:00:00:00:00:00:01:02:03',
  ])('takes not "%s"', (text) => expect(parseMac(text)).toBeUndefined());
});
