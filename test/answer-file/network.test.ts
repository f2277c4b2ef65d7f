import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkAnswerFile } from '../../src/answer-file/check.ts';
import type { InterfaceFacts } from '../../src/answer-file/network-context.ts';
import { makeCards, partOf, renderNetwork, shell, writeIfupdown } from '../support/network-files.ts';

const [A, B, C] = ['52:54:00:00:00:0a', '52:54:00:00:00:0b', '52:54:00:00:00:0c'] as const;
const net = { prefix: 24, gateway: '10.0.0.254', dns: ['10.0.0.53', '10.0.0.54'] };
const eth0: InterfaceFacts = { name: 'eth0', mac: A };
const eth1: InterfaceFacts = { name: 'eth1', mac: B };
const bond: InterfaceFacts = { name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'], bondMode: '802.3ad' };

/** What is asked for, what Kickstart makes of it, and what ifupdown reads. The kernel calls the cards enp1s0, enp2s0, enp3s0. */
const TOPOLOGIES: readonly {
  name: string;
  nics: InterfaceFacts[];
  kickstart: string[];
  ifupdown: string[];
}[] = [
  {
    name: 'a bond with an address',
    nics: [eth0, eth1, { ...bond, ...net, ip: '10.0.0.11', mtu: 9000 }],
    kickstart: [
      'network --device=bond0 --bondslaves=enp1s0,enp2s0 --bondopts=mode=802.3ad,miimon=100 --bootproto=static --ip=10.0.0.11 --netmask=255.255.255.0 --gateway=10.0.0.254 --nameserver=10.0.0.53,10.0.0.54 --mtu=9000 --onboot=yes --no-activate',
    ],
    ifupdown: [
      'auto bond0',
      'iface bond0 inet static',
      '  address 10.0.0.11/24',
      '  gateway 10.0.0.254',
      '  dns-nameservers 10.0.0.53 10.0.0.54',
      '  bond-slaves enp1s0 enp2s0',
      '  bond-mode 802.3ad',
      '  bond-miimon 100',
      '  pre-up ip link set dev bond0 mtu 9000 || true',
      '  post-up ip link set dev bond0 mtu 9000',
    ],
  },
  {
    name: 'VLANs over a bond that has no address, a member known by its name',
    nics: [
      eth0,
      { name: 'eno2' },
      { ...bond, parents: ['eth0', 'eno2'], bondMode: null },
      { name: 'bond0.7', type: 'vlan', vlan: 7, parents: ['bond0'], ...net, ip: '10.0.0.11' },
      { name: 'storage', type: 'vlan', vlan: 8, parents: ['bond0'], ip: '10.8.0.11', prefix: 16 },
    ],
    kickstart: [
      'network --device=bond0 --bondslaves=enp1s0,eno2 --bondopts=mode=active-backup,miimon=100 --noipv4 --noipv6 --onboot=yes --no-activate',
      'network --device=bond0 --vlanid=7 --interfacename=bond0.7 --bootproto=static --ip=10.0.0.11 --netmask=255.255.255.0 --gateway=10.0.0.254 --nameserver=10.0.0.53,10.0.0.54 --onboot=yes --no-activate',
      'network --device=bond0 --vlanid=8 --interfacename=storage --bootproto=static --ip=10.8.0.11 --netmask=255.255.0.0 --nodefroute --onboot=yes --no-activate',
    ],
    ifupdown: [
      'auto bond0',
      'iface bond0 inet manual',
      '  bond-slaves enp1s0 eno2',
      '  bond-mode active-backup',
      '  bond-miimon 100',
      'auto bond0.7',
      'iface bond0.7 inet static',
      '  address 10.0.0.11/24',
      '  gateway 10.0.0.254',
      '  dns-nameservers 10.0.0.53 10.0.0.54',
      '  pre-up ip link set up dev bond0',
      '  pre-up [ -e /sys/class/net/bond0.7 ] || ip link add link bond0 name bond0.7 type vlan id 7',
      '  post-down ip link delete bond0.7 || true',
      'auto storage',
      'iface storage inet static',
      '  address 10.8.0.11/16',
      '  pre-up ip link set up dev bond0',
      '  pre-up [ -e /sys/class/net/storage ] || ip link add link bond0 name storage type vlan id 8',
      '  post-down ip link delete storage || true',
    ],
  },
  {
    name: 'a bridge over a bond and a card, listed first',
    nics: [
      { name: 'br0', type: 'bridge', parents: ['bond0', 'eth2'], ...net, ip: '10.0.0.11' },
      bond,
      eth0,
      eth1,
      { name: 'eth2', mac: C },
    ],
    kickstart: [
      'network --device=bond0 --bondslaves=enp1s0,enp2s0 --bondopts=mode=802.3ad,miimon=100 --noipv4 --noipv6 --onboot=yes --no-activate',
      'network --device=br0 --bridgeslaves=bond0,enp3s0 --bridgeopts=stp=no --bootproto=static --ip=10.0.0.11 --netmask=255.255.255.0 --gateway=10.0.0.254 --nameserver=10.0.0.53,10.0.0.54 --onboot=yes --no-activate',
    ],
    ifupdown: [
      'auto bond0',
      'iface bond0 inet manual',
      '  bond-slaves enp1s0 enp2s0',
      '  bond-mode 802.3ad',
      '  bond-miimon 100',
      'auto br0',
      'iface br0 inet static',
      '  address 10.0.0.11/24',
      '  gateway 10.0.0.254',
      '  dns-nameservers 10.0.0.53 10.0.0.54',
      '  bridge_ports bond0 enp3s0',
      '  bridge_stp off',
      '  bridge_fd 0',
    ],
  },
  {
    name: 'two cards with routes and further addresses, the second has the default route',
    nics: [
      { ...eth0, ...net, ip: '10.0.0.11', defaultRoute: false, addresses: [{ ip: '10.0.0.12', prefix: 24 }] },
      {
        ...eth1,
        ip: '10.8.0.11',
        prefix: 16,
        gateway: '10.8.0.1',
        routes: [{ to: '10.20.0.0/16', via: '10.8.0.2' }],
      },
    ],
    kickstart: [
      `network --device=${A} --bootproto=static --ip=10.0.0.11 --netmask=255.255.255.0 --nodefroute --nameserver=10.0.0.53,10.0.0.54 --onboot=yes --activate`,
      `network --device=${B} --bootproto=static --ip=10.8.0.11 --netmask=255.255.0.0 --gateway=10.8.0.1 --onboot=yes`,
    ],
    ifupdown: [
      'auto enp1s0',
      'iface enp1s0 inet static',
      '  address 10.0.0.11/24',
      '  dns-nameservers 10.0.0.53 10.0.0.54',
      'iface enp1s0 inet static',
      '  address 10.0.0.12/24',
      'auto enp2s0',
      'iface enp2s0 inet static',
      '  address 10.8.0.11/16',
      '  gateway 10.8.0.1',
      '  post-up ip route replace 10.20.0.0/16 via 10.8.0.2 dev enp2s0',
    ],
  },
];

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'provision-network-'));
  makeCards(dir, { enp1s0: A, enp2s0: B, enp3s0: C });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe.each(TOPOLOGIES)('$name', ({ nics, kickstart, ifupdown }) => {
  it('as Anaconda reads it', () => {
    const text = renderNetwork('rocky-9.ks', nics, 'redhat');
    const [, heredoc] = /<<PROVISION_NETWORK\n([\s\S]*?)PROVISION_NETWORK\n/.exec(text) ?? [];
    const names = partOf(text, 'nic_name() {', '}; \\\n').replaceAll('\\\n', '').replaceAll('; }; ', '; }\n');
    const written =
      heredoc === undefined
        ? text
        : shell(`${names}\ncat <<EOF\n${heredoc.replaceAll('nic_name /sys', `nic_name ${dir}`)}EOF\n`);
    const lines = written.split('\n').filter((line) => /^network --device/.test(line));
    expect(lines).toEqual(kickstart);
    expect(checkAnswerFile('kickstart', text, { release: 9 })).toEqual([]);
    const whole = text.replace('%include /tmp/provision-network.ks', lines.join('\n'));
    expect(checkAnswerFile('kickstart', whole, { release: 9 })).toEqual([]);
  });

  it('as ifupdown reads it', () => {
    const text = renderNetwork('debian-13.preseed', nics, 'debian');
    expect(checkAnswerFile('preseed', text, { release: null })).toEqual([]);
    writeIfupdown(text, dir, dir);
    expect(readFileSync(join(dir, 'interfaces.d/provision'), 'utf8').trimEnd().split('\n')).toEqual(ifupdown);
    expect(readFileSync(join(dir, 'interfaces'), 'utf8')).toContain('source /etc/network/interfaces.d/*');
  });
});

it('a machine with one card is left to its installer', () => {
  const text = renderNetwork('debian-13.preseed', [{ ...eth0, ...net, ip: '10.0.0.11' }], 'debian');
  expect(text).not.toContain('write_interfaces');
});

it('adds to a connection what Kickstart has no words for', () => {
  const nics = TOPOLOGIES[3]?.nics ?? [];
  const text = renderNetwork('rocky-9.ks', nics, 'redhat');
  expect(text).toContain(`add_lines "$(nic_name /sys ${A} eth0)" address2=10.0.0.12/24\n`);
  expect(text).toContain(`add_lines "$(nic_name /sys ${B} eth1)" route1=10.20.0.0/16,10.8.0.2\n`);
});
