import { describe, expect, test } from 'vitest';
import { chooseSubnet, type SubnetQuestion } from '../../src/dhcp/choose-subnet.ts';
import type { DhcpSubnet } from '../../src/dhcp/facts.ts';
import { parseNetwork } from '../../src/domain/network/ipv4.ts';
import { ip } from '../support/dhcp-packets.ts';
import { SUBNET } from '../support/dhcp-world.ts';
import { must } from '../support/must.ts';

const subnet = (id: string, third: number, change: Partial<DhcpSubnet> = {}): DhcpSubnet => ({
  ...SUBNET,
  id,
  network: must(parseNetwork(`10.0.${third}.0/24`), 'a network'),
  ranges: [{ first: ip(`10.0.${third}.100`), last: ip(`10.0.${third}.199`) }],
  ...change,
});
const A = subnet('a', 1);
const B = subnet('b', 2);
const FULL_OF_RECORDS = subnet('fixed', 3, { ranges: [] });
const OFF = subnet('off', 4, { mode: 'off' });
const PROXY = subnet('proxy', 5, { mode: 'proxy' });

interface Row {
  readonly name: string;
  readonly type?: SubnetQuestion['client']['messageType'];
  readonly ciaddr?: string;
  readonly requested?: string;
  readonly reserved?: string;
  readonly leased?: string;
  readonly link: readonly DhcpSubnet[];
  readonly chosen: string | undefined;
}

describe('the subnet of a packet on a link with several', () => {
  test.each<Row>([
    { name: 'none declared', link: [], chosen: undefined },
    { name: 'only one', link: [A], chosen: 'a any' },
    { name: 'a renewal', ciaddr: '10.0.2.150', type: 'request', link: [A, B], chosen: 'b' },
    {
      name: 'a renewal, reserved elsewhere',
      ciaddr: '10.0.2.150',
      type: 'request',
      reserved: '10.0.1.9',
      link: [A, B],
      chosen: 'b',
    },
    { name: 'INIT-REBOOT', requested: '10.0.2.150', type: 'request', link: [A, B], chosen: 'b' },
    {
      name: 'ciaddr before option 50',
      ciaddr: '10.0.2.150',
      requested: '10.0.1.150',
      type: 'request',
      link: [A, B],
      chosen: 'b',
    },
    {
      name: 'an address of another link',
      requested: '10.9.9.9',
      type: 'request',
      link: [A, B],
      chosen: 'a any',
    },
    {
      name: 'an address of another link, and a lease here',
      requested: '10.9.9.9',
      type: 'request',
      leased: '10.0.2.150',
      link: [A, B],
      chosen: 'b',
    },
    { name: 'INFORM', ciaddr: '10.0.2.9', type: 'inform', link: [A, B], chosen: 'b' },
    {
      name: 'DISCOVER with a reservation',
      reserved: '10.0.2.9',
      leased: '10.0.1.150',
      requested: '10.0.1.150',
      link: [A, B],
      chosen: 'b',
    },
    {
      name: 'DISCOVER with a lease',
      leased: '10.0.2.150',
      requested: '10.0.1.151',
      link: [A, B],
      chosen: 'b',
    },
    { name: 'DISCOVER with a wish', requested: '10.0.2.150', link: [A, B], chosen: 'b' },
    { name: 'DISCOVER of a stranger', link: [A, B], chosen: 'a any' },
    { name: 'reserved on another link', reserved: '10.9.9.9', link: [A, B], chosen: 'a any' },
    { name: 'addresses are given in the second only', link: [FULL_OF_RECORDS, B], chosen: 'b any' },
    { name: 'the first is off', link: [OFF, FULL_OF_RECORDS], chosen: 'fixed any' },
    { name: 'the first is another server’s', link: [PROXY, B], chosen: 'b any' },
    { name: 'all are off', link: [OFF], chosen: 'off any' },
    {
      name: 'a renewal in the one that is off',
      ciaddr: '10.0.4.9',
      type: 'request',
      link: [A, OFF],
      chosen: 'off',
    },
  ])(
    '$name: $chosen',
    ({ type = 'discover', ciaddr = '0.0.0.0', requested, reserved, leased, link, chosen }) => {
      const address = (text: string | undefined) => (text === undefined ? undefined : ip(text));
      const choice = chooseSubnet({
        client: { messageType: type, ciaddr: ip(ciaddr), requestedIp: address(requested) },
        link,
        reservedIp: address(reserved),
        leasedIp: address(leased),
      });
      expect(choice && `${choice.subnet.id}${choice.isAny ? ' any' : ''}`).toBe(chosen);
      expect(choice?.reason).not.toBe('');
    },
  );
});
