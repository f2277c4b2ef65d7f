import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AnsibleInventory } from '../../../src/domain/records/ansible-inventory.ts';
import {
  addRecord,
  addRecords,
  bodies,
  openServiceWorld,
  SECRET_HASH,
  type ServiceWorld,
} from '../../support/service-world.ts';
import { leaseWrite, macOf, NOW_MS } from '../../support/store-records.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

async function inventory(query = ''): Promise<AnsibleInventory> {
  const { status, body } = await world.call('GET', `/api/v1/inventory/ansible${query}`);
  expect(status).toBe(200);
  return body as AnsibleInventory;
}

const hostsOf = async (query: string) => Object.keys((await inventory(query))._meta.hostvars);

it('has what the records say now, defaults of the profile among it', async () => {
  await world.call('PATCH', '/api/v1/profiles/debian-13', {
    settings: { vars: { http_port: '80', tier: 'a' } },
  });
  await world.call('PATCH', '/api/v1/subnets/lab', { domain: 'lab.example' });
  await world.call('PATCH', '/api/v1/systems/web001', { settings: { vars: { tier: 'b' } } });
  const { _meta, all, ...groups } = await inventory();
  expect(_meta.hostvars['web001']).toMatchObject({
    ansible_host: '10.99.0.11',
    http_port: '80',
    tier: 'b',
    provision: { fqdn: 'web001.lab.example', distro: { family: 'debian' }, state: 'none' },
  });
  expect(groups).toMatchObject({
    profile_debian_13: { hosts: ['web001'] },
    subnet_lab: { hosts: ['web001'] },
  });
});

it('shows a bond, a VLAN on it and further addresses as the golden file has them', async () => {
  const interfaces = [
    { name: 'eth0', mac: macOf(20) },
    { name: 'eth1', mac: macOf(21) },
    { name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'], bondMode: '802.3ad', mtu: 9000 },
    {
      name: 'bond0.7',
      type: 'vlan',
      vlan: 7,
      parents: ['bond0'],
      ip: '10.99.0.20',
      addresses: ['10.99.0.21'],
      sharedAddresses: ['10.99.0.22'],
      routes: [{ to: '10.20.0.0/16', via: '10.99.0.254' }],
    },
    { name: 'br0', type: 'bridge', parents: [] },
  ];
  await addRecord(world, 'systems', { ...bodies(world).system, name: 'hv001', interfaces });
  const { _meta, all: _all, ...groups } = await inventory('?system=hv001');
  const golden = new URL('../../fixtures/inventory/hv001.json', import.meta.url);
  expect({ hostvars: _meta.hostvars['hv001'], groups }).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
});

it('has no secrets', async () => {
  await world.call('PATCH', '/api/v1/systems/web001', { settings: { rootPasswordHash: SECRET_HASH } });
  await world.call('POST', '/api/v1/systems/web001/install');
  const text = JSON.stringify(await inventory());
  expect(text).not.toContain(SECRET_HASH);
  for (const token of world.tokens) expect(text).not.toContain(token);
});

it('has the leased address of a machine without one on record, while it lasts', async () => {
  const system = { name: 'dyn', profile: 'debian-13', interfaces: [{ mac: macOf(7) }] };
  await addRecord(world, 'systems', system);
  expect((await inventory())._meta.omitted).toHaveProperty('dyn');
  await world.store.dhcp.commitLease(leaseWrite(7, '10.99.0.107'));
  expect((await inventory())._meta.hostvars['dyn']).toMatchObject({ ansible_host: '10.99.0.107' });
  world.nowMs = NOW_MS + 3_600_000;
  expect((await inventory())._meta.omitted).toHaveProperty('dyn');
});

it('is narrowed down by state, role and name', async () => {
  const { system } = bodies(world);
  const interfaces = [{ mac: macOf(8), ip: '10.99.0.12' }];
  await addRecord(world, 'systems', { ...system, name: 'db001', interfaces, roles: ['db'] });
  await world.call('POST', '/api/v1/systems/web001/install');
  expect(await hostsOf('')).toEqual(['db001', 'web001']);
  expect(await hostsOf('?state=armed')).toEqual(['web001']);
  expect(await hostsOf('?state=none&state=armed')).toEqual(['db001', 'web001']);
  expect(await hostsOf('?role=db')).toEqual(['db001']);
  expect(await hostsOf('?role=db&state=armed')).toEqual([]);
  expect(await hostsOf('?system=web001')).toEqual(['web001']);
});

it.each(['?state=redy', '?roles=web'])('refuses %s, which would be passed over', async (query) => {
  expect(await world.call('GET', `/api/v1/inventory/ansible${query}`)).toMatchObject({ status: 422 });
});
