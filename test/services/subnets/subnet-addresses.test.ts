import { describe, expect, it } from 'vitest';
import type { Ipv4 } from '../../../src/domain/network/ipv4.ts';
import { countsOf, HELD_A_PART, partOf, spansOf } from '../../../src/services/subnets/subnet-addresses.ts';
import type { AddressHolder } from '../../../src/store/interfaces/address-store.ts';
import { ip } from '../../support/dhcp-packets.ts';

const NET = {
  subnet: {
    ranges: [{ from: '10.99.0.100', to: '10.99.0.199' }],
    exclusions: [{ from: '10.99.0.150', to: '10.99.0.159' }],
  },
  first: ip('10.99.0.1'),
  last: ip('10.99.0.254'),
};
const held = (...texts: string[]) => texts.map((text) => ip(text));
const holder = (text: string, says: string, kind: AddressHolder['kind'] = 'interface'): AddressHolder => ({
  ip: ip(text),
  kind,
  systemId: 1,
  sharedBy: null,
  subnetId: null,
  key: null,
  conflict: { value: text, kind: 'ip', holder: says, interface: 'eth0', command: null },
});
const shown = (spans: ReturnType<typeof spansOf>) =>
  spans.map(({ from, to, use, system }) =>
    [from === to ? from : `${from}-${to}`, use, system].filter(Boolean).join(' '),
  );

describe('the addresses of a subnet', () => {
  it.each([
    [
      'nobody’s',
      held(),
      [
        '10.99.0.1-10.99.0.99 free',
        '10.99.0.100-10.99.0.149 dynamic',
        '10.99.0.150-10.99.0.159 excluded',
        '10.99.0.160-10.99.0.199 dynamic',
        '10.99.0.200-10.99.0.254 free',
      ],
      { held: 0, free: 154, dynamic: 90, excluded: 10 },
    ],
    [
      'held at both ends, in the range and in what is excluded of it',
      held('10.99.0.1', '10.99.0.100', '10.99.0.155', '10.99.0.254'),
      [
        '10.99.0.1 held',
        '10.99.0.2-10.99.0.99 free',
        '10.99.0.100 held',
        '10.99.0.101-10.99.0.149 dynamic',
        '10.99.0.150-10.99.0.154 excluded',
        '10.99.0.155 held',
        '10.99.0.156-10.99.0.159 excluded',
        '10.99.0.160-10.99.0.199 dynamic',
        '10.99.0.200-10.99.0.253 free',
        '10.99.0.254 held',
      ],
      { held: 4, free: 152, dynamic: 89, excluded: 9 },
    ],
  ])('are cut where their use changes, and counted: %s', (_says, taken, spans, counts) => {
    expect(shown(spansOf({ ...NET, held: taken }, []))).toEqual(spans);
    expect(countsOf({ ...NET, held: taken })).toEqual(counts);
  });

  it.each([
    ['system web001', 'web001'],
    ['BMC of system web001', 'web001'],
    ['system web001 and 2 more, as a shared address', 'web001'],
    ['gateway of subnet lab', null],
    ['lease of 52:54:00:00:00:01 until 2026-11-22T10:00:00.000Z', null],
    ['this provisioning server itself', null],
  ])('lead to the system of: %s', (says, system) => {
    const all = { ...NET, held: held('10.99.0.7') };
    const span = spansOf(all, [holder('10.99.0.7', says)]).find(({ use }) => use === 'held');
    expect(span).toMatchObject({ from: '10.99.0.7', holder: says, system });
  });

  it('are free where the lease is over that still stands there', () => {
    const spans = spansOf({ ...NET, held: held() }, [holder('10.99.0.120', 'lease of x', 'lease')]);
    expect(spans.some(({ use, holder: says }) => use === 'held' || says !== null)).toBe(false);
  });

  it('are none in a network that has no room for any', () => {
    const none = { ...NET, first: ip('10.99.0.1'), last: ip('10.99.0.0'), held: [] };
    expect(countsOf({ ...none, subnet: { ranges: [], exclusions: [] } })).toMatchObject({ free: 0 });
  });
});

describe('the parts of a large subnet', () => {
  const first = ip('10.0.0.1');
  const last = ip('10.0.255.254');
  const all = Array.from({ length: 2 * HELD_A_PART + 5 }, (_, row) => (first + 10 * row) as Ipv4);

  it('follow each other without a gap, and lead back', () => {
    const whole = { first, last, held: all };
    const parts = [partOf(whole, undefined)];
    for (let next = parts[0]?.next; next != null; next = parts.at(-1)?.next) parts.push(partOf(whole, next));
    expect(parts.map((part) => part.held.length)).toEqual([HELD_A_PART, HELD_A_PART, 5]);
    expect(parts[0]?.from).toBe(first);
    expect(parts.at(-1)?.to).toBe(last);
    for (const [row, part] of parts.entries()) {
      expect(part.previous).toBe(parts[row - 1]?.from ?? null);
      if (row > 0) expect(part.from).toBe((parts[row - 1]?.to ?? 0) + 1);
    }
  });

  it.each([
    ['the first address', first, 0],
    ['one behind all that are held', last, 2 * HELD_A_PART],
    ['one of another network', ip('192.168.0.1'), 0],
    ['one in the second part', ip('10.0.10.1'), HELD_A_PART],
  ])('are found by %s', (_says, at, begin) => {
    expect(partOf({ first, last, held: all }, at).held[0]).toBe(all[begin]);
  });

  it('are one where nothing is held', () => {
    expect(partOf({ first, last, held: [] }, last)).toMatchObject({
      from: first,
      to: last,
      previous: null,
      next: null,
    });
  });
});
