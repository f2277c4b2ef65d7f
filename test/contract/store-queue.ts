import { expect, it } from 'vitest';
import { installInput } from '../../src/domain/install/install-input.ts';
import type { StoredInstall } from '../../src/store/interfaces/store.ts';
import { powerUpRecord } from '../support/power-up-records.ts';
import { addCatalogue, installWrite, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

const LATER_MS = NOW_MS + 1000;
const INPUT = installInput.parse({ cycle: true });

/** Places that stay without gaps, what has a place, and batches with their failures. */
export function queueCases(store: StoreOfTest): void {
  const add = (number: number, profileId: number, change: object = {}): Promise<StoredInstall> =>
    store().transaction(async (tx) => {
      const system = await tx.systems.add(systemWrite(profileId, number), NOW_MS);
      return tx.installs.add({ ...installWrite(system.id, `hash ${number}`), ...change });
    });
  const queue = async (count: number, batch: string | null = null): Promise<StoredInstall[]> => {
    const profileId = await addCatalogue(store());
    const all: StoredInstall[] = [];
    for (let number = 1; number <= count; number += 1)
      all.push(await add(number, profileId, { state: 'queued', position: number, batch }));
    await store().transaction(async (tx) => {
      for (const { install } of all) await tx.queue.keep(install.id, INPUT);
    });
    return all;
  };
  const places = async () =>
    (await store().read.queue.list()).map(({ position, system }) => `${position} ${system}`);
  const idOf = (all: readonly StoredInstall[], index: number) => all[index]?.install.id ?? 0;

  it('has places without gaps, whichever way an install leaves it', async () => {
    const all = await queue(5);
    await store().transaction((tx) =>
      tx.installs.update(idOf(all, 0), { state: 'armed', position: null }, LATER_MS),
    );
    expect(await places()).toEqual(['1 web002', '2 web003', '3 web004', '4 web005']);
    await store().boot.moveInstall(
      idOf(all, 2),
      () => ({ change: { state: 'cancelled', position: null } }),
      LATER_MS,
    );
    expect(await places()).toEqual(['1 web002', '2 web004', '3 web005']);
    await store().transaction((tx) => tx.systems.remove(all[1]?.systemId ?? 0));
    expect(await places()).toEqual(['1 web004', '2 web005']);
    expect(await store().read.queue.find(idOf(all, 2))).toBeUndefined();
    expect(await store().read.queue.find(idOf(all, 3))).toMatchObject({
      input: INPUT,
      systemId: all[3]?.systemId,
    });
  });

  it.each([
    [1, 3, ['web002', 'web003', 'web001', 'web004']],
    [4, 1, ['web004', 'web001', 'web002', 'web003']],
    [2, 4, ['web001', 'web003', 'web004', 'web002']],
    [2, 2, ['web001', 'web002', 'web003', 'web004']],
  ])('moves from place %i to %i, and the others make room', async (from, to, names) => {
    const all = await queue(4);
    await store().transaction((tx) => tx.queue.move(idOf(all, from - 1), to));
    expect(await places()).toEqual(names.map((name, index) => `${index + 1} ${name}`));
  });

  it('keeps when an install is to begin', async () => {
    const all = await queue(2);
    const due = async () => (await store().read.queue.list()).map(({ dueAtMs }) => dueAtMs);
    await store().transaction((tx) => tx.queue.setDue(idOf(all, 1), LATER_MS));
    expect(await due()).toEqual([null, LATER_MS]);
    await store().transaction((tx) => tx.queue.setDue(idOf(all, 1), null));
    expect(await due()).toEqual([null, null]);
  });

  it('counts what has a place: not machines that somebody else switches on', async () => {
    const profileId = await addCatalogue(store());
    const states = [
      'queued',
      'armed',
      'armed',
      'booting',
      'loading',
      'installing',
      'installed',
      'failed',
    ] as const;
    const powerUp = powerUpRecord();
    for (const [index, state] of states.entries()) {
      const { install } = await add(index + 1, profileId, { powerUp: index === 1 ? powerUp : null });
      if (state !== 'armed')
        await store().transaction((tx) => tx.installs.update(install.id, { state }, LATER_MS));
    }
    expect(await store().read.queue.count()).toEqual({ queued: 1, running: 4 });
  });

  it('lists installs by system, batch and state, the newest first', async () => {
    const all = await queue(3, 'b1');
    const list = async (filter: object, limit = 10) =>
      (await store().read.installs.list(filter, limit)).map(({ install }) => install.system);
    await store().transaction((tx) =>
      tx.installs.update(idOf(all, 1), { state: 'failed', position: null }, LATER_MS),
    );
    expect(await list({})).toEqual(['web003', 'web002', 'web001']);
    expect(await list({}, 1)).toEqual(['web003']);
    expect(await list({ system: 'web002' })).toEqual(['web002']);
    expect(await list({ states: ['queued'] })).toEqual(['web003', 'web001']);
    expect(await list({ batch: 'b1', states: ['failed', 'expired'] })).toEqual(['web002']);
    expect(await list({ batch: 'b2' })).toEqual([]);
  });

  it('keeps batches, and tells which have failures and still wait', async () => {
    const all = await queue(3, 'b1');
    const refused = [
      { system: 'db1', refused: { code: 'not-ready', detail: 'no initrd', problems: [], hint: null } },
    ];
    const write = { id: 'b1', requestedBy: 'ada', selection: 'role web', stopAfterFailures: 2, refused };
    await store().transaction(async (tx) => {
      await tx.batches.add(write, NOW_MS);
      await tx.batches.add({ ...write, id: 'b0', stopAfterFailures: null, refused: [] }, LATER_MS);
    });
    const { read } = store();
    const batch = { ...write, requestedAt: '2026-11-22T09:00:00.000Z', stopped: null };
    expect(await read.batches.find('b1')).toEqual(batch);
    expect(await read.batches.find('b9')).toBeUndefined();
    expect((await read.batches.list(10)).map(({ id }) => id)).toEqual(['b0', 'b1']);
    const stand = { batch: 'b1', stopAfterFailures: 2 };
    expect(await read.batches.listStands()).toEqual([{ ...stand, failed: [] }]);
    for (const [index, state] of (['failed', 'expired'] as const).entries())
      await store().transaction((tx) =>
        tx.installs.update(idOf(all, index), { state, position: null }, LATER_MS),
      );
    expect(await read.batches.listStands()).toEqual([{ ...stand, failed: ['web001', 'web002'] }]);
    await store().transaction(async (tx) => {
      await tx.batches.setStopped('b1', 'enough failed', LATER_MS);
      await tx.installs.update(idOf(all, 2), { state: 'cancelled', position: null }, LATER_MS);
    });
    expect(await read.batches.listStands()).toEqual([]);
    expect(await read.batches.find('b1')).toMatchObject({
      stopped: { at: '2026-11-22T09:00:01.000Z', reason: 'enough failed' },
    });
  });
}
