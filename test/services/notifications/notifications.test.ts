import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InstallState } from '../../../src/domain/install/install.ts';
import type { Delivery, DeliveryOutcome, Notice } from '../../../src/domain/notification.ts';
import { LOCAL } from '../../../src/services/deps.ts';
import { notificationService } from '../../../src/services/notifications/notifications.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

const ACCEPTED: DeliveryOutcome = { kind: 'accepted' };
const BROKEN: DeliveryOutcome = { kind: 'refused', status: 500, problem: 'it answered 500' };
const STATES: readonly InstallState[] = ['armed', 'cancelled'];

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

/** A place that keeps what it was told and answers as the test says. */
function addEndpoint(
  name: string,
  answer: () => DeliveryOutcome | Promise<DeliveryOutcome> = () => ACCEPTED,
) {
  const told: Notice[] = [];
  world.endpoints.push({
    name,
    states: STATES,
    tries: 3,
    send: async (notice) => {
      told.push(notice);
      return answer();
    },
  });
  return told;
}

const { arm, cancel, turn, deliveries } = {
  arm: () => world.call('POST', '/api/v1/systems/web001/install'),
  cancel: () => world.call('POST', '/api/v1/systems/web001/cancel'),
  /** One look at what there is to tell, and all that comes of it. */
  async turn(): Promise<void> {
    const { settled } = await world.services.notifications.tick();
    await settled;
  },
  deliveries: async (): Promise<Delivery[]> => world.services.notifications.list({}),
};

