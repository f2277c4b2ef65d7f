import { expect, it } from 'vitest';
import type { InstallState } from '../../src/domain/install/install.ts';
import type { InstallChange } from '../../src/domain/install/install-state.ts';
import { addCatalogue, installWrite, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

/** What the database does by itself with every change of an install, by whichever way it is written. */
export function installLifeCases(store: StoreOfTest): void {
  const addSystem = async (): Promise<number> => {
    const profileId = await addCatalogue(store());
    return store().transaction(async (tx) => (await tx.systems.add(systemWrite(profileId, 1), NOW_MS)).id);
  };
  const arm = async (systemId: number, hash = 'hash-1'): Promise<number> =>
    (await store().transaction((tx) => tx.installs.add(installWrite(systemId, hash)))).install.id;
  const WAYS = {
    'in a transaction': (id: number, change: InstallChange, nowMs: number) =>
      store().transaction((tx) => tx.installs.update(id, change, nowMs)),
    'with the machines’ files': (id: number, change: InstallChange, nowMs: number) =>
      store().boot.moveInstall(id, () => ({ change }), nowMs),
  };
  const states = async (systemId: number) =>
    (await store().read.events.listForSystem(systemId, 0, 100)).filter(({ stage }) => stage === 'state');
  const inService = async () => (await store().read.systems.find('web001'))?.system.inService;

  it.each(Object.entries(WAYS))('tells each change of a state, and nothing else, %s', async (_, change) => {
    const systemId = await addSystem();
    const id = await arm(systemId);
    await change(id, { state: 'booting', stage: 'boot-script', scriptsServed: 1 }, NOW_MS + 1000);
    await change(id, { state: 'booting', scriptsServed: 2 }, NOW_MS + 2000);
    await change(id, { stage: 'kernel' }, NOW_MS + 3000);
    await change(id, { state: 'failed', stage: 'initrd', reason: 'no "disk"' }, NOW_MS + 4000);
    const told = await states(systemId);
    expect(told.map(({ at, outcome, message, data }) => ({ at, outcome, message, data }))).toEqual([
      {
        at: '2026-11-22T09:00:00.000Z',
        outcome: 'ok',
        message: 'armed',
        data: { from: null, to: 'armed', stage: 'armed', reason: null },
      },
      {
        at: '2026-11-22T09:00:01.000Z',
        outcome: 'ok',
        message: 'armed -> booting',
        data: { from: 'armed', to: 'booting', stage: 'boot-script', reason: null },
      },
      {
        at: '2026-11-22T09:00:04.000Z',
        outcome: 'error',
        message: 'booting -> failed: no "disk"',
        data: { from: 'booting', to: 'failed', stage: 'initrd', reason: 'no "disk"' },
      },
    ]);
    expect(new Set(told.map(({ installId }) => installId))).toEqual(new Set([id]));
    expect(await store().read.events.listForInstall(id, 2)).toEqual([told[2], told[1]]);
    expect(await store().read.events.listForInstall(id + 1, 2)).toEqual([]);
  });

  it('tells nothing of a change that was rolled back', async () => {
    const systemId = await addSystem();
    const id = await arm(systemId);
    const undone = store().transaction(async (tx) => {
      await tx.installs.update(id, { state: 'failed' }, NOW_MS);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect((await states(systemId)).map(({ message }) => message)).toEqual(['armed']);
  });

  it.each(Object.entries(WAYS))(
    'a system is in service from ready until its disk is wiped, %s',
    async (_, change) => {
      const systemId = await addSystem();
      const first = await arm(systemId);
      expect(await inService()).toBeNull();
      await change(first, { state: 'installing', attemptsUsed: 1 }, NOW_MS);
      await change(first, { state: 'ready' }, NOW_MS + 1000);
      expect(await inService()).toBe('2026-11-22T09:00:01.000Z');
      const second = await arm(systemId, 'hash-2');
      await change(second, { state: 'loading', scriptsServed: 1 }, NOW_MS + 2000);
      expect(await inService()).toBe('2026-11-22T09:00:01.000Z');
      await change(second, { state: 'installing', attemptsUsed: 1 }, NOW_MS + 3000);
      expect(await inService()).toBeNull();
      await change(second, { state: 'failed' }, NOW_MS + 4000);
      expect(await inService()).toBeNull();
      await change(second, { state: 'ready' }, NOW_MS + 5000);
      expect(await inService()).toBe('2026-11-22T09:00:05.000Z');
    },
  );

  it.each<InstallState>(['expired', 'cancelled', 'failed'])(
    'an install that is %s before it was handed out leaves a system in service',
    async (state) => {
      const systemId = await addSystem();
      const first = await arm(systemId);
      await WAYS['in a transaction'](first, { state: 'ready' }, NOW_MS);
      const second = await arm(systemId, 'hash-2');
      await WAYS['in a transaction'](second, { state }, NOW_MS + 1000);
      expect(await inService()).toBe('2026-11-22T09:00:00.000Z');
      await store().transaction((tx) => tx.systems.remove(systemId));
    },
  );
}
