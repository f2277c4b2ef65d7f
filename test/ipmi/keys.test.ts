import { describe, expect, it } from 'vitest';
import { bmcKey } from '../../src/ipmi/keys.ts';

describe('the BMC key', () => {
  it.each([
    { text: 'secret', bytes: Buffer.from('secret') },
    { text: '0x00ff10', bytes: Buffer.of(0x00, 0xff, 0x10) },
    { text: `0x${'ab'.repeat(20)}`, bytes: Buffer.alloc(20, 0xab) },
  ])('$text is 20 bytes, filled with zeros', ({ text, bytes }) => {
    expect(bmcKey(text)).toEqual(Buffer.concat([bytes], 20));
  });

  it.each(['k'.repeat(21), `0x${'ab'.repeat(21)}`])('%s is refused, not cut', (text) => {
    expect(() => bmcKey(text)).toThrow(/up to 20 bytes/);
  });
});
