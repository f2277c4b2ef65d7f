import type { BootEvent, NewBootEvent } from '../domain/boot-event.ts';
import { notFound } from '../domain/errors.ts';
import { createGroupCommit } from '../store/group-commit.ts';
import type { Deps } from './deps.ts';

/** Writes boot events and reads timelines. */
export interface EventService {
  /** Takes an event at once and writes it with its neighbours; never throws into the packet path. */
  record(event: NewBootEvent): void;
  /** Resolves when everything recorded so far is written. */
  flush(): Promise<void>;
  timeline(system: string, afterId: number, limit: number): Promise<BootEvent[]>;
  prune(): Promise<number>;
}

/** Newest events kept of every machine: some hundred boots. */
const EVENTS_KEPT = 2000;
/** Events waiting for the disk; more means that it stands still, and then packets matter more than their story. */
const MAX_WAITING = 20_000;

/** `onLost` hears of events that could not be written. */
export function eventService(
  { store, now }: Deps,
  onLost: (error: unknown, count: number) => void,
): EventService {
  type Dated = NewBootEvent & { atMs: number };
  const commit = createGroupCommit<Dated, true>(async (events) => {
    await store.transaction((tx) => tx.events.addMany(events));
    return events.map(() => true);
  });
  let pending = new Set<Promise<unknown>>();
  return {
    record(event) {
      if (pending.size >= MAX_WAITING)
        return onLost(new Error('too many events are waiting for the disk'), 1);
      const written: Promise<unknown> = commit
        .add({ ...event, atMs: now() })
        .catch((error) => onLost(error, 1))
        .finally(() => pending.delete(written));
      pending.add(written);
    },
    async flush() {
      while (pending.size > 0) await Promise.all(pending);
      pending = new Set();
    },
    async timeline(name, afterId, limit) {
      const found = await store.read.systems.find(name);
      if (found === undefined) throw notFound('system', name);
      return store.read.events.listForSystem(found.system.id, afterId, limit);
    },
    prune: () => store.transaction((tx) => tx.events.prune(EVENTS_KEPT)),
  };
}
