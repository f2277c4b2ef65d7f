import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AddressQuestion,
  type AddressRange,
  chooseAddress,
  isHostAddress,
  MAX_PROBES,
} from '../../src/dhcp/allocate.ts';
import { formatIpv4, type Ipv4, parseNetwork } from '../../src/domain/network/ipv4.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';

const network = (text: string) => must(parseNetwork(text), text);
const range = (first: string, last: string): AddressRange => ({ first: ip(first), last: ip(last) });

function question(changes: Partial<AddressQuestion> = {}): AddressQuestion {
  return {
    network: network('10.0.0.0/24'),
    ranges: [range('10.0.0.100', '10.0.0.199')],
    isTaken: () => false,
    seed: '52:54:00:00:00:01',
    ...changes,
  };
}

function chosen(changes: Partial<AddressQuestion> = {}): string {
  const choice = chooseAddress(question(changes));
  return choice.kind === 'chosen' ? formatIpv4(choice.ip) : choice.code;
}

describe('preferred addresses', () => {
  test.each([
    { name: 'free and in range', preferred: ['10.0.0.150'], taken: [], expected: '10.0.0.150' },
    {
      name: 'first taken, second free',
      preferred: ['10.0.0.150', '10.0.0.151'],
      taken: ['10.0.0.150'],
      expected: '10.0.0.151',
    },
    {
      name: 'outside the ranges, then a good one',
      preferred: ['10.0.0.50', '10.0.0.151'],
      taken: [],
      expected: '10.0.0.151',
    },
  ])('$name', ({ preferred, taken, expected }) => {
    const isTaken = (address: Ipv4) => taken.map(ip).includes(address);
    expect(chosen({ preferred: preferred.map(ip), isTaken })).toBe(expected);
  });
  test('none fits: the address of the seed', () => {
    expect(chosen({ preferred: [ip('10.0.0.50'), ip('192.168.0.1')] })).toBe(chosen());
  });
});

describe('no address', () => {
  test('no range', () => {
    expect(chosen({ ranges: [] })).toBe('no-range');
  });
  test('a full range ends after one turn', () => {
    let asked = 0;
    const isTaken = () => {
      asked += 1;
      return true;
    };
    expect(chosen({ isTaken })).toBe('range-full');
    expect(asked).toBe(100);
  });
  test('a full /8 ends after MAX_PROBES', () => {
    let asked = 0;
    const isTaken = () => {
      asked += 1;
      return true;
    };
    const ranges = [range('10.0.0.0', '10.255.255.255')];
    expect(chosen({ network: network('10.0.0.0/8'), ranges, isTaken })).toBe('probe-limit');
    expect(asked).toBe(MAX_PROBES);
  });
  test('a range that ends before it begins is a programming error', () => {
    expect(() => chosen({ ranges: [range('10.0.0.9', '10.0.0.8')] })).toThrow(RangeError);
  });
});

describe('host addresses', () => {
  test.each([
    ['10.0.0.0/24', '10.0.0.0', false],
    ['10.0.0.0/24', '10.0.0.255', false],
    ['10.0.0.0/24', '10.0.0.1', true],
    ['10.0.0.0/24', '10.0.1.1', false],
    ['10.0.0.0/31', '10.0.0.0', true],
    ['10.0.0.0/31', '10.0.0.1', true],
    ['10.0.0.7/32', '10.0.0.7', true],
  ])('%s has %s: %s', (net, address, expected) => {
    expect(isHostAddress(network(net), ip(address))).toBe(expected);
  });
  test('a range over the whole network gives neither end', () => {
    const given = fill({ network: network('10.0.0.0/29'), ranges: [range('10.0.0.0', '10.0.0.7')] });
    expect(given.map(formatIpv4).sort()).toEqual(['1', '2', '3', '4', '5', '6'].map((n) => `10.0.0.${n}`));
  });
  test('the part of a range outside the network is never given', () => {
    const given = fill({ network: network('10.0.0.0/30'), ranges: [range('10.0.0.1', '10.0.0.9')] });
    expect(given.map(formatIpv4).sort()).toEqual(['10.0.0.1', '10.0.0.2']);
  });
});

/** Gives out addresses to client after client until there is none. */
function fill(changes: Partial<AddressQuestion>): Ipv4[] {
  const taken = new Set<Ipv4>();
  for (;;) {
    const seed = `client ${taken.size}`;
    const choice = chooseAddress(question({ ...changes, seed, isTaken: (address) => taken.has(address) }));
    if (choice.kind === 'none') return [...taken];
    expect(taken.has(choice.ip)).toBe(false);
    taken.add(choice.ip);
  }
}

test('every address of any ranges is given out once, then no more', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }), (sizes) => {
      let next = ip('10.1.0.1') as number;
      const ranges = sizes.map((size) => {
        const first = next as Ipv4;
        next += size + 3;
        return { first, last: (first + size - 1) as Ipv4 };
      });
      const given = fill({ network: network('10.1.0.0/16'), ranges });
      expect(given).toHaveLength(sizes.reduce((sum, size) => sum + size, 0));
      for (const address of given)
        expect(ranges.some(({ first, last }) => first <= address && address <= last)).toBe(true);
    }),
    { seed: 20260803, numRuns: 200 },
  );
});

test('the same client gets the same address while it is free, and others spread', () => {
  const of = (n: number) => chosen({ seed: `52:54:00:00:00:${n.toString(16).padStart(2, '0')}` });
  expect(of(1)).toBe(of(1));
  // 20 neighbours in 100 addresses: about two collisions are expected, a clumsy hash makes many.
  expect(new Set(Array.from({ length: 20 }, (_, n) => of(n))).size).toBeGreaterThan(14);
});

test('a /16 at 99 % takes about a hundred probes, not thousands', () => {
  const wide = { network: network('10.2.0.0/16'), ranges: [range('10.2.0.1', '10.2.255.254')] };
  const taken = new Set<Ipv4>();
  const isTaken = (address: Ipv4) => taken.has(address);
  const probesOf = (seed: string): number => {
    const choice = chooseAddress(question({ ...wide, isTaken, seed }));
    if (choice.kind === 'none') throw new Error(choice.reason);
    taken.add(choice.ip);
    return choice.probes;
  };
  while (taken.size < 64_879) probesOf(`client ${taken.size}`);
  const probes = Array.from({ length: 50 }, (_, n) => probesOf(`late ${n}`));
  expect(probes.reduce((sum, n) => sum + n, 0) / probes.length).toBeLessThan(400);
});
