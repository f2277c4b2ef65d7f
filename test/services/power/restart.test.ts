import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Job } from '../../../src/domain/power/job.ts';
import { POWER_ACTIONS, type PowerAction } from '../../../src/domain/power/power.ts';
import { type PowerService, powerService } from '../../../src/services/power/power-service.ts';
import type { Store } from '../../../src/store/interfaces/store.ts';
import { FakeBmcs } from '../../support/fake-bmcs.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { must } from '../../support/must.ts';
import { noConsoleLog } from '../../support/no-console-log.ts';
import { POWER_LIMITS } from '../../support/power-limits.ts';
import { openPowerWorld } from '../../support/power-world.ts';
import type { ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openPowerWorld(1);
});
afterEach(() => world.dispose());

/** The moments of a service's life after which it may be gone: each thing that it writes, and each that it asks a BMC. */
class Moments {
  passed: string[] = [];
  readonly #last: number;

  constructor(last: number) {
    this.#last = last;
  }

  /** Never returns once the service is gone: what it was about to do is not done. */
  async pass(what: string): Promise<void> {
    this.passed.push(what);
    if (this.passed.length > this.#last) await new Promise(() => {});
  }

  get isOver(): boolean {
    return this.passed.length > this.#last;
  }
}

/** One life of the service on the same database and the same BMC. */
function live(bmcs: FakeBmcs, moments: Moments, nowMs: number): { power: PowerService; clock: FakeClock } {
  const clock = new FakeClock(nowMs);
  const bmc = bmcs.at('10.50.0.1');
  bmc.before = (what) => moments.pass(`asks: ${what}`);
  bmc.after = (what) => moments.pass(`did: ${what}`);
  const store: Store = {
    ...world.store,
    async transaction(work) {
      await moments.pass('writes');
      const result = await world.store.transaction(work);
      await moments.pass('wrote');
      return result;
    },
  };
  const power = powerService({
    openConsoleLog: noConsoleLog,
    deps: { ...world.deps, store },
    events: world.services.events,
    drivers: { ipmi: bmcs.driver },
    clock,
    limits: POWER_LIMITS,
    onError: (error) => {
      throw error;
    },
  });
  return { power, clock };
}

interface Story {
  readonly job: Job;
  readonly orders: readonly PowerAction[];
  readonly state: 'on' | 'off';
  /** Where the first life ended, or undefined where it did not. */
  readonly diedAfter: string | undefined;
}

/** Asks for an action, ends the service after so many moments, and lets the next one go on to the end. */
async function dieAfter(
  count: number,
  action: PowerAction,
  meanwhile: (bmc: ReturnType<FakeBmcs['at']>) => void = () => {},
): Promise<Story> {
  const bmcs = new FakeBmcs();
  const bmc = bmcs.at('10.50.0.1');
  bmc.state = action === 'on' ? 'off' : 'on';
  const { system } = must(await world.store.read.systems.find('web001'), 'the system');
  const write = {
    batch: 'b',
    systemId: system.id,
    action,
    requestedBy: 'ada',
    startAt: 0,
    timeoutSeconds: 300,
    message: '',
  };
  const { job: asked } = await world.store.transaction((tx) => tx.jobs.add(write, 1_000_000));
  const dying = new Moments(count);
  const first = live(bmcs, dying, 1_000_000);
  await first.power.jobs.resume();
  await first.clock.advance(700_000);
  const diedAfter = dying.isOver ? dying.passed.at(-1) : undefined;
  meanwhile(bmc);
  const next = live(bmcs, new Moments(Number.POSITIVE_INFINITY), first.clock.nowMs);
  await next.power.jobs.resume();
  await next.clock.advance(1_400_000);
  const { job } = must(await world.store.read.jobs.find(asked.id), 'the job');
  await next.power.stop();
  return { job, orders: bmc.orders, state: bmc.state, diedAfter };
}

const count = (orders: readonly PowerAction[], order: PowerAction) =>
  orders.filter((one) => one === order).length;

it.each(POWER_ACTIONS)(
  '%s goes on after a death at any moment, and switches nothing twice',
  async (action) => {
    const deaths: string[] = [];
    for (let moments = 0; ; moments += 1) {
      const { job, orders, state, diedAfter } = await dieAfter(moments, action);
      if (diedAfter !== undefined) deaths.push(diedAfter);
      const told = `${action}, ${diedAfter} (${moments}): ${orders.join(' ')} ${job.state} ${job.message}`;
      expect(`${told}: ${['done', 'failed'].includes(job.state)}`).toBe(`${told}: true`);
      // Power was taken once at most, by whatever order.
      expect(`${told}: ${count(orders, 'off') + count(orders, 'soft') + count(orders, 'reset') <= 1}`).toBe(
        `${told}: true`,
      );
      if (job.state === 'done')
        expect(`${told}: ${state}`).toBe(`${told}: ${['off', 'soft'].includes(action) ? 'off' : 'on'}`);
      // An order of which nobody knows; for `soft` that is known when the time is over.
      else
        expect(`${told}: ${job.failure}`).toBe(`${told}: ${action === 'soft' ? 'timeout' : 'interrupted'}`);
      if (diedAfter === undefined) break;
    }
    // The test has been where it matters: before and after each order, and around its writing.
    const order = action === 'cycle' ? 'off' : action;
    expect(deaths).toEqual(
      expect.arrayContaining([`asks: ${order}`, `did: ${order}`, 'writes', 'wrote', 'asks: state']),
    );
    if (action === 'cycle') expect(deaths).toEqual(expect.arrayContaining(['asks: on', 'did: on']));
  },
  120_000,
);

it('a cycle goes on to the end wherever the machine was seen to be off', async () => {
  for (let moments = 0; ; moments += 1) {
    const { job, orders, diedAfter } = await dieAfter(moments, 'cycle');
    if (diedAfter === undefined) break;
    // The one moment in doubt: the order is on record and was not given, and the machine is on.
    if (orders.length > 0)
      expect(`${diedAfter}: ${job.state} ${orders.join(' ')}`).toBe(`${diedAfter}: done off on`);
  }
}, 120_000);

it('a cycle is not begun anew for a machine that somebody else has switched on meanwhile', async () => {
  for (let moments = 0; ; moments += 1) {
    const story = await dieAfter(moments, 'cycle', (bmc) => {
      bmc.state = 'on';
    });
    expect(count(story.orders, 'off')).toBeLessThanOrEqual(1);
    if (story.diedAfter === undefined) break;
  }
}, 120_000);

it('a job goes on after a failure of our own side, such as a disk that was full for a while', async () => {
  const bmcs = new FakeBmcs();
  bmcs.at('10.50.0.1').state = 'on';
  const logged: unknown[] = [];
  let isFull = true;
  const store: Store = {
    ...world.store,
    transaction: (work) => (isFull ? Promise.reject(new Error('disk full')) : world.store.transaction(work)),
  };
  const clock = new FakeClock(1_000_000);
  const power = powerService({
    openConsoleLog: noConsoleLog,
    deps: { ...world.deps, store },
    events: world.services.events,
    drivers: { ipmi: bmcs.driver },
    clock,
    limits: POWER_LIMITS,
    onError: (error) => logged.push(error),
  });
  const { system } = must(await world.store.read.systems.find('web001'), 'the system');
  const write = {
    batch: 'b',
    systemId: system.id,
    action: 'cycle' as const,
    requestedBy: 'ada',
    startAt: 0,
    timeoutSeconds: 300,
    message: '',
  };
  await world.store.transaction((tx) => tx.jobs.add(write, 1_000_000));
  await power.jobs.resume();
  await clock.advance(100_000);
  expect(bmcs.at('10.50.0.1').orders).toEqual([]);
  expect(String(logged[0])).toContain('disk full');
  isFull = false;
  await clock.advance(100_000);
  expect(bmcs.at('10.50.0.1').orders).toEqual(['off', 'on']);
  await power.stop();
});
