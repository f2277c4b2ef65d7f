import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BootEvent, NewBootEvent } from '../../../src/domain/boot/boot-event.ts';
import {
  eventFeed,
  type FeedSink,
  type FeedWish,
  MAX_FEEDS_OF_ACTOR,
} from '../../../src/services/events/event-feed.ts';
import { ADA } from '../../support/actors.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
let systemId: number;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  systemId = (await world.store.read.systems.find('web001'))?.system.id ?? 0;
});
afterEach(() => world.dispose());

const eventOf = (message: string, change: Partial<NewBootEvent> = {}) => ({
  ...({ systemId, mac: null, installId: null, stage: 'tftp', outcome: 'ok', data: {} } as const),
  message,
  atMs: world.nowMs,
  ...change,
});
const write = (...events: ReturnType<typeof eventOf>[]) => world.store.addEvents(events);

/** Somebody who reads, and may stop to. */
class Reader implements FeedSink {
  readonly seen: BootEvent[] = [];
  isOver = false;
  /** Resolves `send`; undefined: there is always room. */
  room: Promise<boolean> | undefined;

  async send(events: readonly BootEvent[]): Promise<boolean> {
    this.seen.push(...events);
    return this.room ?? true;
  }

  end(): void {
    this.isOver = true;
  }

  get messages(): string[] {
    return this.seen.map(({ message }) => message);
  }
}

const follow = async (wish: FeedWish, feed = world.services.feed, reader = new Reader()) => {
  const opened = await feed.open(wish, reader, ADA);
  opened.start();
  return { reader, opened };
};

describe('a feed of events', () => {
  it('tells what comes from now on; with a place, what came since', async () => {
    await write(eventOf('one'), eventOf('two'));
    const now = await follow({});
    const all = await follow({ after: 0 });
    const second = await follow({ after: all.opened.upTo + 1 });
    await write(eventOf('three'));
    await world.services.feed.tick();
    await expect.poll(() => now.reader.messages).toEqual(['three']);
    await expect.poll(() => all.reader.messages).toEqual(['one', 'two', 'three']);
    await expect.poll(() => second.reader.messages).toEqual(['two', 'three']);
  });

  it('tells of one system, or of stages; its place moves past what was not asked for', async () => {
    const stages = await follow({ stages: ['kernel', 'initrd'] });
    const one = await follow({ system: 'web001' });
    await write(
      eventOf('one'),
      eventOf('stranger', { systemId: null, stage: 'kernel' }),
      eventOf('last', { stage: 'state' as never }),
    );
    await world.services.feed.tick();
    await expect.poll(() => stages.reader.messages).toEqual(['stranger']);
    await expect.poll(() => one.reader.messages).toEqual(['one', 'last']);
    const latest = await world.store.read.events.latestId();
    await expect.poll(() => stages.opened.upTo).toBe(latest);
  });

  it('gives thousands in pages, each once and in order', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => eventOf(`event ${index}`));
    await write(...many);
    const { reader } = await follow({ after: 0 });
    await expect.poll(() => reader.messages).toEqual(many.map(({ message }) => message));
  });

  it('keeps no more than a page for a reader that is slow, and drops one that has had no room', async () => {
    await write(...Array.from({ length: 900 }, (_, index) => eventOf(`event ${index}`)));
    const reader = new Reader();
    let giveUp = (_isRoom: boolean): void => {};
    reader.room = new Promise((resolve) => {
      giveUp = resolve;
    });
    const fast = new Reader();
    await follow({ after: 0 }, world.services.feed, reader);
    await follow({ after: 0 }, world.services.feed, fast);
    await expect.poll(() => fast.seen.length).toBe(900);
    expect(reader.seen).toHaveLength(200);
    giveUp(false);
    await write(eventOf('more'));
    await world.services.feed.tick();
    await expect.poll(() => fast.seen.length).toBe(901);
    expect(reader.seen).toHaveLength(200);
  });

  it('a place of another database (a backup was restored) is the end of this one', async () => {
    await write(eventOf('one'));
    const { reader } = await follow({ after: 1_000_000 });
    await write(eventOf('two'));
    await world.services.feed.tick();
    await expect.poll(() => reader.messages).toEqual(['two']);
  });

  it('is refused for a system that is not there, and where too many are open', async () => {
    await expect(follow({ system: 'nobody' })).rejects.toMatchObject({ code: 'not-found' });
    const open = [];
    for (let count = 0; count < MAX_FEEDS_OF_ACTOR; count++) open.push(await follow({}));
    await expect(follow({})).rejects.toMatchObject({ code: 'too-many' });
    open[0]?.opened.close();
    await follow({});
  });

  it('ends when the service stops, and when the database fails', async () => {
    const errors: unknown[] = [];
    const feed = eventFeed(world.deps, (error) => errors.push(error));
    const { reader } = await follow({}, feed);
    const { events } = world.store.read;
    const list = events.list;
    events.list = () => Promise.reject(new Error('disk'));
    await write(eventOf('one'));
    await feed.tick();
    await expect.poll(() => [reader.isOver, errors.length]).toEqual([true, 1]);
    events.list = list;
    const other = await follow({}, feed);
    feed.stop();
    expect(other.reader.isOver).toBe(true);
    await expect(follow({}, feed)).rejects.toMatchObject({ code: 'too-many' });
  });
});
