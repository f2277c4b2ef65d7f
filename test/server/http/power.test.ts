import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BmcFailure } from '../../../src/domain/power/bmc-error.ts';
import { failure } from '../../support/fake-bmcs.ts';
import { settle } from '../../support/fake-clock.ts';
import { bmcOf, jobOf, openPowerWorld, order } from '../../support/power-world.ts';
import type { ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openPowerWorld(3);
});
afterEach(() => world.dispose());

const advance = (seconds: number) => world.powerClock.advance(seconds * 1000);
const show = async () => (await world.call('GET', '/api/v1/systems/web001')).body as { power: unknown };

async function timeline(): Promise<string[]> {
  const { body } = await world.call('GET', '/api/v1/systems/web001/timeline');
  return (body as { items: { stage: string; message: string }[] }).items.map(
    (one) => `${one.stage}: ${one.message}`,
  );
}

describe('an order', () => {
  it('is a job, carried out, verified, and told on the timeline and the trail', async () => {
    const receipt = await order(world, { action: 'on', systems: ['web001'] });
    expect(receipt).toMatchObject({
      items: [{ system: 'web001', joined: false, refused: null }],
      skipped: [],
    });
    expect(receipt.items[0]?.job).toMatchObject({ state: 'waiting', action: 'on', requestedBy: 'local' });
    await advance(10);
    expect(await jobOf(world)).toMatchObject({ state: 'done', failure: null, message: 'is on' });
    expect(bmcOf(world, 1).orders).toEqual(['on']);
    expect((await show()).power).toMatchObject({ state: 'on', lastKnown: null });
    expect(await timeline()).toEqual([
      'power: on by local: asked for',
      'power: on by local: told to switch on',
      'power: on by local: is on',
    ]);
  });

  it('whose end is reached already does nothing, and succeeds', async () => {
    bmcOf(world, 1).state = 'on';
    await order(world, { action: 'on', systems: ['web001'] });
    await advance(1);
    expect(await jobOf(world)).toMatchObject({ state: 'done', message: 'is on already' });
    expect(bmcOf(world, 1).orders).toEqual([]);
  });

  it('to switch off waits until the machine is off, however long that takes', async () => {
    const bmc = bmcOf(world, 1);
    Object.assign(bmc, { state: 'on', isLazy: true });
    await order(world, { action: 'off', systems: ['web001'] });
    await advance(100);
    expect(await jobOf(world)).toMatchObject({ state: 'running', step: 'awaiting-off' });
    // Five seconds and more between two questions.
    expect(bmc.sessions).toBeLessThan(22);
    bmc.state = 'off';
    await advance(6);
    expect(await jobOf(world)).toMatchObject({ state: 'done', message: 'is off' });
    expect(bmc.orders).toEqual(['off']);
  });

  it('fails where the machine is not there in time', async () => {
    Object.assign(bmcOf(world, 1), { state: 'on', isLazy: true });
    await order(world, { action: 'off', systems: ['web001'], timeoutSeconds: 60 });
    await advance(70);
    expect(await jobOf(world)).toMatchObject({ state: 'failed', failure: 'timeout' });
  });

  it('to cycle switches off, and on when it is off', async () => {
    const bmc = bmcOf(world, 1);
    bmc.state = 'on';
    await order(world, { action: 'cycle', systems: ['web001'] });
    await advance(20);
    expect(await jobOf(world)).toMatchObject({ state: 'done' });
    expect(bmc.orders).toEqual(['off', 'on']);
  });

  it('is joined by who asks for the same, and in the way of who asks for another', async () => {
    bmcOf(world, 1).failures.push(failure('unreachable'), failure('unreachable'));
    const first = await order(world, { action: 'cycle', systems: ['web001'] });
    const second = await order(world, { action: 'cycle', systems: ['web001'] });
    expect(second.items[0]).toMatchObject({ joined: true, job: { id: first.items[0]?.job?.id } });
    const other = await order(world, { action: 'off', systems: ['web001'] });
    expect(other.items[0]).toMatchObject({
      job: null,
      refused: { code: 'wrong-state', hint: expect.stringContaining('power cancel') },
    });
  });

  it('names what it cannot be for', async () => {
    await world.call('PATCH', '/api/v1/systems/web003', { bmc: null });
    const receipt = await order(world, { action: 'on', systems: ['web002', 'nothing', 'web003'] });
    expect(receipt.items.map(({ system, refused }) => [system, refused?.code])).toEqual([
      ['web002', undefined],
      ['nothing', 'not-found'],
      ['web003', 'no-power-control'],
    ]);
    expect(await order(world, { action: 'on', all: true, dryRun: true })).toMatchObject({
      items: [
        { system: 'web001', job: null },
        { system: 'web002', job: null },
      ],
      skipped: ['web003'],
    });
  });

  it('for many begins one after another where that is asked for', async () => {
    await order(world, { action: 'on', all: true, staggerSeconds: 10 });
    const on = () => [1, 2, 3].filter((number) => bmcOf(world, number).state === 'on');
    await advance(9);
    expect(on()).toEqual([1]);
    await advance(1);
    expect(on()).toEqual([1, 2]);
    await advance(10);
    expect(on()).toEqual([1, 2, 3]);
  });
});

