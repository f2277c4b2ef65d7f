import { expect, it } from 'vitest';
import { addCatalogue, installWrite, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

/** The way of machines that fetch files: installs moved on in groups, and the number of all records. */
export function bootCases(store: StoreOfTest): void {
  const addInstall = async (): Promise<{ id: number; profileId: number; systemId: number }> => {
    const profileId = await addCatalogue(store());
    return store().transaction(async (tx) => {
      const systemId = (await tx.systems.add(systemWrite(profileId, 1), NOW_MS)).id;
      return {
        id: (await tx.installs.add(installWrite(systemId, 'hash-1'))).install.id,
        profileId,
        systemId,
      };
    });
  };
  const found = (id: number) => store().boot.findInstallById(id)?.install;

  it('changes what is named, and gives the install as it is on the disk', async () => {
    const { id } = await addInstall();
    const before = found(id);
    const change = { state: 'installing', stage: 'answer-file', attemptsUsed: 1 } as const;
    const outcome = await store().boot.moveInstall(id, () => ({ change }), NOW_MS + 1000);
    expect(outcome).toEqual({
      install: {
        ...before,
        ...change,
        stateAt: '2026-11-22T09:00:01.000Z',
        updatedAt: '2026-11-22T09:00:01.000Z',
      },
    });
    expect({ install: found(id) }).toEqual(outcome);
    expect((await store().read.installs.findById(id))?.install).toEqual(found(id));
  });

  it('writes every field that may change, and the time of a state only where it becomes another one', async () => {
    const { id } = await addInstall();
    const change = {
      state: 'failed',
      position: 3,
      attemptsUsed: 2,
      scriptsServed: 5,
      expiresAt: '2026-11-22T11:00:00.000Z',
      stage: 'kernel',
      reason: 'not asked for',
      failure: 'overdue',
      hint: 'look',
      hostKeys: ['ssh-ed25519 AAAA'],
    } as const;
    const one = await store().boot.moveInstall(id, () => ({ change }), NOW_MS + 1000);
    expect(one).toMatchObject({ install: { ...change, stateAt: '2026-11-22T09:00:01.000Z' } });
    expect({ install: found(id) }).toEqual(one);
    const again = { state: 'failed', hint: null } as const;
    await store().boot.moveInstall(id, () => ({ change: again }), NOW_MS + 2000);
    expect(found(id)).toMatchObject({ hint: null, stateAt: '2026-11-22T09:00:01.000Z' });
  });

  it('lets nothing that is over go on once a newer install of its machine is there', async () => {
    const { id, systemId } = await addInstall();
    const end = (state: 'failed' | 'ready') =>
      store().boot.moveInstall(id, () => ({ change: { state } }), NOW_MS);
    expect(await end('failed')).toMatchObject({ install: { state: 'failed' } });
    expect(await end('ready')).toMatchObject({ install: { state: 'ready' } });
    expect(await end('failed')).toMatchObject({ install: { state: 'failed' } });
    await store().transaction((tx) => tx.installs.add(installWrite(systemId, 'hash-2')));
    expect(await end('ready')).toEqual({ refused: 'a newer install of this system was armed' });
    expect(found(id)).toMatchObject({ state: 'failed' });
  });

  it('writes nothing where nothing is to change, or where it is refused', async () => {
    const { id } = await addInstall();
    const before = found(id);
    expect(await store().boot.moveInstall(id, () => ({ change: null }), NOW_MS + 1000)).toEqual({
      install: before,
    });
    const same = { state: 'armed', attemptsUsed: 0, reason: null } as const;
    expect(await store().boot.moveInstall(id, () => ({ change: same }), NOW_MS + 1000)).toEqual({
      install: before,
    });
    expect(await store().boot.moveInstall(id, () => ({ refused: 'no' }), NOW_MS + 1000)).toEqual({
      refused: 'no',
    });
    expect(await store().boot.moveInstall(id + 1, () => ({ change: {} }), NOW_MS)).toBeUndefined();
    expect(found(id)).toEqual(before);
  });

  it('gives the last of something to one of many that want it at once', async () => {
    const { id } = await addInstall();
    const take = () =>
      store().boot.moveInstall(
        id,
        ({ scriptsServed }) =>
          scriptsServed < 3 ? { change: { scriptsServed: scriptsServed + 1 } } : { refused: 'none left' },
        NOW_MS,
      );
    const outcomes = await Promise.all(Array.from({ length: 20 }, take));
    expect(outcomes.filter((outcome) => outcome !== undefined && 'install' in outcome)).toHaveLength(3);
    expect(found(id)).toMatchObject({ scriptsServed: 3 });
  });

  it('finds no install any more whose system was removed while it waited', async () => {
    const { id, systemId } = await addInstall();
    const removing = store().transaction((tx) => tx.systems.remove(systemId));
    const moving = store().boot.moveInstall(id, () => ({ change: { state: 'failed' } }), NOW_MS);
    await removing;
    expect(await moving).toBeUndefined();
  });

  it('counts changes of records, not of installs and events', async () => {
    const { id, profileId, systemId } = await addInstall();
    const version = () => store().boot.recordsVersion();
    const first = version();
    await store().transaction((tx) => tx.installs.update(id, { stage: 'kernel' }, NOW_MS));
    await store().boot.moveInstall(id, () => ({ change: { stage: 'initrd' } }), NOW_MS);
    expect(version()).toBe(first);
    await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 2), NOW_MS));
    const second = version();
    expect(second).toBeGreaterThan(first);
    await store().transaction((tx) => tx.systems.remove(systemId));
    expect(version()).toBeGreaterThan(second);
    const third = version();
    await expect(store().transaction((tx) => tx.profiles.remove(profileId))).rejects.toThrow();
    expect(version()).toBe(third);
  });
}
