import { expect, it } from 'vitest';
import type { Store } from '../../src/store/interfaces/store.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';
import {
  addCatalogue,
  leaseWrite,
  macOf,
  NOW_MS,
  profileWrite,
  systemWrite,
  texts,
} from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

const FIRST = ip('10.99.0.0');
const LAST = ip('10.99.0.255');
const A = '10.99.0.100';

function leaseOf(store: Store, number: number) {
  return store.dhcp.findLease(macOf(number), FIRST, LAST);
}

function macAt(store: Store, address: string, nowMs = NOW_MS) {
  return store.dhcp.findHolder(ip(address), nowMs)?.mac;
}

/** The hot path: bindings are durable before they are promised, and an address has one holder. */
export function leaseCases(store: StoreOfTest): void {
  it('binds a free address and finds the binding by MAC and by address', async () => {
    await addCatalogue(store());
    expect(await store().dhcp.commitLease(leaseWrite(1, A, { hostname: 'toaster' }))).toBe('bound');
    const expiresAtMs = NOW_MS + 3_600_000;
    const times = { expiresAtMs, updatedAtMs: NOW_MS };
    expect(leaseOf(store(), 1)).toEqual({
      ip: ip(A),
      mac: macOf(1),
      seenMac: null,
      state: 'bound',
      ...times,
    });
    expect(store().dhcp.findMacOf(ip(A), NOW_MS)).toBe(macOf(1));
    expect(store().dhcp.findLease(macOf(1), ip('10.98.0.0'), ip('10.98.0.255'))).toBeUndefined();
    expect(await store().read.leases.list(NOW_MS)).toEqual([
      {
        ip: A,
        mac: macOf(1),
        key: macOf(1),
        hostname: 'toaster',
        system: null,
        expiresAt: new Date(expiresAtMs).toISOString(),
      },
    ]);
  });

  it('renews for the same MAC, refuses another while the lease lives, and gives it away afterwards', async () => {
    await addCatalogue(store());
    const short = { expiresAtMs: NOW_MS + 100 };
    expect(await store().dhcp.commitLease(leaseWrite(1, A, short))).toBe('bound');
    expect(await store().dhcp.commitLease(leaseWrite(2, A))).toBe('taken');
    expect(await store().dhcp.commitLease(leaseWrite(1, A, short))).toBe('bound');
    expect(macAt(store(), A)).toBe(macOf(1));
    expect(await store().dhcp.commitLease(leaseWrite(2, A, { nowMs: NOW_MS + 99 }))).toBe('taken');
    expect(await store().dhcp.commitLease(leaseWrite(2, A, { nowMs: NOW_MS + 100 }))).toBe('bound');
    expect(macAt(store(), A)).toBe(macOf(2));
    expect(leaseOf(store(), 1)).toBeUndefined();
  });

  it('gives a released address to anybody at once', async () => {
    await addCatalogue(store());
    await store().dhcp.commitLease(leaseWrite(1, A));
    await store().dhcp.commitLease(leaseWrite(1, A, { state: 'released', expiresAtMs: NOW_MS }));
    expect(store().dhcp.findHolder(ip(A), NOW_MS)).toBeUndefined();
    expect(leaseOf(store(), 1)).toMatchObject({ state: 'released' });
    expect(await store().read.leases.list(NOW_MS)).toEqual([]);
    expect(await store().dhcp.commitLease(leaseWrite(2, A))).toBe('bound');
  });

  it('keeps a declined address from everybody until its quarantine is over', async () => {
    await addCatalogue(store());
    await store().dhcp.commitLease(leaseWrite(1, A));
    await store().dhcp.commitLease(leaseWrite(1, A, { state: 'declined', expiresAtMs: NOW_MS + 100 }));
    expect(store().dhcp.findHolder(ip(A), NOW_MS)).toEqual({
      mac: null,
      label: expect.stringContaining('declined'),
    });
    expect(store().dhcp.findMacOf(ip(A), NOW_MS)).toBeUndefined();
    expect(await store().dhcp.commitLease(leaseWrite(2, A, { nowMs: NOW_MS + 99 }))).toBe('taken');
    expect(await store().read.leases.list(NOW_MS)).toEqual([]);
    expect(await store().dhcp.commitLease(leaseWrite(2, A, { nowMs: NOW_MS + 100 }))).toBe('bound');
  });

  it('commits a reserved address to the machine of the record only, whoever had it before', async () => {
    const profileId = await addCatalogue(store());
    await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 7), NOW_MS));
    const reserved = { reserved: true };
    expect(await store().dhcp.commitLease(leaseWrite(8, '10.99.0.7', reserved))).toBe('taken');
    expect(await store().dhcp.commitLease(leaseWrite(7, '10.99.0.7', reserved))).toBe('bound');
    expect(await store().dhcp.commitLease(leaseWrite(8, '10.99.0.7'))).toBe('taken');
    expect(await store().read.leases.list(NOW_MS)).toMatchObject([{ ip: '10.99.0.7', system: 'web007' }]);
    // The record moves to another machine: the new one gets the address though the old one's lease still runs.
    const { id } = must(await store().read.systems.find('web007'), 'the system').system;
    const moved = systemWrite(profileId, 7, {
      interfaces: [{ name: 'eth0', mac: macOf(9), ip: ip('10.99.0.7') }],
    });
    await store().transaction((tx) => tx.systems.update(id, moved, NOW_MS));
    expect(await store().dhcp.commitLease(leaseWrite(7, '10.99.0.7', reserved))).toBe('taken');
    expect(await store().dhcp.commitLease(leaseWrite(9, '10.99.0.7', reserved))).toBe('bound');
    expect(macAt(store(), '10.99.0.7')).toBe(macOf(9));
  });

  it('does not give away the address of a removed record while its machine still has it', async () => {
    const profileId = await addCatalogue(store());
    const { id } = await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 7), NOW_MS));
    const lease = { reserved: true, expiresAtMs: NOW_MS + 100 };
    await store().dhcp.commitLease(leaseWrite(7, '10.99.0.7', lease));
    await store().transaction((tx) => tx.systems.remove(id));
    expect(macAt(store(), '10.99.0.7', NOW_MS + 99)).toBe(macOf(7));
    expect(texts(await store().read.addresses.listHeld(FIRST, ip('10.99.0.50'), NOW_MS + 99))).toEqual([
      '10.99.0.7',
    ]);
    expect(await store().dhcp.commitLease(leaseWrite(8, '10.99.0.7'))).toBe('taken');
    expect(store().dhcp.findHolder(ip('10.99.0.7'), NOW_MS + 100)).toBeUndefined();
    expect(texts(await store().read.addresses.listHeld(FIRST, ip('10.99.0.50'), NOW_MS + 100))).toEqual([]);
  });

  it('commits a storm in groups, each write with its own result', async () => {
    await addCatalogue(store());
    const writes = Array.from({ length: 60 }, (_, index) => {
      const address = `10.99.0.${100 + (index % 30)}`;
      return store().dhcp.commitLease(leaseWrite(index + 1, address));
    });
    const results = await Promise.all(writes);
    expect(results.slice(0, 30)).toEqual(Array(30).fill('bound'));
    expect(results.slice(30)).toEqual(Array(30).fill('taken'));
    const leases = await store().read.leases.list(NOW_MS);
    expect(leases.map((lease) => lease.mac)).toEqual(
      Array.from({ length: 30 }, (_, index) => macOf(index + 1)),
    );
  });

  it('rejects every write of a group that cannot be committed, and none of them is there', async () => {
    await addCatalogue(store());
    // No driver can bind an object to a column; what stands for a full disk here fails inside the group.
    const broken = { ...leaseWrite(2, '10.99.0.101'), hostname: {} as unknown as string };
    const writes = [
      store().dhcp.commitLease(leaseWrite(1, '10.99.0.100')),
      store().dhcp.commitLease(broken),
      store().dhcp.commitLease(leaseWrite(3, '10.99.0.102')),
    ];
    const results = await Promise.allSettled(writes);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await store().read.leases.list(NOW_MS)).toEqual([]);
    expect(await store().dhcp.commitLease(leaseWrite(1, '10.99.0.100'))).toBe('bound');
  });

  it('does not mix a group with a transaction that is open', async () => {
    const profileId = await addCatalogue(store());
    let lease: Promise<unknown> = Promise.resolve();
    const undone = store().transaction(async (tx) => {
      await tx.systems.add(systemWrite(profileId, 1), NOW_MS);
      lease = store().dhcp.commitLease(leaseWrite(60, A));
      await new Promise<void>((resolve) => setImmediate(resolve));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await lease).toBe('bound');
    expect(macAt(store(), A)).toBe(macOf(60));
    expect(await store().read.systems.list()).toEqual([]);
  });

  it('tells a machine with its newest install and the address of the interface that asks', async () => {
    const profileId = await addCatalogue(store());
    const interfaces = [
      { name: 'eth0', mac: macOf(1), ip: ip('10.99.0.1') },
      { name: 'eth1', mac: macOf(2), ip: null },
    ];
    const { id } = await store().transaction((tx) =>
      tx.systems.add(systemWrite(profileId, 1, { interfaces, hostname: 'front' }), NOW_MS),
    );
    const boot = { loader: 'ipxe', localBoot: 'auto', dhcpOptions: [] };
    const base = { systemId: id, system: 'web001', hostname: 'front', follows: null, install: null, ...boot };
    expect(store().dhcp.findMachine(macOf(1))).toEqual({ ...base, ip: ip('10.99.0.1') });
    expect(store().dhcp.findMachine(macOf(2))).toEqual({ ...base, ip: null });
    expect(store().dhcp.findMachine(macOf(3))).toBeUndefined();
  });

  it('tells a machine’s DHCP options: its profile’s, and its own over them', async () => {
    const text = (code: number, value: string) => ({ code, type: 'text' as const, value, always: false });
    const profileId = await addCatalogue(store());
    const own = { dhcpOptions: [text(200, 'system'), text(201, '')] };
    await store().transaction(async (tx) => {
      const { profile } = must(await tx.profiles.find('debian-13'), 'the profile');
      const distro = must(await tx.distros.find('debian-13'), 'the distro');
      const write = profileWrite(distro.id);
      const dhcpOptions = [text(199, 'profile'), text(200, 'profile'), text(201, 'profile')];
      await tx.profiles.update(profile.id, { ...write, input: { ...write.input, dhcpOptions } }, NOW_MS);
      await tx.systems.add(systemWrite(profileId, 1, own), NOW_MS);
    });
    const told = store().dhcp.findMachine(macOf(1))?.dhcpOptions;
    expect(told).toEqual([text(199, 'profile'), text(200, 'system'), text(201, '')]);
    const record = await store().read.systems.find('web001');
    expect(record?.system.dhcpOptions).toEqual(own.dhcpOptions);
  });
}
