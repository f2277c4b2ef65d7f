import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../../../src/domain/errors.ts';
import type { Install } from '../../../src/domain/install/install.ts';
import { ADA, BOB } from '../../support/actors.ts';
import { openQueueWorld, type QueueWorld } from '../../support/queue-world.ts';
import { NOW_MS } from '../../support/store-records.ts';

let world: QueueWorld;
beforeEach(async () => {
  world = await openQueueWorld(3, { limits: { maxConcurrentInstalls: 1, jitterMs: 0 } });
});
afterEach(() => world.dispose());

const HOUR_MS = 3_600_000;

async function latest(name: string): Promise<Install> {
  const [found] = await world.store.read.installs.list({ system: name }, 1);
  if (found === undefined) throw new Error(`${name} has no install`);
  return found.install;
}

describe('an install whose turn comes', () => {
  it('has its whole time from then on, and is brought up as its machine is then', async () => {
    await world.start({ expiresInMinutes: 60 });
    await world.pass(1);
    expect(await latest('web002')).toMatchObject({ state: 'queued', powerUp: null });
    await world.finish('web001');
    world.nowMs = NOW_MS + 5 * HOUR_MS;
    await world.pass(1);
    expect(await latest('web002')).toMatchObject({
      state: 'armed',
      position: null,
      expiresAt: new Date(world.nowMs + HOUR_MS).toISOString(),
      powerUp: { step: 'boot-device' },
    });
  });

  it('is looked at again, and fails with every reason that is in the way now', async () => {
    await world.start();
    await world.pass(1);
    const problems = [
      { path: 'initrd', message: '/srv/initrd.gz is not there' },
      { path: 'bmc', message: 'does not answer' },
    ];
    world.run.edges.checkReady = async ({ system }) => {
      if (system.name === 'web002') throw new DomainError('not-ready', 'not ready', { problems });
    };
    await world.finish('web001');
    await world.pass(1);
    expect(await latest('web002')).toMatchObject({
      state: 'failed',
      failure: 'not-ready',
      stage: 'armed',
      reason: 'initrd: /srv/initrd.gz is not there; bmc: does not answer',
      hint: 'mend it, then: provision system install web002',
    });
    await world.pass(1);
    expect(await latest('web003')).toMatchObject({ state: 'armed', position: null });
  });

  it('counts as a failure of its batch', async () => {
    world.run.edges.limits = { maxConcurrentInstalls: 1, jitterMs: 0 };
    const { batch } = await world.start({ stopAfterFailures: 1 });
    world.run.edges.checkReady = async () => {
      throw new DomainError('not-ready', 'the tree is gone');
    };
    await world.pass(2);
    expect(await latest('web001')).toMatchObject({ state: 'failed', reason: 'the tree is gone' });
    expect(await world.run.installQueue.lists.batch(batch ?? '', ADA)).toMatchObject({
      isOver: true,
      counts: { failed: 1, cancelled: 2 },
    });
  });

  it('is not armed where it was cancelled while it was looked at', async () => {
    await world.start();
    world.run.edges.checkReady = async ({ system }) => {
      await world.run.installs.cancel(system.name, BOB);
    };
    await world.pass(1);
    expect(await latest('web001')).toMatchObject({ state: 'cancelled', reason: 'cancelled by bob' });
  });

  it('is looked at once more where its system was changed meanwhile', async () => {
    await world.start();
    let looks = 0;
    world.run.edges.checkReady = async ({ system }) => {
      looks += 1;
      if (looks > 1) return;
      const stored = await world.store.read.systems.findById(system.id);
      if (stored === undefined) return;
      const { profile: _profile, interfaces: _interfaces, ...rest } = stored.system;
      const profile = await world.store.read.profiles.find('debian-13');
      const write = {
        ...rest,
        profileId: profile?.profile.id ?? 0,
        interfaces: [],
        bmc: null,
        sealedSecrets: null,
      };
      await world.store.transaction((tx) => tx.systems.update(system.id, write, world.nowMs));
    };
    await world.pass(1);
    expect(await latest('web001')).toMatchObject({ state: 'queued' });
    await world.pass(1);
    expect(await latest('web001')).toMatchObject({ state: 'armed' });
    expect(looks).toBe(2);
  });

  it('lets an earlier install of its machine give way', async () => {
    const gaveWay: string[] = [];
    world.run.edges.powerUps.giveWay = async (_tx, { id }) => void gaveWay.push(String(id));
    await world.arm('web001');
    const first = await latest('web001');
    await world.run.installs.cancel('web001', ADA);
    await world.start();
    await world.pass(1);
    expect(await latest('web001')).toMatchObject({ state: 'armed' });
    expect(gaveWay).toEqual([String(first.id)]);
  });
});
