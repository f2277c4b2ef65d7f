import { expect, it } from 'vitest';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';
import {
  addCatalogue,
  bmcWrite,
  distroWrite,
  macOf,
  NOW_MS,
  profileWrite,
  subnetWrite,
  systemWrite,
} from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

const LATER_MS = NOW_MS + 1000;

/** Every noun's queries: what is written comes back, revisions count, names are unique, users are known. */
export function recordCases(store: StoreOfTest): void {
  it('keeps a distro as it was written', async () => {
    const distro = await store().transaction((tx) =>
      tx.distros.add(distroWrite({ tree: '/srv/tree' }), NOW_MS),
    );
    const stamps = {
      revision: 1,
      createdAt: '2026-11-22T09:00:00.000Z',
      updatedAt: '2026-11-22T09:00:00.000Z',
    };
    expect(distro).toEqual({ ...distroWrite({ tree: '/srv/tree' }), ...stamps, id: distro.id });
    expect(await store().read.distros.find('debian-13')).toEqual(distro);
    expect(await store().read.distros.list()).toEqual([distro]);
    expect(await store().read.distros.find('debian-12')).toBeUndefined();
  });

  it('counts revisions and keeps the time of creation', async () => {
    await addCatalogue(store());
    const old = must(await store().read.distros.find('debian-13'), 'the distro');
    const changed = await store().transaction((tx) =>
      tx.distros.update(old.id, distroWrite({ name: 'trixie', kernelArgs: [] }), LATER_MS),
    );
    expect(changed).toMatchObject({ id: old.id, name: 'trixie', revision: 2, kernelArgs: [] });
    expect(changed.createdAt).toBe(old.createdAt);
    expect(Date.parse(changed.updatedAt)).toBe(LATER_MS);
    expect(await store().read.profiles.find('debian-13')).toMatchObject({ profile: { distro: 'trixie' } });
  });

  it('knows who stands on a distro and on a profile, and does not let them be pulled away', async () => {
    const profileId = await addCatalogue(store());
    await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 1), NOW_MS));
    const distro = must(await store().read.distros.find('debian-13'), 'the distro');
    expect(await store().read.distros.usedBy(distro.id)).toEqual(['debian-13']);
    expect(await store().read.profiles.usedBy(profileId)).toEqual(['web001']);
    const inUse = { name: 'DomainError', code: 'in-use' };
    await expect(store().transaction((tx) => tx.distros.remove(distro.id))).rejects.toMatchObject(inUse);
    await expect(store().transaction((tx) => tx.profiles.remove(profileId))).rejects.toMatchObject(inUse);
    await store().transaction(async (tx) => {
      const system = must(await tx.systems.find('web001'), 'the system');
      await tx.systems.remove(system.system.id);
      await tx.profiles.remove(profileId);
      await tx.distros.remove(distro.id);
    });
    expect(await store().read.distros.list()).toEqual([]);
  });

  it('keeps a profile, its settings, and its sealed secrets apart from it', async () => {
    const distro = await store().transaction((tx) => tx.distros.add(distroWrite(), NOW_MS));
    const write = { ...profileWrite(distro.id), sealedSecrets: 'sealed text' };
    const profile = await store().transaction((tx) => tx.profiles.add(write, NOW_MS));
    expect(profile).toMatchObject({
      ...write.input,
      settings: write.settings,
      secretsSet: ['rootPasswordHash'],
    });
    expect(JSON.stringify(profile)).not.toContain('sealed text');
    expect(await store().read.profiles.find('debian-13')).toEqual({ profile, sealedSecrets: 'sealed text' });
    const plain = { ...write, sealedSecrets: null };
    const changed = await store().transaction((tx) => tx.profiles.update(profile.id, plain, LATER_MS));
    expect(changed).toMatchObject({ secretsSet: [], revision: 2 });
    expect(await store().read.profiles.list()).toEqual([changed]);
  });

  it('keeps a subnet and its ranges, in order', async () => {
    const ranges = [
      { from: '10.99.0.150', to: '10.99.0.160' },
      { from: '10.99.0.20', to: '10.99.0.29' },
    ];
    const subnet = await store().transaction((tx) =>
      tx.subnets.add(subnetWrite({ ranges, mtu: 9000 }), NOW_MS),
    );
    expect(subnet).toMatchObject({ ...subnetWrite({ mtu: 9000 }), ranges: [...ranges].reverse() });
    expect(await store().read.subnets.find('lab')).toEqual(subnet);
    const changed = await store().transaction((tx) =>
      tx.subnets.update(subnet.id, subnetWrite({ ranges: [], gateway: null, dnsServers: [] }), LATER_MS),
    );
    expect(changed).toMatchObject({ ranges: [], gateway: null, dnsServers: [], revision: 2 });
    expect(await store().read.subnets.list()).toEqual([changed]);
  });

  it('has the subnets of the packets’ path fresh when a change is done', async () => {
    await addCatalogue(store());
    const names = () =>
      store()
        .dhcp.subnets()
        .map((subnet) => `${subnet.name} ${subnet.leaseSeconds}`);
    expect(names()).toEqual(['lab 3600']);
    const { id } = must(await store().read.subnets.find('lab'), 'the subnet');
    await store().transaction((tx) => tx.subnets.update(id, subnetWrite({ leaseSeconds: 600 }), LATER_MS));
    expect(names()).toEqual(['lab 600']);
    await store().transaction((tx) => tx.subnets.remove(id));
    expect(names()).toEqual([]);
  });

  it('tells how a system boots: its own word, else its profile’s, else the default', async () => {
    const distro = await store().transaction((tx) => tx.distros.add(distroWrite(), NOW_MS));
    const plain = profileWrite(distro.id);
    const input = { ...plain.input, loader: 'grub' as const };
    const profile = await store().transaction((tx) => tx.profiles.add({ ...plain, input }, NOW_MS));
    const write = systemWrite(profile.id, 1, { localBoot: 'exit' });
    const system = await store().transaction((tx) => tx.systems.add(write, NOW_MS));
    expect(system).toMatchObject({
      loader: null,
      localBoot: 'exit',
      effective: {
        loader: { value: 'grub', from: 'profile' },
        localBoot: { value: 'exit', from: 'system' },
      },
    });
    expect(store().dhcp.findMachine(macOf(1))).toMatchObject({ loader: 'grub', localBoot: 'exit' });
    const changed = { ...plain, input: { ...plain.input, loader: 'none' as const } };
    await store().transaction((tx) => tx.profiles.update(profile.id, changed, LATER_MS));
    expect(store().dhcp.findMachine(macOf(1))).toMatchObject({ loader: 'none', localBoot: 'exit' });
  });

  it('keeps a system with its interfaces in order, its BMC and the subnets of its addresses', async () => {
    const profileId = await addCatalogue(store());
    const write = systemWrite(profileId, 1, {
      bmc: bmcWrite('10.50.0.1'),
      interfaces: [
        { name: 'eth1', mac: macOf(9), ip: ip('10.99.0.9') },
        { name: 'eth0', mac: macOf(1), ip: null },
      ],
      settings: { disk: '/dev/vda', vars: { role: 'db' } },
      sealedSecrets: 'sealed text',
      kernelArgs: ['console=ttyS0'],
      comment: 'rack 4',
    });
    const system = await store().transaction((tx) => tx.systems.add(write, NOW_MS));
    expect(system).toMatchObject({
      name: 'web001',
      hostname: 'web001',
      profile: 'debian-13',
      interfaces: [
        { name: 'eth1', mac: macOf(9), ip: '10.99.0.9', subnet: 'lab' },
        { name: 'eth0', mac: macOf(1), ip: null, subnet: null },
      ],
      bmc: { address: '10.50.0.1' },
      kernelArgs: ['console=ttyS0'],
      settings: { disk: '/dev/vda', vars: { role: 'db' } },
      secretsSet: ['rootPasswordHash'],
      comment: 'rack 4',
      revision: 1,
      install: null,
    });
    const stored = { system, sealedSecrets: 'sealed text' };
    expect(await store().read.systems.find('web001')).toEqual(stored);
    expect(await store().read.systems.findById(system.id)).toEqual(stored);
    expect(await store().read.systems.findByMac(macOf(9))).toEqual(stored);
    expect(await store().read.systems.findByMac(macOf(1))).toEqual(stored);
    expect(await store().read.systems.findByMac(macOf(2))).toBeUndefined();
  });

  it('lists systems by name, each with what is its own', async () => {
    const profileId = await addCatalogue(store());
    await store().transaction(async (tx) => {
      for (const number of [3, 1, 2]) {
        const bmc = number === 2 ? bmcWrite('10.50.0.2') : null;
        await tx.systems.add(systemWrite(profileId, number, { bmc }), NOW_MS);
      }
    });
    const list = await store().read.systems.list();
    expect(list.map(({ name, interfaces, bmc }) => [name, interfaces[0]?.ip, bmc?.address])).toEqual([
      ['web001', '10.99.0.1', undefined],
      ['web002', '10.99.0.2', '10.50.0.2'],
      ['web003', '10.99.0.3', undefined],
    ]);
  });

  it('renames a system: to itself, to a free name, and back', async () => {
    const profileId = await addCatalogue(store());
    const { id } = await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 1), NOW_MS));
    for (const name of ['web001', 'db001', 'web001']) {
      const write = systemWrite(profileId, 1, { name, hostname: name });
      expect(await store().read.systems.conflicts(write, id)).toEqual([]);
      await store().transaction((tx) => tx.systems.update(id, write, LATER_MS));
    }
    expect(await store().read.systems.find('web001')).toMatchObject({ system: { id, revision: 4 } });
    expect(await store().read.systems.find('db001')).toBeUndefined();
  });

  it.each([
    { what: 'name', change: { name: 'web001', hostname: 'other' }, kind: 'name', value: 'web001', on: null },
    { what: 'hostname', change: { hostname: 'web001' }, kind: 'hostname', value: 'web001', on: null },
    {
      what: 'MAC',
      change: { interfaces: [{ name: 'p1', mac: macOf(1), ip: null }] },
      kind: 'mac',
      value: macOf(1),
      on: 'eth0',
    },
  ])('knows who has a $what, and the database refuses a second one', async ({ change, kind, value, on }) => {
    const profileId = await addCatalogue(store());
    await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 1), NOW_MS));
    const write = systemWrite(profileId, 2, change);
    const command = 'provision system show web001';
    expect(await store().read.systems.conflicts(write, null)).toEqual([
      { value, kind, holder: 'system web001', interface: on, command },
    ]);
    const unchecked = store().transaction((tx) => tx.systems.add(write, NOW_MS));
    await expect(unchecked).rejects.toMatchObject({ name: 'DomainError', code: 'address-taken' });
  });

  it('tells all conflicts of a record at once', async () => {
    const profileId = await addCatalogue(store());
    await store().transaction(async (tx) => {
      await tx.systems.add(systemWrite(profileId, 1), NOW_MS);
      await tx.systems.add(systemWrite(profileId, 2), NOW_MS);
    });
    const interfaces = [
      { name: 'a', mac: macOf(1), ip: null },
      { name: 'b', mac: macOf(2), ip: null },
    ];
    const write = systemWrite(profileId, 1, { hostname: 'web002', interfaces });
    const kinds = (await store().read.systems.conflicts(write, null)).map(
      (one) => `${one.kind} ${one.value}`,
    );
    expect(kinds.sort()).toEqual([`hostname web002`, `mac ${macOf(1)}`, `mac ${macOf(2)}`, 'name web001']);
  });

  it.each([
    { noun: 'distro', again: () => store().transaction((tx) => tx.distros.add(distroWrite(), NOW_MS)) },
    {
      noun: 'subnet',
      again: () =>
        store().transaction((tx) => tx.subnets.add(subnetWrite({ network: '10.98.0.0/24' }), NOW_MS)),
    },
    {
      noun: 'network',
      again: () => store().transaction((tx) => tx.subnets.add(subnetWrite({ name: 'two' }), NOW_MS)),
    },
    {
      noun: 'profile',
      again: () =>
        store().transaction(async (tx) => {
          const distro = must(await tx.distros.find('debian-13'), 'the distro');
          return tx.profiles.add(profileWrite(distro.id), NOW_MS);
        }),
    },
  ])('refuses the same $noun twice', async ({ again }) => {
    await addCatalogue(store());
    await expect(again()).rejects.toMatchObject({ name: 'DomainError' });
  });
}
