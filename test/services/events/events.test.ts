import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewBootEvent } from '../../../src/domain/boot/boot-event.ts';
import type { Deps } from '../../../src/services/deps.ts';
import { eventService } from '../../../src/services/events/events.ts';
import { type EmptyStore, openEmptyStore } from '../../support/empty-store.ts';
import { addCatalogue, NOW_MS, systemWrite } from '../../support/store-records.ts';

const EVENT: NewBootEvent = {
  systemId: null,
  mac: '52:54:00:12:34:56',
  installId: null,
  stage: 'dhcp-discover',
  outcome: 'ok',
  message: 'asks for an address',
  data: {},
};

describe('what is recorded', () => {
  let empty: EmptyStore;
  let told: NewBootEvent[];
  let lost: unknown[];
  beforeEach(async () => {
    empty = await openEmptyStore();
    told = [];
    lost = [];
  });
  afterEach(() => empty.dispose());

  function service(store: Deps['store'] = empty.store) {
    const deps: Deps = {
      store,
      now: () => NOW_MS,
      randomBytes: (length) => Buffer.alloc(length),
      secrets: { seal: (plain) => plain, open: (sealed) => sealed },
    };
    return eventService(
      deps,
      (error) => lost.push(error),
      (event) => told.push(event),
    );
  }

  it('is told at once, in order, each once', async () => {
    const events = service();
    const other = { ...EVENT, stage: 'dhcp-offer', outcome: 'warning' } as const;
    events.record(EVENT);
    events.record(other);
    expect(told).toEqual([EVENT, other]);
    await events.flush();
    expect(told).toHaveLength(2);
    expect(lost).toEqual([]);
  });

  it('is told also where the disk loses it', async () => {
    const full = new Error('database or disk is full');
    const events = service({ ...empty.store, addEvents: () => Promise.reject(full) });
    events.record(EVENT);
    await events.flush();
    expect(told).toEqual([EVENT]);
    expect(lost).toEqual([full]);
  });

  it('is written without the events of a system that was removed meanwhile', async () => {
    const events = service();
    events.record({ ...EVENT, systemId: 7 });
    events.record({ ...EVENT, message: 'of a stranger' });
    await events.flush();
    expect(lost).toEqual([]);
    expect(await empty.store.transaction((tx) => tx.events.prune(0))).toBe(1);
  });

  describe('in time', () => {
    beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
    afterEach(() => vi.useRealTimers());

    const recorded = (count: number) => {
      const written: number[] = [];
      const addEvents = async (batch: readonly unknown[]) => void written.push(batch.length);
      const events = service({ ...empty.store, addEvents });
      for (let number = 0; number < count; number += 1) events.record(EVENT);
      return written;
    };

    it('is written soon where it is little', async () => {
      const written = recorded(50);
      await vi.advanceTimersByTimeAsync(50);
      expect(written).toEqual([50]);
    });

    it('waits until the machines are served where it is a storm', async () => {
      const written = recorded(120);
      await vi.advanceTimersByTimeAsync(999);
      expect(written).toEqual([]);
      await vi.advanceTimersByTimeAsync(20);
      expect(written).toEqual([50, 50, 20]);
    });
  });

  it('is on the timeline of its machine as soon as somebody looks', async () => {
    const profileId = await addCatalogue(empty.store);
    const system = await empty.store.transaction((tx) => tx.systems.add(systemWrite(profileId, 1), NOW_MS));
    const events = service();
    const many = Array.from({ length: 450 }, (_, index) => ({
      ...EVENT,
      systemId: system.id,
      message: `${index}`,
    }));
    for (const event of many) events.record(event);
    const told = await events.timeline(system.name, 0, 1000);
    expect(told.map(({ message }) => message)).toEqual(many.map(({ message }) => message));
  });
});
