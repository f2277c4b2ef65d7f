import { expect, it } from 'vitest';
import type { InterfaceWrite } from '../../src/store/interfaces/interface-store.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';
import { addCatalogue, holderOf, leaseWrite, macOf, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

/** Interfaces that are made of others, and addresses beside the first. */
export function interfaceCases(store: StoreOfTest): void {
  const card = (number: number, more: Partial<InterfaceWrite> = {}): InterfaceWrite => ({
    name: `eth${number}`,
    mac: macOf(number),
    ip: null,
    ...more,
  });
  const bond = (parents: readonly string[], more: Partial<InterfaceWrite> = {}): InterfaceWrite => ({
    ...{ name: 'bond0', mac: null, ip: ip('10.99.0.1') },
    ...{ type: 'bond', parents, ...more },
  });
  const add = async (number: number, interfaces: readonly InterfaceWrite[], profileId?: number) => {
    const profile = profileId ?? (await addCatalogue(store()));
    const write = systemWrite(profile, number, { interfaces });
    const system = await store().transaction((tx) => tx.systems.add(write, NOW_MS));
    return { system, profileId: profile };
  };

  it('keeps everything as it was written, in its order', async () => {
    const routes = [{ to: '10.20.0.0/16', via: '10.99.0.9' }];
    const more = { bondMode: '802.3ad', mtu: 9000, gateway: true, routes } as const;
    const lists = { addresses: [ip('10.99.0.7'), ip('10.99.0.3')], sharedAddresses: [ip('10.99.0.9')] };
    const vlan = { name: 'bond0.7', mac: null, ip: null, type: 'vlan', vlan: 7, parents: ['bond0'] } as const;
    const { system } = await add(1, [card(2), card(1), bond(['eth1', 'eth2'], { ...more, ...lists }), vlan]);
    expect(system.interfaces.map(({ name }) => name)).toEqual(['eth2', 'eth1', 'bond0', 'bond0.7']);
    expect(system.interfaces[2]).toEqual({
      ...{ name: 'bond0', type: 'bond', parents: ['eth1', 'eth2'], vlan: null, sharedMac: false, ...more },
      ...{ mac: null, clientId: null, circuitId: null, remoteId: null, seenMac: null },
      ...{ ip: '10.99.0.1', subnet: 'lab', addresses: ['10.99.0.7', '10.99.0.3'] },
      sharedAddresses: ['10.99.0.9'],
    });
    expect(system.interfaces[3]).toMatchObject({ type: 'vlan', vlan: 7, parents: ['bond0'], ip: null });
    expect((await store().read.systems.list()).map(({ interfaces }) => interfaces)).toEqual([
      system.interfaces,
    ]);
  });

  it('gives the address of a bond to its first card, in the lease as in memory', async () => {
    const { system, profileId } = await add(1, [card(2), card(1), bond(['eth1', 'eth2'])]);
    const { dhcp } = store();
    expect(dhcp.findMachine(macOf(1))).toMatchObject({ ip: ip('10.99.0.1'), follows: null });
    expect(dhcp.findMachine(macOf(2))).toMatchObject({ ip: null, follows: { name: 'eth2', upper: 'bond0' } });
    expect(dhcp.findHolder(ip('10.99.0.1'), NOW_MS)).toEqual({
      mac: macOf(1),
      label: 'system web001, bond0',
    });
    expect(dhcp.findMacOf(ip('10.99.0.1'), NOW_MS)).toBe(macOf(1));
    expect(await holderOf(store(), '10.99.0.1')).toBe('system web001');
    const lease = { reserved: true };
    expect(await dhcp.commitLease(leaseWrite(2, '10.99.0.1', lease))).toBe('taken');
    expect(await dhcp.commitLease(leaseWrite(1, '10.99.0.1', lease))).toBe('bound');
    // Turned round, the other card is the first: the one that had the address has it no more.
    const turned = systemWrite(profileId, 1, { interfaces: [card(2), card(1), bond(['eth2', 'eth1'])] });
    await store().transaction((tx) => tx.systems.update(system.id, turned, NOW_MS));
    expect(dhcp.findMachine(macOf(2))).toMatchObject({ ip: ip('10.99.0.1'), follows: null });
    expect(dhcp.findMacOf(ip('10.99.0.1'), NOW_MS)).toBe(macOf(2));
    expect(await dhcp.commitLease(leaseWrite(1, '10.99.0.1', lease))).toBe('taken');
    expect(await dhcp.commitLease(leaseWrite(2, '10.99.0.1', lease))).toBe('bound');
  });

  it('shows which card a bond’s address was leased to where the record knows it by something else', async () => {
    const known = { mac: null, clientId: '0xff0001' };
    const { system } = await add(1, [card(1, known), bond(['eth1'])]);
    await store().dhcp.commitLease(
      leaseWrite(1, '10.99.0.1', { mac: 'id:ff0001', seenMac: macOf(9), reserved: true }),
    );
    const found = must(await store().read.systems.find(system.name), 'the system').system;
    expect(found.interfaces.map(({ seenMac }) => seenMac)).toEqual([macOf(9), null]);
  });

  it('keeps a MAC that cards of one bond share on the first of them, and from everybody else', async () => {
    const shared = { mac: macOf(1), sharedMac: true };
    const { system, profileId } = await add(1, [card(1, shared), card(2, shared), bond(['eth2', 'eth1'])]);
    expect(system.interfaces.map(({ mac }) => mac)).toEqual([macOf(1), macOf(1), null]);
    expect(store().dhcp.findMachine(macOf(1))).toMatchObject({ ip: ip('10.99.0.1'), follows: null });
    const other = systemWrite(profileId, 2, { interfaces: [card(1)] });
    const conflicts = await store().transaction((tx) => tx.systems.conflicts(other, null));
    expect(conflicts).toMatchObject([{ kind: 'mac', value: macOf(1), interface: 'eth2' }]);
    await expect(add(2, [card(1)], profileId)).rejects.toMatchObject({ code: 'address-taken' });
  });

  it('knows the machine by the address of a VLAN, which DHCP gives to nobody', async () => {
    const tagged = {
      name: 'eth1.7',
      mac: null,
      ip: ip('10.99.0.7'),
      type: 'vlan',
      vlan: 7,
      parents: ['eth1'],
    } as const;
    await add(1, [card(1, { ip: ip('10.99.0.1') }), tagged]);
    expect(store().dhcp.findHolder(ip('10.99.0.7'), NOW_MS)).toEqual({
      mac: null,
      label: 'system web001, eth1.7',
    });
    expect(store().dhcp.findMacOf(ip('10.99.0.7'), NOW_MS)).toBe(macOf(1));
  });

  it('holds further addresses like the first, and leases none of them', async () => {
    const { profileId } = await add(1, [card(1, { ip: ip('10.99.0.1'), addresses: [ip('10.99.0.7')] })]);
    expect(await holderOf(store(), '10.99.0.7')).toBe('system web001');
    expect(await store().dhcp.commitLease(leaseWrite(1, '10.99.0.7', { reserved: true }))).toBe('taken');
    expect(await store().dhcp.commitLease(leaseWrite(2, '10.99.0.7'))).toBe('taken');
    const rival = card(2, { ip: ip('10.99.0.2'), addresses: [ip('10.99.0.7')] });
    await expect(add(2, [rival], profileId)).rejects.toMatchObject({ code: 'address-taken' });
  });

  it('shares an address among those that say so, and with nobody else, until the last has left', async () => {
    const [vip, lists] = ['10.99.0.50', { sharedAddresses: [ip('10.99.0.50')] }];
    const one = await add(1, [card(1, { ip: ip('10.99.0.1'), ...lists })]);
    const two = await add(2, [card(2, { ip: ip('10.99.0.2'), ...lists })], one.profileId);
    expect(await holderOf(store(), vip)).toBe('system web001 and 1 more, as a shared address');
    expect(await store().read.addresses.findHolder(ip(vip), NOW_MS)).toMatchObject({
      sharedBy: [one.system.id, two.system.id],
      key: null,
    });
    expect(await store().read.addresses.listHeld(ip(vip), ip(vip), NOW_MS)).toEqual([ip(vip)]);
    expect(store().dhcp.findHolder(ip(vip), NOW_MS)?.mac).toBeNull();
    expect(await store().dhcp.commitLease(leaseWrite(1, vip))).toBe('taken');
    await expect(add(3, [card(3, { ip: ip(vip) })], one.profileId)).rejects.toMatchObject({
      code: 'address-taken',
    });
    await store().transaction((tx) => tx.systems.remove(one.system.id));
    expect(await holderOf(store(), vip)).toBe('system web002, as a shared address');
    await store().transaction((tx) => tx.systems.remove(two.system.id));
    expect(await holderOf(store(), vip)).toBeUndefined();
    await add(3, [card(3, { ip: ip(vip) })], one.profileId);
    await expect(add(4, [card(4, { ip: null, ...lists })], one.profileId)).rejects.toMatchObject({
      code: 'address-taken',
    });
  });
}
