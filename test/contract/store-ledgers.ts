import { expect, it } from 'vitest';
import type { NewBootEvent } from '../../src/domain/boot/boot-event.ts';
import type { EventFilter } from '../../src/store/interfaces/event-store.ts';
import { addCatalogue, macOf, NOW_MS, systemWrite, tokenWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

function eventOf(systemId: number | null, message: string, change: Partial<NewBootEvent> = {}) {
  const event = { systemId, mac: macOf(1), installId: null, stage: 'tftp', outcome: 'ok', data: {} } as const;
  return { ...event, message, atMs: NOW_MS, ...change };
}

/** Boot events, tokens and the audit trail. */
export function ledgerCases(store: StoreOfTest): void {
  const addSystem = async (): Promise<number> => {
    const profileId = await addCatalogue(store());
    return (await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 1), NOW_MS))).id;
  };
  const messages = async (systemId: number, after = 0, limit = 100) =>
    (await store().read.events.listForSystem(systemId, after, limit)).map((event) => event.message);

  it('keeps events in the order in which they were written, whatever their time says', async () => {
    const systemId = await addSystem();
    const data = { bytes: 7, whole: true, name: 'x', none: null };
    await store().addEvents([
      eventOf(systemId, 'one', { data }),
      { ...eventOf(systemId, 'two'), atMs: NOW_MS - 5000 },
      eventOf(null, 'of a stranger'),
    ]);
    const [one, two, ...rest] = await store().read.events.listForSystem(systemId, 0, 100);
    expect(rest).toEqual([]);
    expect(one).toEqual({
      id: one?.id,
      at: '2026-11-22T09:00:00.000Z',
      system: 'web001',
      mac: macOf(1),
      installId: null,
      stage: 'tftp',
      outcome: 'ok',
      message: 'one',
      data,
    });
    expect(two?.id).toBeGreaterThan(one?.id ?? 0);
    expect(await messages(systemId, one?.id)).toEqual(['two']);
    expect(await messages(systemId, 0, 1)).toEqual(['one']);
  });

  it('lists events of all machines and of none, or those that are asked for', async () => {
    const systemId = await addSystem();
    expect(await store().read.events.latestId()).toBe(0);
    await store().addEvents([
      eventOf(systemId, 'one'),
      eventOf(null, 'of a stranger'),
      eventOf(systemId, 'two', { stage: 'kernel' }),
    ]);
    const told = async (filter: EventFilter, after = 0, limit = 100) =>
      (await store().read.events.list(filter, after, limit)).map(({ message, system }) => [message, system]);
    const all = [
      ['one', 'web001'],
      ['of a stranger', null],
      ['two', 'web001'],
    ];
    expect(await told({})).toEqual(all);
    expect(await told({}, 0, 2)).toEqual(all.slice(0, 2));
    expect(await told({ stages: ['kernel', 'initrd'] })).toEqual(all.slice(2));
    expect(await told({ systemId, stages: ['tftp'] })).toEqual(all.slice(0, 1));
    expect(await told({}, await store().read.events.latestId())).toEqual([]);
  });

  it('writes none of the events of a group that has one of a removed system', async () => {
    const systemId = await addSystem();
    const group = [eventOf(systemId, 'one'), eventOf(systemId + 1, 'of nobody')];
    await expect(store().addEvents(group)).rejects.toMatchObject({ code: 'in-use' });
    expect(await messages(systemId)).toEqual([]);
  });

  it('prunes to the newest events of every machine, and never gives an id twice', async () => {
    const systemId = await addSystem();
    const many = Array.from({ length: 30 }, (_, index) => eventOf(systemId, `event ${index}`));
    await store().addEvents([...many, eventOf(systemId, 'other', { mac: macOf(2) })]);
    expect(await store().transaction((tx) => tx.events.prune(3))).toBe(27);
    expect(await messages(systemId)).toEqual(['event 27', 'event 28', 'event 29', 'other']);
    const last = (await store().read.events.listForSystem(systemId, 0, 100)).at(-1)?.id ?? 0;
    expect(await store().transaction((tx) => tx.events.prune(0))).toBe(4);
    await store().addEvents([eventOf(systemId, 'new')]);
    expect(
      (await store().read.events.listForSystem(systemId, last, 10)).map((event) => event.message),
    ).toEqual(['new']);
  });

  it('removes the events of a system with it, and keeps those of strangers', async () => {
    const systemId = await addSystem();
    await store().addEvents([eventOf(systemId, 'one'), eventOf(null, 'stranger')]);
    await store().transaction((tx) => tx.systems.remove(systemId));
    expect(await messages(systemId)).toEqual([]);
  });

  it('finds a token by its hash, refuses a second one of that name, and counts', async () => {
    expect(await store().read.tokens.count()).toBe(0);
    await store().transaction((tx) => tx.tokens.add(tokenWrite('ada', 'hash-1'), NOW_MS));
    expect(await store().read.tokens.findByHash('hash-1')).toMatchObject({ name: 'ada', role: 'admin' });
    expect(await store().read.tokens.findByHash('hash-2')).toBeUndefined();
    const again = store().transaction((tx) => tx.tokens.add(tokenWrite('ada', 'hash-2'), NOW_MS));
    await expect(again).rejects.toMatchObject({ name: 'DomainError' });
    expect(await store().read.tokens.count()).toBe(1);
  });
}
