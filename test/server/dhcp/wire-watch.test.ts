import { beforeEach, describe, expect, it } from 'vitest';
import type { FoundServer } from '../../../server/dhcp/server-probe.ts';
import { createWireWatch, type WireWatch } from '../../../server/dhcp/wire-watch.ts';
import type { MachineInterface } from '../../../server/net/interfaces.ts';
import { formatIpv4 } from '../../../src/domain/network/ipv4.ts';
import { type Subnet, subnetInput } from '../../../src/domain/network/subnet.ts';
import { createAddressUse } from '../../../src/services/dhcp/address-use.ts';
import { createOtherServers } from '../../../src/services/dhcp/other-servers.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { NOW_MS } from '../../support/store-records.ts';

const link = (name: string, index: number, ...addresses: string[]): MachineInterface => ({
  name,
  index,
  up: true,
  mtu: 1500,
  addresses: addresses.map((address) => ({ address: ip(address), prefix: 24 })),
});
const subnet = (name: string, network: string, dhcp: string, ranges: object[] = []): Subnet => ({
  ...subnetInput.parse({ name, network, dhcp, ranges }),
  id: 1,
  revision: 1,
  createdAt: '',
  updatedAt: '',
});
const RANGE = { from: '10.1.0.100', to: '10.1.0.101' };

let links: MachineInterface[];
let subnets: Subnet[];
let offers: FoundServer[] | 'refused';
let asked: string[];
let warned: string[];
let watch: WireWatch;

beforeEach(() => {
  links = [link('lan0', 2, '10.1.0.1', '10.9.0.1'), link('lan1', 3, '10.2.0.1')];
  subnets = [
    subnet('one', '10.1.0.0/24', 'authoritative', [RANGE]),
    subnet('far', '10.3.0.0/24', 'authoritative'),
  ];
  offers = [];
  asked = [];
  warned = [];
  const own = { ownAddresses: () => [ip('10.1.0.1')], now: () => NOW_MS, onEvent: () => {} };
  const addressUse = createAddressUse({
    ...own,
    store: { findHolder: () => undefined, subnets: () => subnets },
  });
  const servers = createOtherServers({ ...own, subnets: () => subnets });
  watch = createWireWatch({
    served: () => links,
    subnets: () => subnets,
    servers: {
      ...servers,
      notice: (seen) =>
        asked.push(`found ${formatIpv4(seen.serverId)} on ${seen.subnet} by ${seen.interfaceName}`),
      noteAnswered: (name, isAnswered) => asked.push(`${name} answered: ${isAnswered}`),
    },
    addressUse,
    probeServers: async ({ name }) => {
      asked.push(`servers on ${name}?`);
      return offers === 'refused' ? { ok: false, reason: 'EPERM' } : { ok: true, servers: offers };
    },
    probeAddresses: async ({ name }, addresses) => {
      asked.push(`${addresses.map(formatIpv4).join(' ')} on ${name}?`);
      return offers === 'refused' ? { ok: false, reason: 'EPERM' } : { ok: true, users: new Map() };
    },
    log: { info: () => {}, error: () => {}, warn: (_fields, message) => warned.push(message) },
  });
});

describe('the watch on the wire', () => {
  it('asks each link with a subnet that is on, and none for subnets behind relays', async () => {
    subnets.push(subnet('proxied', '10.2.0.0/24', 'proxy'), subnet('second', '10.9.0.0/24', 'shared'));
    offers = [{ serverId: ip('10.1.0.9'), offered: ip('10.1.0.50') }];
    await watch.lookForServers();
    expect(asked.filter((line) => line.startsWith('servers'))).toEqual([
      'servers on lan0?',
      'servers on lan1?',
    ]);
    expect(asked.filter((line) => line.startsWith('found'))).toEqual([
      'found 10.1.0.9 on one by lan0',
      'found 10.1.0.9 on second by lan0',
      'found 10.1.0.9 on proxied by lan1',
    ]);
  });

  it('looks at a link when it is new, and not again', async () => {
    await watch.lookAtNewLinks();
    expect(asked).toEqual(['servers on lan0?', '10.1.0.100 10.1.0.101 on lan0?', 'one answered: false']);
    asked.length = 0;
    await watch.lookAtNewLinks();
    expect(asked).toEqual([]);
    subnets[0] = subnet('one', '10.1.0.0/24', 'proxy', []);
    await watch.lookAtNewLinks();
    expect(asked).toEqual(['servers on lan0?', 'one answered: false']);
  });

  it('asks for addresses only where this service gives them', async () => {
    subnets = [subnet('one', '10.1.0.0/24', 'proxy', [RANGE]), subnet('two', '10.2.0.0/24', 'off')];
    await watch.lookAtAddresses();
    expect(asked).toEqual([]);
    subnets = [subnet('one', '10.1.0.0/24', 'shared', [RANGE])];
    await watch.lookAtAddresses();
    expect(asked).toEqual(['10.1.0.100 10.1.0.101 on lan0?']);
  });

  it('tells once a link what it cannot do', async () => {
    offers = 'refused';
    for (let n = 0; n < 2; n += 1) {
      await watch.lookForServers();
      await watch.lookAtAddresses();
    }
    expect(warned).toEqual(['cannot look for other DHCP servers', 'cannot look for addresses in use']);
  });
});