describe('notifications', () => {
  it('tell each change of state that an endpoint wants, once and in order', async () => {
    const told = addEndpoint('chat');
    await turn();
    await arm();
    await cancel();
    await turn();
    await turn();
    expect(told.map(({ type, system }) => `${type} ${system}`)).toEqual([
      'install.armed web001',
      'install.cancelled web001',
    ]);
    expect(told[1]).toMatchObject({
      at: '2026-11-22T09:00:00.000Z',
      install: { from: 'armed', state: 'cancelled', reason: 'cancelled by local' },
    });
    expect((await deliveries()).map(({ state, tries }) => [state, tries])).toEqual([
      ['delivered', 1],
      ['delivered', 1],
    ]);
  });

  it('leave out the states that an endpoint does not want, and what was before it', async () => {
    await arm();
    const told = addEndpoint('chat');
    world.endpoints.push({
      name: 'quiet',
      states: ['ready'],
      tries: 3,
      send: async () => expect.unreachable(),
    });
    await turn();
    await cancel();
    await turn();
    expect(told.map(({ type }) => type)).toEqual(['install.cancelled']);
  });

  it('are tried again with pauses, and given up in the end', async () => {
    const told = addEndpoint('chat', () => BROKEN);
    await turn();
    await arm();
    await turn();
    expect(await deliveries()).toMatchObject([
      { state: 'waiting', tries: 1, nextAt: '2026-11-22T09:00:10.000Z', problem: 'it answered 500' },
    ]);
    await turn();
    expect(told).toHaveLength(1);
    for (const pauseMs of [10_000, 30_000, 90_000]) {
      world.nowMs += pauseMs;
      await turn();
    }
    expect(told).toHaveLength(3);
    expect(await deliveries()).toMatchObject([
      { state: 'dead', tries: 3, nextAt: null, problem: 'it answered 500 (given up after 3 tries)' },
    ]);
  });

  it('that are dead can be tried again or removed', async () => {
    let answer: DeliveryOutcome = BROKEN;
    const told = addEndpoint('chat', () => answer);
    await turn();
    await arm();
    for (const pauseMs of [0, 10_000, 30_000]) {
      world.nowMs += pauseMs;
      await turn();
    }
    const { notifications } = world.services;
    answer = ACCEPTED;
    expect(await notifications.retry({ endpoint: 'chat' }, LOCAL)).toBe(1);
    await turn();
    expect(told).toHaveLength(4);
    expect(await deliveries()).toMatchObject([{ state: 'delivered', tries: 1 }]);
    await expect(notifications.discard({ id: 1 }, LOCAL)).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await notifications.discard({ all: true }, LOCAL)).toBe(0);
    await expect(notifications.retry({}, LOCAL)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('hold up no other endpoint', async () => {
    let answerLate = (_: DeliveryOutcome): void => {};
    addEndpoint('slow', () => new Promise((resolve) => (answerLate = resolve)));
    const told = addEndpoint('quick');
    await turn();
    await arm();
    await world.services.notifications.tick();
    await cancel();
    await world.services.notifications.tick();
    await expect.poll(() => told.length).toBe(2);
    answerLate(ACCEPTED);
  });

  it('for an endpoint that is gone are given up, and it begins anew when it is there again', async () => {
    addEndpoint('chat', () => BROKEN);
    await turn();
    await arm();
    await turn();
    world.endpoints.length = 0;
    await turn();
    expect(await deliveries()).toMatchObject([
      { state: 'dead', problem: 'the configuration has no endpoint of this name' },
    ]);
    await cancel();
    const told = addEndpoint('chat');
    await turn();
    await turn();
    expect(told).toEqual([]);
  });

  it('begin anew also for an endpoint that was gone with nothing waiting', async () => {
    addEndpoint('chat');
    await turn();
    world.endpoints.length = 0;
    await turn();
    await arm();
    const told = addEndpoint('chat');
    await turn();
    await turn();
    expect(told).toEqual([]);
  });

  it('that cannot be written down are told to the log, and tried again', async () => {
    const told: Notice[] = [];
    const failures: unknown[] = [];
    const failing = { isOn: false };
    const { store } = world;
    const service = notificationService(
      {
        ...world.deps,
        store: {
          ...store,
          transaction: (work) =>
            failing.isOn ? Promise.reject(new Error('the disk is full')) : store.transaction(work),
        },
      },
      {
        endpoints: () => [
          {
            name: 'chat',
            states: STATES,
            tries: 3,
            send: async (notice) => {
              told.push(notice);
              failing.isOn = told.length === 1;
              return ACCEPTED;
            },
          },
        ],
        chance: () => 0.5,
        onDead: () => {},
        onError: (error) => failures.push(error),
      },
    );
    await service.tick();
    await arm();
    await (await service.tick()).settled;
    expect(failures).toMatchObject([{ message: 'the disk is full' }]);
    failing.isOn = false;
    await (await service.tick()).settled;
    expect(told).toHaveLength(2);
    expect(await deliveries()).toMatchObject([{ state: 'delivered' }]);
    await service.stop();
  });

  it('survive the service: what was not delivered goes out after the next start', async () => {
    addEndpoint('chat', () => new Promise(() => {}));
    await turn();
    await arm();
    await world.services.notifications.tick();
    const told: Notice[] = [];
    const send = async (notice: Notice) => {
      told.push(notice);
      return ACCEPTED;
    };
    const again = notificationService(world.deps, {
      endpoints: () => [{ name: 'chat', states: STATES, tries: 3, send }],
      chance: () => 0.5,
      onDead: () => {},
      onError: () => expect.unreachable(),
    });
    await again.tick();
    await expect.poll(() => told.map(({ type }) => type)).toEqual(['install.armed']);
    await again.stop();
  });

  it('can be tested', async () => {
    const told = addEndpoint('chat');
    expect(await world.call('POST', '/api/v1/notifications/test', { endpoint: 'chat' })).toMatchObject({
      status: 200,
      body: { kind: 'accepted' },
    });
    expect(told).toMatchObject([{ id: 0, type: 'test', install: null }]);
    expect(await world.call('POST', '/api/v1/notifications/test', { endpoint: 'mail' })).toMatchObject({
      status: 404,
      body: { hint: 'there are: chat' },
    });
  });
});
