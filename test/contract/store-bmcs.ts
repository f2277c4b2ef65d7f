import { expect, it } from 'vitest';
import { ip } from '../support/dhcp-packets.ts';
import { addCatalogue, bmcWrite, holderOf, macOf, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

/** BMCs, their secrets and their addresses, one of which may be shared; and what is known of power. */
export function bmcCases(store: StoreOfTest): void {
  const add = async (number: number, bmc: ReturnType<typeof bmcWrite>, profileId: number) =>
    store().transaction((tx) => tx.systems.add(systemWrite(profileId, number, { bmc }), NOW_MS));
  const shared = (more: object = {}) =>
    bmcWrite('10.50.0.9', { shared: true, driver: 'ipmi', firmware: 'uefi', ...more });
  const blade = (number: number, profileId: number, more: object = {}) =>
    add(number, shared({ node: String(number), ...more }), profileId);
  const taken = { name: 'DomainError', code: 'address-taken' };

  it('keeps a BMC as it was written, and its sealed secrets apart from what is shown', async () => {
    const profileId = await addCatalogue(store());
    const write = bmcWrite('10.50.0.1', {
      driver: 'redfish',
      port: 8443,
      user: 'admin',
      cipherSuite: 3,
      privilege: 'administrator',
      protocol: '1.5',
      firmware: 'bios',
      vendor: 'Dell',
      model: 'R640',
      certificate: 'ab',
      node: 'n1',
      command: 'x',
      sealedPassword: 'sealed password',
      sealedKg: 'sealed kg',
    });
    const system = await add(1, write, profileId);
    const { ip: _ip, sealedPassword, sealedKg, ...fields } = write;
    expect(system.bmc).toEqual({ ...fields, address: '10.50.0.1', passwordSet: true, kgSet: true });
    const stored = { systemId: system.id, system: 'web001', bmc: system.bmc, sealedPassword, sealedKg };
    expect(await store().read.bmcs.find(system.id)).toEqual({ ...stored, macs: [macOf(1)] });
    expect(JSON.stringify(system)).not.toContain('sealed');
    expect(await store().read.sealed.systems()).toEqual(['web001']);
  });

  it('knows how a machine boots once its DISCOVER was heard, and what it said last', async () => {
    const profileId = await addCatalogue(store());
    const { id } = await add(1, bmcWrite('10.50.0.1', { driver: 'ipmi' }), profileId);
    const hear = (archCodes: string, later: number, netboot = true) =>
      store().addEvents([
        {
          systemId: id,
          mac: macOf(1),
          installId: null,
          stage: 'dhcp-discover',
          outcome: 'ok',
          message: 'PXE',
          data: { netboot, archCodes },
          atMs: NOW_MS + later,
        },
      ]);
    const known = async () => (await store().read.systems.find('web001'))?.system.effective.firmware;
    const said = (value: 'bios' | 'uefi', later: number) => ({
      value,
      from: 'heard',
      heard: { firmware: value, at: new Date(NOW_MS + later).toISOString() },
    });
    expect(await known()).toEqual({ value: 'uefi', from: 'default', heard: null });
    await hear('0', 1000);
    await hear('0', 2000);
    await hear('7', 3000, false);
    expect(await known()).toEqual(said('bios', 1000));
    await hear('7', 4000);
    expect(await known()).toEqual(said('uefi', 4000));
  });

  it('lists those of every system or of some, by name', async () => {
    const profileId = await addCatalogue(store());
    const ids: number[] = [];
    for (const number of [3, 1, 2])
      ids.push((await add(number, bmcWrite(`10.50.0.${number}`), profileId)).id);
    const names = async (of?: number[]) => (await store().read.bmcs.list(of)).map(({ system }) => system);
    expect(await names()).toEqual(['web001', 'web002', 'web003']);
    expect(await names(ids.slice(0, 2))).toEqual(['web001', 'web003']);
    expect(await names([])).toEqual([]);
    expect(await store().read.bmcs.listSystems()).toEqual([
      { id: ids[1], name: 'web001', profile: 'debian-13', roles: [], driver: null },
      { id: ids[2], name: 'web002', profile: 'debian-13', roles: [], driver: null },
      { id: ids[0], name: 'web003', profile: 'debian-13', roles: [], driver: null },
    ]);
  });

  it('gives one row of addresses to all that share it, and takes it away with the last', async () => {
    const profileId = await addCatalogue(store());
    const one = await blade(1, profileId);
    const two = await blade(2, profileId);
    const holder = await store().read.addresses.findHolder(ip('10.50.0.9'), NOW_MS);
    expect(holder).toMatchObject({ kind: 'bmc', systemId: null, sharedBy: [one.id, two.id] });
    expect(store().dhcp.findHolder(ip('10.50.0.9'), NOW_MS)).toBeDefined();
    await store().transaction((tx) => tx.systems.remove(one.id));
    expect(await holderOf(store(), '10.50.0.9')).toBe('BMC of system web002');
    await store().transaction((tx) => tx.systems.remove(two.id));
    expect(await holderOf(store(), '10.50.0.9')).toBeUndefined();
    expect(store().dhcp.findHolder(ip('10.50.0.9'), NOW_MS)).toBeUndefined();
  });

  it('refuses by itself who does not share alike, and who is asked for at the same place', async () => {
    const profileId = await addCatalogue(store());
    await blade(1, profileId);
    await expect(blade(2, profileId, { shared: false })).rejects.toMatchObject(taken);
    await expect(blade(2, profileId, { node: '1' })).rejects.toMatchObject(taken);
    await add(3, bmcWrite('10.50.0.3'), profileId);
    await expect(add(4, shared({ ip: ip('10.50.0.3') }), profileId)).rejects.toMatchObject(taken);
    await expect(add(4, shared({ ip: ip('10.99.0.1') }), profileId)).rejects.toMatchObject(taken);
    await expect(add(1, bmcWrite('10.50.0.11'), profileId)).rejects.toMatchObject(taken);
  });

  it('remembers power with its time, and the last answer where there was none since', async () => {
    const profileId = await addCatalogue(store());
    const { id } = await add(1, bmcWrite('10.50.0.1'), profileId);
    const note = (state: 'on' | 'off' | 'unknown', seconds: number) =>
      store().transaction((tx) =>
        tx.powerStates.note([
          { systemId: id, state, atMs: NOW_MS + seconds * 1000, reason: `reason ${seconds}` },
          { systemId: 999, state, atMs: NOW_MS, reason: 'gone' },
        ]),
      );
    const known = async () => (await store().read.systems.find('web001'))?.system.power;
    expect(await known()).toBeNull();
    await note('on', 1);
    expect(await known()).toEqual({
      state: 'on',
      checkedAt: '2026-11-22T09:00:01.000Z',
      reason: 'reason 1',
      lastKnown: null,
    });
    await note('unknown', 2);
    expect(await known()).toEqual({
      state: 'unknown',
      checkedAt: '2026-11-22T09:00:02.000Z',
      reason: 'reason 2',
      lastKnown: { state: 'on', at: '2026-11-22T09:00:01.000Z' },
    });
    await note('off', 3);
    expect(await known()).toMatchObject({ state: 'off', lastKnown: null });
    await store().transaction((tx) => tx.powerStates.forget(id));
    expect(await known()).toBeNull();
  });
}
