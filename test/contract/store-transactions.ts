import { expect, it } from 'vitest';
import { ADA } from '../support/actors.ts';
import { must } from '../support/must.ts';
import {
  addCatalogue,
  distroWrite,
  holderOf,
  NOW_MS,
  subnetWrite,
  systemWrite,
} from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

const FIRST_PAGE = { sort: 'name', limit: 10, scope: null, after: null } as const;

/** All or nothing; one writer after another; reads see what is committed. */
export function transactionCases(store: StoreOfTest): void {
  it('gives back what the work gives back', async () => {
    expect(await store().transaction(async () => 7)).toBe(7);
  });

  it('undoes everything when the work throws, and passes the error on as it was', async () => {
    const profileId = await addCatalogue(store());
    const error = new Error('changed my mind');
    const work = store().transaction(async (tx) => {
      await tx.systems.add(systemWrite(profileId, 1), NOW_MS);
      await tx.distros.add(distroWrite({ name: 'other' }), NOW_MS);
      const audit = { by: ADA, action: 'add' as const, noun: 'system', name: 'web001', detail: {} };
      await tx.audit.add(audit, NOW_MS);
      throw error;
    });
    await expect(work).rejects.toBe(error);
    expect(await store().read.systems.list()).toEqual([]);
    expect(await store().read.distros.find('other')).toBeUndefined();
    expect(await holderOf(store(), '10.99.0.1')).toBeUndefined();
  });

  it('undoes everything when a constraint fails in the middle', async () => {
    const profileId = await addCatalogue(store());
    const work = store().transaction(async (tx) => {
      await tx.systems.add(systemWrite(profileId, 1), NOW_MS);
      await tx.systems.add(systemWrite(profileId, 1, { name: 'other', hostname: 'other' }), NOW_MS);
    });
    await expect(work).rejects.toMatchObject({ name: 'DomainError', code: 'address-taken' });
    expect(await store().read.systems.list()).toEqual([]);
  });

  it('works on after a failed transaction', async () => {
    await expect(store().transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await store().transaction((tx) => tx.distros.add(distroWrite(), NOW_MS));
    expect(await store().read.distros.list()).toHaveLength(1);
  });

  it('serves writers one after another: each sees what the one before wrote', async () => {
    const addNext = () =>
      store().transaction(async (tx) => {
        const known = await tx.distros.list();
        await tx.distros.add(distroWrite({ name: `d${known.length}` }), NOW_MS);
      });
    await Promise.all(Array.from({ length: 8 }, addNext));
    const names = (await store().read.distros.list()).map((distro) => distro.name);
    expect(names).toEqual(['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7']);
  });

  it.each([
    ['list', async () => store().read.systems.list()],
    ['page', async () => (await store().read.systems.page(FIRST_PAGE)).items],
    ['find', async () => [must(await store().read.systems.find('web001'), 'web001').system]],
  ])('shows a system whole or not at all, whatever is written meanwhile: %s', async (_, read) => {
    const profileId = await addCatalogue(store());
    const { id } = await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 1), NOW_MS));
    const reading = read();
    const removing = store().transaction((tx) => tx.systems.remove(id));
    const seen = await reading;
    await removing;
    expect(seen.map(({ interfaces }) => interfaces.length)).toEqual([1]);
  });

  it('shows nothing of a transaction that is not committed', async () => {
    await addCatalogue(store());
    let finish = (): void => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let written = (): void => {};
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const writing = store().transaction(async (tx) => {
      await tx.subnets.add(
        subnetWrite({ name: 'two', network: '10.98.0.0/24', gateway: null, ranges: [] }),
        NOW_MS,
      );
      written();
      await held;
      throw new Error('undone');
    });
    await isWritten;
    expect(
      store()
        .dhcp.subnets()
        .map((subnet) => subnet.name),
    ).toEqual(['lab']);
    const reading = store().read.subnets.list();
    finish();
    await expect(writing).rejects.toThrow('undone');
    expect((await reading).map((subnet) => subnet.name)).toEqual(['lab']);
    expect(
      store()
        .dhcp.subnets()
        .map((subnet) => subnet.name),
    ).toEqual(['lab']);
  });

  it('answers the packets’ reads while a transaction is open, from what is committed', async () => {
    const profileId = await addCatalogue(store());
    await store().transaction(async (tx) => {
      const system = await tx.systems.add(systemWrite(profileId, 1), NOW_MS);
      const mac = system.interfaces[0]?.mac ?? '';
      expect(store().dhcp.findMachine(mac)).toBeUndefined();
    });
    expect(store().dhcp.findMachine('52:54:00:00:00:01')).toMatchObject({ system: 'web001' });
  });
}
