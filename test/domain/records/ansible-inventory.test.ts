import { describe, expect, it } from 'vitest';
import { hostNamesOf } from '../../../src/domain/network/fqdn.ts';
import {
  ansibleInventory,
  type InventoryInterface,
  type InventoryMachine,
} from '../../../src/domain/records/ansible-inventory.ts';

const card = (more: Partial<InventoryInterface>): InventoryInterface => ({
  ...{
    name: 'eth0',
    type: 'ethernet',
    mac: null,
    ip: null,
    subnet: null,
    addresses: [],
    sharedAddresses: [],
  },
  ...{ parents: [], vlan: null, bondMode: null, mtu: null, routes: [] },
  ...more,
});

const BASE: InventoryMachine = {
  name: 'web001',
  names: hostNamesOf('web001', 'lab.example'),
  roles: ['web'],
  profile: 'debian-13',
  distro: { name: 'debian-13', family: 'debian', version: '13', arch: 'x86_64' },
  state: 'ready',
  interfaces: [card({ mac: '52:54:00:00:00:01', ip: '10.99.0.11', subnet: 'lab' })],
  address: '10.99.0.11',
  settings: {},
};
const machine = (name: string, change: Partial<InventoryMachine> = {}): InventoryMachine => ({
  ...BASE,
  name,
  ...change,
});

/** Hosts by group, without what is for all. */
function groupsOf(machines: readonly InventoryMachine[]) {
  const { _meta, all, ...groups } = ansibleInventory(machines);
  return Object.fromEntries(
    Object.entries(groups).map(([group, members]) => [group, (members as { hosts: string[] }).hosts]),
  );
}

describe('groups', () => {
  it('are the roles by their name, and profile, subnet and state with a prefix, each sorted', () => {
    const machines = [
      machine('web002', { roles: ['web', 'canary'], state: 'failed' }),
      machine('db001', { roles: [], profile: 'rocky-9', interfaces: [] }),
      machine('web001'),
    ];
    expect(groupsOf(machines)).toEqual({
      canary: ['web002'],
      profile_debian_13: ['web001', 'web002'],
      profile_rocky_9: ['db001'],
      state_failed: ['web002'],
      state_ready: ['db001', 'web001'],
      subnet_lab: ['web001', 'web002'],
      web: ['web001', 'web002'],
    });
    expect(ansibleInventory(machines).all.children).toEqual([
      'canary',
      'profile_debian_13',
      'profile_rocky_9',
      'state_failed',
      'state_ready',
      'subnet_lab',
      'web',
      'ungrouped',
    ]);
  });

  it('of records that differ in punctuation only stay apart, and none takes the plain name', () => {
    const groups = groupsOf([
      machine('a', { profile: 'debian-13' }),
      machine('b', { profile: 'debian.13' }),
      machine('c', { profile: 'rocky.9' }),
    ]);
    expect(Object.keys(groups).filter((group) => group.startsWith('profile_'))).toEqual([
      'profile_debian_13_135bf2',
      'profile_debian_13_316583',
      'profile_rocky_9',
    ]);
  });

  it('of a subnet with two cards of a machine name it once', () => {
    const eth0 = card({ ip: '10.99.0.11', subnet: 'lab' });
    expect(groupsOf([machine('a', { interfaces: [eth0, { ...eth0, name: 'eth1' }] })])['subnet_lab']).toEqual(
      ['a'],
    );
  });
});

describe('variables of a host', () => {
  const varsOf = (change: Partial<InventoryMachine>) =>
    ansibleInventory([machine('web001', change)])._meta.hostvars['web001'];

  it('are its address, its record, and settings.vars under their own names', () => {
    expect(varsOf({ settings: { timezone: 'Etc/UTC', vars: { http_port: '8080' } } })).toEqual({
      ansible_host: '10.99.0.11',
      http_port: '8080',
      provision: {
        name: 'web001',
        hostname: 'web001',
        domain: 'lab.example',
        fqdn: 'web001.lab.example',
        roles: ['web'],
        profile: 'debian-13',
        distro: BASE.distro,
        state: 'ready',
        interfaces: BASE.interfaces,
        settings: { timezone: 'Etc/UTC' },
        vars: { http_port: '8080' },
      },
    });
  });

  it('never say how Ansible connects, and never replace the record', () => {
    const vars = { ansible_host: '6.6.6.6', ansible_connection: 'local', provision: 'x', fine: 'yes' };
    const found = varsOf({ settings: { vars } });
    expect(found).toMatchObject({ ansible_host: '10.99.0.11', fine: 'yes', provision: { vars } });
    expect(found).not.toHaveProperty('ansible_connection');
  });

  it.each(['{{ lookup("pipe", "id") }}', 'a {% if x %}', '{# note #}'])(
    'are no templates to Ansible: %s',
    (text) => {
      const unsafe = { __ansible_unsafe: text };
      expect(varsOf({ settings: { vars: { motd: text } } })).toMatchObject({
        motd: unsafe,
        provision: { vars: { motd: unsafe } },
      });
    },
  );
});

it('leaves machines without an address out and says so', () => {
  const inventory = ansibleInventory([machine('dhcp', { address: null })]);
  expect(inventory).toEqual({
    _meta: {
      hostvars: {},
      omitted: { dhcp: 'it has no address: none is on record, and none is leased to it' },
    },
    all: { children: ['ungrouped'] },
  });
});
