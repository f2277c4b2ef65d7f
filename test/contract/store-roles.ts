import { expect, it } from 'vitest';
import { addCatalogue, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

/** Roles of systems: in the order of the record, replaced by an edit, and a way to find their systems. */
export function roleCases(store: StoreOfTest): void {
  const add = async (number: number, profileId: number, roles: string[]) =>
    store().transaction((tx) => tx.systems.add(systemWrite(profileId, number, { roles }), NOW_MS));
  const having = async (role?: string) =>
    (await store().read.systems.list({ role })).map(({ name, roles }) => `${name} ${roles.join(',')}`);

  it('come back in their order, and find their systems', async () => {
    const profileId = await addCatalogue(store());
    await add(3, profileId, ['web', 'db']);
    await add(1, profileId, ['web']);
    await add(2, profileId, []);
    expect(await having('web')).toEqual(['web001 web', 'web003 web,db']);
    expect(await having('db')).toEqual(['web003 web,db']);
    expect(await having('mail')).toEqual([]);
    expect(await store().read.systems.roleNames(null)).toEqual(['db', 'web']);
    expect(await store().read.systems.roleNames(['db'])).toEqual(['db', 'web']);
    expect(await store().read.systems.roleNames(['mail'])).toEqual([]);
    expect(await store().read.systems.namesOfScope(['db', 'web'])).toEqual(['web001', 'web003']);
    expect(await store().read.systems.namesOfScope(['mail'])).toEqual([]);
    expect(await having()).toEqual(['web001 web', 'web002 ', 'web003 web,db']);
    const systems = await store().read.bmcs.listSystems();
    expect(systems.map(({ name, roles }) => [name, roles])).toEqual([
      ['web001', ['web']],
      ['web002', []],
      ['web003', ['web', 'db']],
    ]);
  });

  it('are replaced by an edit, and go with their system', async () => {
    const profileId = await addCatalogue(store());
    const { id } = await add(1, profileId, ['web', 'db']);
    const write = systemWrite(profileId, 1, { roles: ['db', 'mail'] });
    const changed = await store().transaction((tx) => tx.systems.update(id, write, NOW_MS));
    expect(changed.roles).toEqual(['db', 'mail']);
    expect(await having('web')).toEqual([]);
    await store().transaction((tx) => tx.systems.remove(id));
    expect(await having('db')).toEqual([]);
    await add(1, profileId, ['db']);
    expect(await having('db')).toEqual(['web001 db']);
  });
}