describe('a failure', () => {
  it.each<BmcFailure>(['unreachable', 'timeout', 'busy', 'malformed', 'out-of-sessions'])(
    '%s is tried again in a session of its own',
    async (kind) => {
      const bmc = bmcOf(world, 1);
      bmc.failures.push(failure(kind), failure(kind), failure(kind));
      await order(world, { action: 'on', systems: ['web001'] });
      await advance(600);
      expect(await jobOf(world)).toMatchObject({ state: 'done' });
      expect(bmc).toMatchObject({ orders: ['on'], most: 1 });
    },
  );

  it.each<BmcFailure>(['wrong-credentials', 'privilege', 'no-cipher', 'certificate', 'unsupported'])(
    '%s is told at once, after one session',
    async (kind) => {
      bmcOf(world, 1).failures.push(failure(kind, 'why'));
      await order(world, { action: 'on', systems: ['web001'] });
      await advance(1);
      expect(await jobOf(world)).toMatchObject({
        state: 'failed',
        failure: kind,
        message: expect.stringContaining('why'),
      });
      expect(bmcOf(world, 1)).toMatchObject({ sessions: 1, orders: [] });
      expect((await show()).power).toMatchObject({
        state: 'unknown',
        reason: expect.stringContaining('why'),
      });
    },
  );

  it('that stays is told after a few tries', async () => {
    bmcOf(world, 1).before = () => Promise.reject(failure('unreachable'));
    await order(world, { action: 'on', systems: ['web001'] });
    await advance(120);
    expect(await jobOf(world)).toMatchObject({ state: 'failed', failure: 'unreachable' });
    expect(bmcOf(world, 1).sessions).toBe(4);
  });

  it('of one BMC holds up nobody else', async () => {
    bmcOf(world, 1).before = () => new Promise(() => {});
    await order(world, { action: 'on', all: true });
    await advance(10);
    expect(await jobOf(world, 'web002')).toMatchObject({ state: 'done' });
    expect(await jobOf(world, 'web003')).toMatchObject({ state: 'done' });
  });

  it('of a driver that throws what it should not is logged, and told as a failure', async () => {
    bmcOf(world, 1).before = () => Promise.reject(new TypeError('undefined is not a BMC'));
    await order(world, { action: 'on', systems: ['web001'] });
    await advance(120);
    expect(await jobOf(world)).toMatchObject({ state: 'failed', failure: 'malformed' });
    expect(world.logged.join()).toContain('undefined is not a BMC');
  });
});

describe('a cancelled job', () => {
  it('does nothing more, says how far it was, and cannot be cancelled twice', async () => {
    Object.assign(bmcOf(world, 1), { state: 'on', isLazy: true });
    await order(world, { action: 'cycle', systems: ['web001'] });
    await advance(10);
    const { id } = await jobOf(world);
    const cancel = () => world.call('POST', `/api/v1/jobs/${id}/cancel`);
    expect(await cancel()).toMatchObject({
      status: 200,
      body: { state: 'cancelled', message: expect.stringContaining('told to switch off') },
    });
    bmcOf(world, 1).state = 'off';
    await advance(600);
    expect(bmcOf(world, 1).orders).toEqual(['off']);
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    expect(await world.call('POST', '/api/v1/jobs/999/cancel')).toMatchObject({ status: 404 });
  });

  it('of a removed system is gone', async () => {
    Object.assign(bmcOf(world, 1), { state: 'on', isLazy: true });
    await order(world, { action: 'cycle', systems: ['web001'] });
    await advance(3);
    await world.call('DELETE', '/api/v1/systems/web001');
    bmcOf(world, 1).state = 'off';
    await advance(600);
    expect(bmcOf(world, 1).orders).toEqual(['off']);
  });
});

describe('status', () => {
  const status = (body: object) => world.call('POST', '/api/v1/power/status', body);

  it('is asked of every BMC at once, and remembered with its time', async () => {
    bmcOf(world, 2).state = 'on';
    bmcOf(world, 3).failures.push(failure('wrong-credentials'));
    const { body } = await status({ all: true });
    expect(body).toMatchObject({
      items: [
        { system: 'web001', state: 'off', failure: null },
        { system: 'web002', state: 'on', failure: null },
        {
          system: 'web003',
          state: 'unknown',
          failure: 'wrong-credentials',
          hint: expect.stringContaining('system edit web003'),
        },
      ],
    });
    await world.services.power.states.flush();
    expect((await show()).power).toEqual({
      state: 'off',
      checkedAt: '2026-11-22T09:00:00.000Z',
      reason: 'status',
      lastKnown: null,
    });
  });

  it('asks once for several who ask at the same moment', async () => {
    let answer = (): void => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    bmcOf(world, 1).before = () => asked;
    const all = Promise.all([
      status({ systems: ['web001'] }),
      status({ systems: ['web001'] }),
      world.call('GET', '/api/v1/systems/web001/power'),
    ]);
    await settle();
    answer();
    await all;
    expect(bmcOf(world, 1).sessions).toBe(1);
  });

  it('is forgotten when the BMC is another one', async () => {
    await world.call('GET', '/api/v1/systems/web001/power');
    await world.services.power.states.flush();
    await world.call('PATCH', '/api/v1/systems/web001', { bmc: { address: '10.50.0.77', password: null } });
    expect((await show()).power).toBeNull();
  });

  it.each([
    ['nothing', 404, 'not-found'],
    ['web003', 409, 'wrong-state'],
  ])('of %s is refused: %d', async (name, code, text) => {
    await world.call('PATCH', '/api/v1/systems/web003', { bmc: null });
    expect(await world.call('GET', `/api/v1/systems/${name}/power`)).toMatchObject({
      status: code,
      body: { code: text },
    });
  });
});
