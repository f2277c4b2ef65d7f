import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  chooseSourceAddress,
  type InterfaceSources,
  listInterfaces,
  listRoutedAddresses,
} from '../../../server/net/interfaces.ts';
import { parseIpv4 } from '../../../src/domain/network/ipv4.ts';
import { must } from '../../support/must.ts';

const ip = (text: string) => must(parseIpv4(text), text);

const v4 = (address: string, netmask: string): NetworkInterfaceInfo => ({
  family: 'IPv4',
  address,
  netmask,
  mac: '52:54:00:00:00:01',
  internal: false,
  cidr: null,
});
const v6: NetworkInterfaceInfo = {
  family: 'IPv6',
  address: 'fe80::1',
  netmask: 'ffff:ffff:ffff:ffff::',
  mac: '52:54:00:00:00:01',
  internal: false,
  cidr: null,
  scopeid: 2,
};

const SYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  lo: { ifindex: '1', flags: '0x9', address: '00:00:00:00:00:00', mtu: '65536' },
  eth1: { ifindex: '3', flags: '0x1002', address: '52:54:00:00:00:02', mtu: '9000' },
  eth0: { ifindex: '2', flags: '0x1003', address: '52:54:00:00:00:01', mtu: '1500' },
  tun0: { ifindex: '7', flags: '0x1091', address: '', mtu: '1400' },
  bonding_masters: {},
};

const sources: InterfaceSources = {
  names: () => Object.keys(SYS),
  procNet: () => '',
  attribute: (name, attribute) => SYS[name]?.[attribute],
  networkInterfaces: () => ({
    lo: [v4('127.0.0.1', '255.0.0.0')],
    eth0: [v4('10.0.0.1', '255.255.255.0'), v6],
    'eth0:1': [v4('10.0.1.1', '255.255.255.128')],
    tun0: [v4('10.9.0.1', '255.255.255.255')],
  }),
};

/** A /30, which reads the same on machines of both byte orders. */
const LINKLESS = {
  route: 'lan0 0405050A 00000000 0001 0 0 0 FCFFFFFF\nlan0 0A050504 00000000 0001 0 0 0 FFFFFFFC\n',
  trie: '     |-- 10.5.5.5\n        /32 host LOCAL\n     |-- 10.0.0.1\n        /32 host LOCAL\n',
};

describe('listInterfaces', () => {
  it('joins what os and sysfs know, without loopback and what is no interface', () => {
    expect(listInterfaces(sources)).toEqual([
      {
        name: 'eth0',
        index: 2,
        mac: '52:54:00:00:00:01',
        up: true,
        mtu: 1500,
        addresses: [
          { address: ip('10.0.0.1'), prefix: 24 },
          { address: ip('10.0.1.1'), prefix: 25 },
        ],
      },
      { name: 'eth1', index: 3, mac: '52:54:00:00:00:02', up: false, mtu: 9000, addresses: [] },
      { name: 'tun0', index: 7, up: true, mtu: 1400, addresses: [{ address: ip('10.9.0.1'), prefix: 32 }] },
    ]);
  });

  it('finds the addresses of an interface whose cable is out', () => {
    const [eth0, lan0] = listInterfaces({
      ...sources,
      names: () => ['eth0', 'lan0'],
      attribute: (name, attribute) => (name === 'lan0' ? SYS['eth0'] : SYS[name])?.[attribute],
      procNet: (table) => (table === 'route' ? LINKLESS.route : LINKLESS.trie),
    });
    expect(lan0?.addresses).toEqual([{ address: ip('10.5.5.5'), prefix: 30 }]);
    expect(eth0?.addresses).toHaveLength(2);
  });

  it('reads this machine without failing', () => {
    expect(listInterfaces().map(({ name }) => name)).not.toContain('lo');
  });
});

describe('listRoutedAddresses', () => {
  it('knows what stands on loopback and is reached from elsewhere', () => {
    const onLoopback = (address: string) => ({ ...v4(address, '255.255.255.255'), internal: true });
    const networkInterfaces = () => ({
      ...sources.networkInterfaces(),
      lo: [
        onLoopback('127.0.0.1'),
        onLoopback('127.0.0.53'),
        onLoopback('10.0.0.7'),
        { ...v6, internal: true },
      ],
      'lo:1': [onLoopback('172.16.0.1')],
    });
    expect(listRoutedAddresses({ networkInterfaces })).toEqual([ip('10.0.0.7'), ip('172.16.0.1')]);
  });

  it('reads this machine without failing', () => {
    expect(listRoutedAddresses()).not.toContain(ip('127.0.0.1'));
  });
});

describe('chooseSourceAddress', () => {
  const addresses = [
    { address: ip('192.168.0.1'), prefix: 24 },
    { address: ip('10.0.0.1'), prefix: 8 },
    { address: ip('10.0.5.1'), prefix: 24 },
  ];
  it.each([
    { name: 'the network of the target', target: '192.168.0.77', expected: '192.168.0.1' },
    { name: 'the most specific network', target: '10.0.5.9', expected: '10.0.5.1' },
    { name: 'the wider network', target: '10.7.0.9', expected: '10.0.0.1' },
    { name: 'the first, when none fits', target: '172.16.0.9', expected: '192.168.0.1' },
  ])('$name', ({ target, expected }) => {
    expect(chooseSourceAddress(addresses, ip(target))).toBe(ip(expected));
  });

  it('has nothing to choose from without addresses', () => {
    expect(chooseSourceAddress([], ip('10.0.0.9'))).toBeUndefined();
  });
});
