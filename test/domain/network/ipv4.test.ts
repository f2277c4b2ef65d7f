import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  broadcastOf,
  formatIpv4,
  formatNetwork,
  type Ipv4,
  ipv4FromBytes,
  ipv4FromNumber,
  ipv4ToBytes,
  netmask,
  networkContains,
  networksOverlap,
  parseIpv4,
  parseNetwork,
} from '../../../src/domain/network/ipv4.ts';
import { must } from '../../support/must.ts';

const SEED = { seed: 4, numRuns: 500 };
const anyIp = fc.integer({ min: 0, max: 0xffffffff }).map((value) => value as Ipv4);
const anyNetwork = fc.tuple(anyIp, fc.integer({ min: 0, max: 32 })).map(([ip, prefix]) => {
  const network = ((ip & netmask(prefix)) >>> 0) as Ipv4;
  return { network, prefix };
});

describe('addresses', () => {
  it('are the same after text, bytes and number', () => {
    fc.assert(
      fc.property(anyIp, (ip) => {
        expect(parseIpv4(formatIpv4(ip))).toBe(ip);
        expect(ipv4FromBytes(ipv4ToBytes(ip))).toBe(ip);
        expect(ipv4FromNumber(ip)).toBe(ip);
      }),
      SEED,
    );
  });

  it('have one spelling: what parses is written the same again', () => {
    const octet = fc.oneof(
      fc.integer({ min: 0, max: 300 }).map(String),
      fc.constantFrom('00', '01', '010', '', ' 1', '1e1', '0x1', '-1'),
    );
    fc.assert(
      fc.property(fc.array(octet, { minLength: 3, maxLength: 5 }), (octets) => {
        const text = octets.join('.');
        const ip = parseIpv4(text);
        if (ip !== undefined) expect(formatIpv4(ip)).toBe(text);
        const isPlain =
          octets.length === 4 && octets.every((part) => /^(0|[1-9]\d*)$/.test(part) && Number(part) < 256);
        expect(ip !== undefined).toBe(isPlain);
      }),
      SEED,
    );
  });

  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '010.0.0.1',
    '1.2.3.04',
    '256.0.0.1',
    '1.2.3.4 ',
    '1.2.3.４',
    '::1',
    '1.2.3.4/8',
  ])('are not "%s"', (text) => expect(parseIpv4(text)).toBeUndefined());

  it.each([-1, 2 ** 32, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('are not the number %d', (value) => {
    expect(() => ipv4FromNumber(value)).toThrow(RangeError);
  });
});

describe('networks', () => {
  it('hold their first and last address and nothing beside them', () => {
    fc.assert(
      fc.property(anyNetwork, (net) => {
        const last = broadcastOf(net);
        expect(networkContains(net, net.network)).toBe(true);
        expect(networkContains(net, last)).toBe(true);
        expect(last - net.network + 1).toBe(2 ** (32 - net.prefix));
        if (net.network > 0) expect(networkContains(net, (net.network - 1) as Ipv4)).toBe(false);
        if (last < 0xffffffff) expect(networkContains(net, (last + 1) as Ipv4)).toBe(false);
        expect(parseNetwork(formatNetwork(net))).toEqual(net);
      }),
      SEED,
    );
  });

  it('overlap exactly where they share an address', () => {
    fc.assert(
      fc.property(anyNetwork, anyNetwork, (a, b) => {
        const shared = Math.max(a.network, b.network) <= Math.min(broadcastOf(a), broadcastOf(b));
        expect(networksOverlap(a, b)).toBe(shared);
        expect(networksOverlap(b, a)).toBe(shared);
      }),
      SEED,
    );
  });

  it.each([
    '10.0.0.1/24',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/024',
    '10.0.0.0/',
    '10.0.0.0/24/8',
    '10.0.0.0/-1',
    '010.0.0.0/8',
  ])('are not "%s"', (text) => expect(parseNetwork(text)).toBeUndefined());

  it('go from the whole world to one address', () => {
    expect(must(parseNetwork('0.0.0.0/0'), 'the world')).toEqual({ network: 0, prefix: 0 });
    expect(formatIpv4(broadcastOf(must(parseNetwork('0.0.0.0/0'), 'the world')))).toBe('255.255.255.255');
    expect(networkContains(must(parseNetwork('255.255.255.255/32'), 'one'), 0xffffffff as Ipv4)).toBe(true);
  });
});
