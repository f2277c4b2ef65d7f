import { describe, expect, it } from 'vitest';
import { firstKeyOf, identityOf, keysOf } from '../../../src/domain/network/binding-key.ts';
import {
  clientIdText,
  formatIdentifier,
  parseIdentifier,
  relayIdText,
} from '../../../src/domain/records/identifier.ts';

describe('identifiers: one spelling a value', () => {
  it.each([
    { text: 'Gi1/0/3', canonical: 'Gi1/0/3' },
    { text: 'sw1 eth 0/1', canonical: 'sw1 eth 0/1' },
    { text: '0x00040064', canonical: '0x00040064' },
    { text: '0X00aB', canonical: '0x00ab' },
    { text: '0x65746830', canonical: 'eth0' },
    { text: '0x2065', canonical: '0x2065' },
    { text: '10:20', canonical: '10:20' },
    { text: '0x3078', canonical: '0x3078' },
  ])('$text', ({ text, canonical }) => {
    expect(relayIdText.parse(text)).toBe(canonical);
    expect(relayIdText.parse(canonical)).toBe(canonical);
    expect(formatIdentifier(parseIdentifier(canonical) ?? Buffer.alloc(0))).toBe(canonical);
  });

  it.each(['', '0x', '0x0', '0xzz', ' a', 'a\n', 'ä', 'x'.repeat(256)])('refuses %j', (text) =>
    expect(relayIdText.safeParse(text).success).toBe(false),
  );

  it('reads a client id with colons as hex, and refuses one of a single byte (RFC 2132 §9.14)', () => {
    expect(clientIdText.parse('01:52:54:00:12:34:56')).toBe('0x01525400123456');
    expect(clientIdText.parse('cisco-0011')).toBe('cisco-0011');
    expect(clientIdText.safeParse('a').success).toBe(false);
    expect(clientIdText.safeParse('0x01').success).toBe(false);
  });
});

describe('keys', () => {
  const whole = { mac: null, clientId: '0xff01', circuitId: 'eth0', remoteId: '0x00' };
  it.each([
    whole,
    { ...whole, remoteId: null },
    { ...whole, clientId: null, circuitId: null, remoteId: null, mac: '52:54:00:00:00:01' },
  ])('%j comes back', (identity) => expect(identityOf(keysOf(identity))).toEqual(identity));

  it('stand in their precedence', () => {
    expect(firstKeyOf({ ...whole, mac: '52:54:00:00:00:01' })).toBe('52:54:00:00:00:01');
    expect(firstKeyOf(whole)).toBe('id:ff01');
    expect(firstKeyOf({ ...whole, clientId: null })).toBe('circuit:65746830:00');
  });
});
