import { expect, it } from 'vitest';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';
import { addCatalogue, leaseWrite, macOf, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

const CLIENT = 'id:ff0001';
const CIRCUIT = 'circuit:65746830:aabb';

/** Interfaces that are known by something else than a MAC. */
export function identityCases(store: StoreOfTest): void {
  const addKnown = async () => {
    const profileId = await addCatalogue(store());
    const interfaces = [
      { name: 'ib0', mac: null, clientId: '0xff0001', ip: ip('10.99.0.1') },
      { name: 'eth0', mac: null, circuitId: 'eth0', remoteId: '0xaabb', ip: ip('10.99.0.2') },
    ];
    await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 1, { interfaces }), NOW_MS));
    return profileId;
  };

  it('keeps client id and circuit as they were written, and finds the machine by each', async () => {
    await addKnown();
    const { system } = must(await store().read.systems.find('web001'), 'the system');
    const nothing = { clientId: null, circuitId: null, remoteId: null };
    expect(system.interfaces).toMatchObject([
      { ...nothing, name: 'ib0', mac: null, clientId: '0xff0001', seenMac: null },
      { ...nothing, name: 'eth0', mac: null, circuitId: 'eth0', remoteId: '0xaabb', seenMac: null },
    ]);
    expect(store().dhcp.findMachine(CLIENT)).toMatchObject({ system: 'web001', ip: ip('10.99.0.1') });
    expect(store().dhcp.findMachine(CIRCUIT)).toMatchObject({ system: 'web001', ip: ip('10.99.0.2') });
    expect(store().dhcp.findMachine('circuit:65746830')).toBeUndefined();
  });

  it('gives each to one interface only, by constraint', async () => {
    const profileId = await addKnown();
    const second = (identity: object) =>
      systemWrite(profileId, 2, { interfaces: [{ name: 'eth0', mac: null, ip: null, ...identity }] });
    for (const [kind, identity] of [
      ['client-id', { clientId: '0xff0001' }],
      ['circuit', { circuitId: 'eth0', remoteId: '0xaabb' }],
    ] as const) {
      const conflicts = await store().transaction((tx) => tx.systems.conflicts(second(identity), null));
      expect(conflicts).toMatchObject([{ kind, holder: 'system web001' }]);
      const added = store().transaction((tx) => tx.systems.add(second(identity), NOW_MS));
      await expect(added).rejects.toMatchObject({ code: 'address-taken' });
    }
    await store().transaction((tx) => tx.systems.add(second({ circuitId: 'eth0' }), NOW_MS));
  });

  it('keeps its lease under that, shows the MAC that has it, and knows it by that MAC', async () => {
    await addKnown();
    const lease = { mac: CIRCUIT, seenMac: macOf(9), reserved: true };
    expect(await store().dhcp.commitLease(leaseWrite(1, '10.99.0.2', lease))).toBe('bound');
    expect(await store().read.leases.list(NOW_MS)).toMatchObject([
      { ip: '10.99.0.2', mac: macOf(9), key: CIRCUIT, system: 'web001' },
    ]);
    expect(store().dhcp.findHolder(ip('10.99.0.2'), NOW_MS)).toMatchObject({ mac: CIRCUIT });
    expect(store().dhcp.findMacOf(ip('10.99.0.2'), NOW_MS)).toBe(macOf(9));
    const seen = () => store().dhcp.findMachineSeen(macOf(9), NOW_MS);
    expect(seen()).toMatchObject({ machine: { system: 'web001' }, key: CIRCUIT });
    const { system } = must(await store().read.systems.find('web001'), 'the system');
    expect(system.interfaces.map(({ seenMac }) => seenMac)).toEqual([null, macOf(9)]);
    // Another card behind the same port: the lease goes on, and the old card is nobody any more.
    await store().dhcp.commitLease(leaseWrite(1, '10.99.0.2', { ...lease, seenMac: macOf(8) }));
    expect(seen()).toBeUndefined();
    expect(store().dhcp.findMachineSeen(macOf(8), NOW_MS + 3_600_000)).toBeUndefined();
    expect(store().dhcp.findMacOf(ip('10.99.0.2'), NOW_MS)).toBe(macOf(8));
  });

  it('does not commit it to another identity', async () => {
    await addKnown();
    const wrong = { mac: 'circuit:65746830', seenMac: macOf(9), reserved: true };
    expect(await store().dhcp.commitLease(leaseWrite(1, '10.99.0.2', wrong))).toBe('taken');
    expect(await store().dhcp.commitLease(leaseWrite(9, '10.99.0.2', { reserved: true }))).toBe('taken');
  });
}
