import { expect, it } from 'vitest';
import { INSTALL_STATES, LIVE_STATES } from '../../src/domain/install/install.ts';
import { waysFor } from '../../src/domain/power/power-up.ts';
import { beginPowerUp } from '../../src/domain/power/power-up-move.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import { addCatalogue, installWrite, macOf, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

async function addSystems(store: Store, count: number): Promise<number[]> {
  const profileId = await addCatalogue(store);
  return store.transaction(async (tx) => {
    const ids: number[] = [];
    for (let number = 1; number <= count; number++)
      ids.push((await tx.systems.add(systemWrite(profileId, number), NOW_MS)).id);
    return ids;
  });
}

/** Installs: one open one a system, found by the hash of its token, moved on step by step. */
export function installCases(store: StoreOfTest): void {
  const add = (systemId: number, hash: string) =>
    store().transaction((tx) => tx.installs.add(installWrite(systemId, hash)));

  it('keeps an install and shows it without its token', async () => {
    const [systemId = 0] = await addSystems(store(), 1);
    const stored = await add(systemId, 'hash-1');
    expect(stored).toEqual({
      systemId,
      tokenSealed: 'sealed hash-1',
      install: {
        id: stored.install.id,
        system: 'web001',
        state: 'armed',
        stateAt: '2026-11-22T09:00:00.000Z',
        batch: null,
        position: null,
        attempts: 2,
        attemptsUsed: 0,
        scriptsServed: 0,
        armedAt: '2026-11-22T09:00:00.000Z',
        armedBy: 'ada',
        expiresAt: '2026-11-22T09:10:00.000Z',
        updatedAt: '2026-11-22T09:00:00.000Z',
        stage: 'armed',
        reason: null,
        failure: null,
        hint: null,
        handoff: 'none',
        hostKeys: [],
        powerUp: null,
      },
    });
    expect(await store().read.installs.findById(stored.install.id)).toEqual(stored);
    expect(store().boot.findInstall('hash-1')).toEqual(stored);
    expect(store().boot.findInstall('hash-2')).toBeUndefined();
    expect(await store().read.installs.findLatest(systemId)).toEqual(stored);
    expect((await store().read.systems.find('web001'))?.system.install).toEqual(stored.install);
  });

  it('changes only what is named', async () => {
    const [systemId = 0] = await addSystems(store(), 1);
    const { install } = await add(systemId, 'hash-1');
    const change = (more: object, nowMs: number) =>
      store().transaction((tx) => tx.installs.update(install.id, more, nowMs));
    const one = await change({ state: 'installing', stage: 'answer-file', attemptsUsed: 1 }, NOW_MS + 1000);
    expect(one.install).toEqual({
      ...install,
      state: 'installing',
      stage: 'answer-file',
      attemptsUsed: 1,
      stateAt: '2026-11-22T09:00:01.000Z',
      updatedAt: '2026-11-22T09:00:01.000Z',
    });
    const two = await change({ state: 'failed', reason: 'no disk' }, NOW_MS + 2000);
    expect(two.install).toMatchObject({
      state: 'failed',
      reason: 'no disk',
      stage: 'answer-file',
      attemptsUsed: 1,
    });
    const three = await change({ reason: null, scriptsServed: 3 }, NOW_MS + 3000);
    expect(three.install).toMatchObject({ state: 'failed', reason: null, scriptsServed: 3 });
    const more = {
      position: 4,
      expiresAt: '2026-11-22T10:00:00.000Z',
      failure: 'overdue',
      hint: 'look at it',
      hostKeys: ['ssh-ed25519 AAAA'],
    } as const;
    expect((await change(more, NOW_MS + 4000)).install).toEqual({
      ...three.install,
      ...more,
      updatedAt: '2026-11-22T09:00:04.000Z',
    });
  });

  it.each(INSTALL_STATES)(
    'allows a second install beside one that is %s only if that one is over',
    async (state) => {
      const [systemId = 0, otherId = 0] = await addSystems(store(), 2);
      const { install } = await add(systemId, 'hash-1');
      await store().transaction((tx) => tx.installs.update(install.id, { state }, NOW_MS));
      await add(otherId, 'hash-other');
      const second = add(systemId, 'hash-2');
      if (LIVE_STATES.includes(state)) {
        await expect(second).rejects.toMatchObject({ name: 'DomainError' });
        expect((await store().read.installs.findLatest(systemId))?.install.id).toBe(install.id);
      } else {
        const { install: newest } = await second;
        expect((await store().read.installs.findLatest(systemId))?.install.id).toBe(newest.id);
        expect(store().dhcp.findMachine(macOf(1))?.install?.id).toBe(newest.id);
      }
    },
  );

  it('lists the open installs whose time is over', async () => {
    const [first = 0, second = 0, third = 0] = await addSystems(store(), 3);
    const one = await add(first, 'hash-1');
    const two = await add(second, 'hash-2');
    await add(third, 'hash-3');
    await store().transaction((tx) => tx.installs.update(two.install.id, { state: 'ready' }, NOW_MS));
    const late = (nowMs: number) => store().read.installs.listOverdue(nowMs);
    expect(await late(NOW_MS + 599_999)).toEqual([]);
    const ids = (await late(NOW_MS + 600_000)).map((stored) => stored.install.id);
    expect(ids).toEqual([one.install.id, expect.any(Number)]);
    expect(ids).not.toContain(two.install.id);
  });

  it('lists what is not over', async () => {
    const ids = await addSystems(store(), INSTALL_STATES.length);
    for (const [index, state] of INSTALL_STATES.entries()) {
      const { install } = await add(ids[index] ?? 0, `hash-${state}`);
      await store().transaction((tx) => tx.installs.update(install.id, { state }, NOW_MS));
    }
    const live = await store().read.installs.listLive();
    expect(live.map(({ install }) => install.state)).toEqual(
      INSTALL_STATES.filter((state) => LIVE_STATES.includes(state)),
    );
  });

  it('keeps how far a machine is brought up, beside everything else, and lists those under way', async () => {
    const [first = 0, second = 0] = await addSystems(store(), 2);
    const one = await add(first, 'hash-1');
    await add(second, 'hash-2');
    const powerUp = beginPowerUp(waysFor('ipmi', 'uefi'), { isOn: true, timeoutSeconds: 300 }, NOW_MS);
    const set = (next: typeof powerUp) =>
      store().transaction((tx) => tx.installs.setPowerUp(one.install.id, next));
    const underWay = async () =>
      (await store().read.installs.listPowerUps()).map((stored) => stored.install.id);
    expect(await underWay()).toEqual([]);
    expect((await set(powerUp)).install).toEqual({ ...one.install, powerUp });
    expect(store().boot.findInstallById(one.install.id)?.install.powerUp).toEqual(powerUp);
    await store().transaction((tx) => tx.installs.update(one.install.id, { state: 'cancelled' }, NOW_MS));
    expect(await underWay()).toEqual([one.install.id]);
    await set({ ...powerUp, step: 'done', outcome: 'stopped' });
    expect(await underWay()).toEqual([]);
  });

  it('goes when its system goes, and takes its events along', async () => {
    const [systemId = 0] = await addSystems(store(), 1);
    const { install } = await add(systemId, 'hash-1');
    await store().transaction((tx) => tx.systems.remove(systemId));
    expect(await store().read.installs.findById(install.id)).toBeUndefined();
    expect(store().boot.findInstall('hash-1')).toBeUndefined();
  });

  it('tells the packets’ path the newest install as it stands', async () => {
    const [systemId = 0] = await addSystems(store(), 1);
    const { install } = await add(systemId, 'hash-1');
    const change = { state: 'installing' as const, attemptsUsed: 1, scriptsServed: 4 };
    await store().transaction((tx) => tx.installs.update(install.id, change, NOW_MS));
    expect(store().dhcp.findMachine(macOf(1))?.install).toEqual({
      id: install.id,
      state: 'installing',
      attempts: 2,
      attemptsUsed: 1,
      scriptsServed: 4,
      expiresAtMs: NOW_MS + 600_000,
    });
  });
}
