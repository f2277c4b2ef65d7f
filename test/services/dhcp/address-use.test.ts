import { beforeEach, describe, expect, it } from 'vitest';
import type { NewBootEvent } from '../../../src/domain/boot/boot-event.ts';
import { formatIpv4, type Ipv4 } from '../../../src/domain/network/ipv4.ts';
import { type Subnet, subnetInput } from '../../../src/domain/network/subnet.ts';
import { type AddressUse, createAddressUse, heedAddressUse } from '../../../src/services/dhcp/address-use.ts';
import type { DhcpStore } from '../../../src/store/interfaces/dhcp-store.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { NOW_MS } from '../../support/store-records.ts';

const SQUATTER = '52:54:00:00:00:aa';

function subnetOf(ranges: readonly { from: string; to: string }[]): Subnet {
  const input = subnetInput.parse({ name: 'lab', network: '10.99.0.0/16', dhcp: 'authoritative', ranges });
  return { ...input, id: 1, revision: 1, createdAt: '', updatedAt: '' };
}

let subnet: Subnet;
let held: Map<Ipv4, string>;
let events: NewBootEvent[];
let use: AddressUse;
const findHolder = (address: Ipv4) => {
  const mac = held.get(address);
  return mac === undefined ? undefined : { mac, label: `lease of ${mac}` };
};
const ask = () => use.chooseToAsk(subnet).map(formatIpv4);
const answer = (address: string, mac?: string) =>
  use.note(subnet, [ip(address)], new Map(mac === undefined ? [] : [[ip(address), [mac]]]));

beforeEach(() => {
  subnet = subnetOf([
    { from: '10.99.0.100', to: '10.99.0.119' },
    { from: '10.99.1.1', to: '10.99.1.4' },
  ]);
  held = new Map();
  events = [];
  use = createAddressUse({
    store: { findHolder, subnets: () => [subnet] },
    ownAddresses: () => [ip('10.99.0.101')],
    now: () => NOW_MS,
    onEvent: (event) => events.push(event),
  });
});

describe('which addresses are asked for', () => {
  it('sixteen free ones at a time, in turn, through all ranges', () => {
    held.set(ip('10.99.0.102'), '52:54:00:00:00:01');
    const first = ask();
    expect([first.length, first[0], first[1]]).toEqual([16, '10.99.0.100', '10.99.0.103']);
    const second = ask();
    expect(second.slice(0, 6)).toEqual([
      '10.99.0.118',
      '10.99.0.119',
      '10.99.1.1',
      '10.99.1.2',
      '10.99.1.3',
      '10.99.1.4',
    ]);
    // And round again, without those just asked for.
    expect(second[6]).toBe('10.99.0.100');
  });

  it('no address twice where there are few', () => {
    subnet = subnetOf([{ from: '10.99.0.100', to: '10.99.0.103' }]);
    expect(ask()).toEqual(['10.99.0.100', '10.99.0.102', '10.99.0.103']);
  });

  it('none without ranges, and none where all are held', () => {
    subnet = subnetOf([]);
    expect(ask()).toEqual([]);
    subnet = subnetOf([{ from: '10.99.0.100', to: '10.99.0.100' }]);
    held.set(ip('10.99.0.100'), SQUATTER);
    expect(ask()).toEqual([]);
  });

  it('a large range full of leases is gone through in pieces', () => {
    subnet = subnetOf([{ from: '10.99.8.0', to: '10.99.23.255' }]);
    for (let n = 0; n < 4095; n += 1) held.set((ip('10.99.8.0') + n) as Ipv4, SQUATTER);
    expect(ask()).toEqual([]);
    expect(ask()).toEqual(['10.99.23.255']);
  });

  it('those in use first, longest unasked first', () => {
    for (const last of [100, 102, 103, 104, 105]) answer(`10.99.0.${last}`, SQUATTER);
    expect(ask().slice(0, 4)).toEqual(['10.99.0.100', '10.99.0.102', '10.99.0.103', '10.99.0.104']);
    answer('10.99.0.100');
    expect(ask().slice(0, 4)).toEqual(['10.99.0.102', '10.99.0.103', '10.99.0.104', '10.99.0.105']);
  });
});

describe('an address that is in use without a lease', () => {
  it('is told once, listed and warned of', () => {
    answer('10.99.0.100', SQUATTER);
    answer('10.99.0.100', SQUATTER);
    expect(events).toMatchObject([{ stage: 'address-in-use', outcome: 'warning', mac: SQUATTER }]);
    expect(use.list()).toMatchObject([{ ip: '10.99.0.100', mac: SQUATTER, subnet: 'lab' }]);
    expect(use.warnings()).toEqual([expect.stringContaining('10.99.0.100 by 52:54:00:00:00:aa')]);
  });

  it('is free again when nobody has answered three times in a row', () => {
    answer('10.99.0.100', SQUATTER);
    answer('10.99.0.100');
    answer('10.99.0.100');
    answer('10.99.0.100', SQUATTER);
    answer('10.99.0.100');
    answer('10.99.0.100');
    expect(use.findUser(ip('10.99.0.100'))).toBe(SQUATTER);
    answer('10.99.0.100');
    expect(use.findUser(ip('10.99.0.100'))).toBeUndefined();
    expect(events.map(({ outcome }) => outcome)).toEqual(['warning', 'ok']);
  });

  it('is the lease’s business once it is leased', () => {
    answer('10.99.0.100', SQUATTER);
    held.set(ip('10.99.0.100'), SQUATTER);
    answer('10.99.0.100', SQUATTER);
    expect(use.list()).toEqual([]);
  });

  it('is forgotten when the ranges change', () => {
    answer('10.99.0.100', SQUATTER);
    subnet = subnetOf([{ from: '10.99.0.110', to: '10.99.0.119' }]);
    ask();
    expect(use.list()).toEqual([]);
  });

  it('many are counted, three are named', () => {
    for (let last = 102; last < 112; last += 1) answer(`10.99.0.${last}`, SQUATTER);
    expect(use.warnings()).toEqual([
      expect.stringMatching(/\.102 by .*, .*\.103 by .*, .*\.104 by .* and 7 more/),
    ]);
  });

  it('is held by its user for everybody who asks the store, unless a lease says otherwise', () => {
    answer('10.99.0.100', SQUATTER);
    const store = heedAddressUse<Pick<DhcpStore, 'findHolder'>>({ findHolder }, use.findUser);
    expect(store.findHolder(ip('10.99.0.100'), NOW_MS)).toMatchObject({ mac: SQUATTER });
    expect(store.findHolder(ip('10.99.0.102'), NOW_MS)).toBeUndefined();
    held.set(ip('10.99.0.100'), '52:54:00:00:00:01');
    expect(store.findHolder(ip('10.99.0.100'), NOW_MS)).toMatchObject({ mac: '52:54:00:00:00:01' });
  });
});
