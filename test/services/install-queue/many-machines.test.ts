import { afterEach, describe, expect, it } from 'vitest';
import { ADA } from '../../support/actors.ts';
import { openQueueWorld, type QueueWorld } from '../../support/queue-world.ts';
import { NOW_MS } from '../../support/store-records.ts';

let world: QueueWorld;
afterEach(() => world.dispose());

const names = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `web${String(from + index).padStart(3, '0')}`);
const move = (system: string, to: 'first' | 'last' | number) =>
  world.run.installQueue.move({ system, to }, ADA);

// Records by the hundred, on machines that may be busy.
const TIME_MS = 120_000;

describe('two hundred machines', { timeout: TIME_MS }, () => {
  it('are installed in their order, never more than so many at once, each begun within the jitter', async () => {
    world = await openQueueWorld(200);
    const { items } = await world.start();
    expect(items.map(({ system, outcome }) => [system, outcome])).toEqual(
      names(1, 200).map((name) => [name, 'queued']),
    );
    await world.pass(1);
    expect(await world.inState('armed')).toEqual(['web001']);
    const dues = (await world.store.read.queue.list()).map(({ dueAtMs }) => dueAtMs);
    const decided = dues.flatMap((due) => (due === null ? [] : [due]));
    expect(decided).toHaveLength(49);
    expect(Math.min(...decided)).toBeGreaterThanOrEqual(NOW_MS + 1000);
    expect(Math.max(...decided)).toBeLessThanOrEqual(NOW_MS + 31_000);
    await world.pass(31);
    expect(await world.inState('armed')).toEqual(names(1, 50));
    const begun: string[] = [...names(1, 50)];
    // Every place that becomes free goes to the next one.
    for (let done = 0; done < 200; ) {
      const wave = begun.slice(done, done + 40);
      for (const name of wave) await world.finish(name);
      done += wave.length;
      await world.pass(32);
      begun.push(...(await world.inState('armed')).filter((name) => !begun.includes(name)));
    }
    expect(begun).toEqual(names(1, 200));
    expect(await world.inState('ready')).toHaveLength(200);
    expect(Math.max(...world.running)).toBe(50);
  });

  it('go on after a restart in the middle, and what was about to begin spreads anew', async () => {
    world = await openQueueWorld(200);
    await world.start();
    await world.pass(10);
    const armed = await world.inState('armed');
    expect(armed.length).toBeGreaterThan(1);
    expect(armed.length).toBeLessThan(50);
    await world.crash();
    world.nowMs += 3_600_000;
    await world.pass(1);
    expect(await world.inState('armed')).toHaveLength(armed.length + 1);
    await world.pass(31);
    expect(await world.inState('armed')).toEqual(names(1, 50));
    for (const name of names(1, 50)) await world.finish(name);
    await world.crash();
    await world.pass(32);
    expect(await world.inState('armed')).toEqual(names(51, 100));
    expect(Math.max(...world.running)).toBe(50);
  });

  it('end where so many have failed: what waits is given up, what runs goes on', async () => {
    world = await openQueueWorld(200);
    const { batch } = await world.start({ stopAfterFailures: 3 });
    await world.pass(32);
    await world.fail('web004');
    await world.fail('web002');
    await world.pass(32);
    expect(await world.inState('armed')).toHaveLength(50);
    await world.fail('web003');
    await world.pass(2);
    const reason = `batch ${batch} stopped: 3 installs of it failed (web002, web003, web004)`;
    const progress = await world.run.installQueue.lists.batch(batch ?? '', ADA);
    expect(progress).toMatchObject({
      stopped: { reason },
      isOver: false,
      counts: { armed: 49, failed: 3, cancelled: 148 },
    });
    expect(progress.items[199]).toMatchObject({ state: 'cancelled', reason, position: null });
    expect(await world.queued()).toEqual([]);
    for (const name of await world.inState('armed')) await world.finish(name);
    expect(await world.run.installQueue.lists.batch(batch ?? '', ADA)).toMatchObject({ isOver: true });
  });
});

describe('the queue', () => {
  it('is reordered, and a place that is moved away from is given to the next', async () => {
    world = await openQueueWorld(6, { limits: { maxConcurrentInstalls: 2, jitterMs: 0 } });
    await world.start();
    await world.pass(1);
    expect(await world.queued()).toEqual(names(3, 6));
    expect(await move('web006', 'first')).toMatchObject({ position: 1 });
    expect(await move('web003', 'last')).toMatchObject({ position: 4 });
    expect(await move('web004', 3)).toMatchObject({ position: 3 });
    expect(await world.queued()).toEqual(['web006', 'web005', 'web004', 'web003']);
    await world.finish('web001');
    await world.pass(1);
    expect(await world.inState('armed')).toEqual(['web002', 'web006']);
    await expect(move('web005', 4)).rejects.toMatchObject({ code: 'invalid' });
    await expect(move('web006', 1)).rejects.toMatchObject({ code: 'wrong-state' });
    await expect(move('nobody', 1)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('takes back a time that was decided when its install is moved away', async () => {
    world = await openQueueWorld(4, { limits: { maxConcurrentInstalls: 2, jitterMs: 30_000 } });
    await world.start();
    await world.pass(1);
    await move('web002', 'last');
    await world.pass(31);
    expect(await world.inState('armed')).toEqual(['web001', 'web003']);
    expect(await world.queued()).toEqual(['web004', 'web002']);
  });

  it('takes in who is asked for alone, where no place is free or somebody waits', async () => {
    world = await openQueueWorld(5, { limits: { maxConcurrentInstalls: 2, jitterMs: 0 } });
    expect(await world.arm('web001')).toMatchObject({ state: 'armed', position: null });
    expect(await world.arm('web002')).toMatchObject({ state: 'armed' });
    expect(await world.arm('web003')).toMatchObject({ state: 'queued', position: 1, batch: null });
    expect(await world.arm('web004')).toMatchObject({ state: 'queued', position: 2 });
    await world.finish('web001');
    expect(await world.arm('web005')).toMatchObject({ state: 'queued', position: 3 });
    await world.pass(1);
    expect(await world.inState('armed')).toEqual(['web002', 'web003']);
    expect(await world.queued()).toEqual(['web004', 'web005']);
  });

  it('does not count machines that somebody else switches on, nor let them wait', async () => {
    world = await openQueueWorld(3, { limits: { maxConcurrentInstalls: 1, jitterMs: 0 } });
    await world.arm('web001');
    world.run.edges.powerUps.prepare = async () => null;
    expect(await world.arm('web002')).toMatchObject({ state: 'armed' });
    const { items } = await world.start({ role: undefined, systems: ['web003'] });
    expect(items).toMatchObject([{ system: 'web003', outcome: 'armed' }]);
    expect(world.running.length + (await world.store.read.queue.count()).running).toBe(1);
  });

  it('tells how it stands, and why somebody waits', async () => {
    world = await openQueueWorld(3, { limits: { maxConcurrentInstalls: 1, jitterMs: 0 } });
    await world.start();
    await world.pass(1);
    expect(await world.run.installQueue.queue.view(ADA)).toMatchObject({
      maxConcurrentInstalls: 1,
      jitterSeconds: 0,
      running: 1,
      items: [
        {
          install: { system: 'web002', position: 1 },
          beginsAt: null,
          reason: '1 of at most 1 installs are under way',
        },
        { install: { system: 'web003', position: 2 } },
      ],
    });
  });
});
