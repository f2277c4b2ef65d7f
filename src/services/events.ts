import type { BootEvent, NewBootEvent } from '../domain/boot-event.ts';
import { DomainError, notFound } from '../domain/errors.ts';
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

/**
 * `onLost` hears of events that could not be written, `onEvent` of every one before it is written: what the disk
 * loses has been told then. Neither may throw.
 */
export function eventService(
  { store, now }: Deps,
  onLost: (error: unknown, count: number) => void,
  onEvent: (event: NewBootEvent) => void = () => {},
): EventService {
  type Dated = NewBootEvent & { atMs: number };
  const write = (events: readonly Dated[]) => store.transaction((tx) => tx.events.addMany(events));
  const commit = createGroupCommit<Dated, 'written' | 'pointless'>(async (events) => {
    try {
      await write(events);
      return events.map(() => 'written' as const);
    } catch (error) {
      if (!isOfRemoved(error)) throw error;
    }
    // A system was removed in between. Its events have no place any more; those of its neighbours do.
    const results: ('written' | 'pointless')[] = [];
    for (const event of events) results.push(await writeAlone(() => write([event])));
    return results;
  });
  const pending = new Set<Promise<unknown>>();
  return {
    record(event) {
      onEvent(event);
      if (pending.size >= MAX_WAITING)
        return onLost(new Error('too many events are waiting for the disk'), 1);
      const written: Promise<unknown> = commit
        .add({ ...event, atMs: now() })
        .catch((error) => onLost(error, 1))
        .finally(() => pending.delete(written));
      pending.add(written);
    },
    async flush() {
      // What is recorded meanwhile is not waited for: in a storm that would never end.
      await Promise.all([...pending]);
    },
    async timeline(name, afterId, limit) {
      const found = await store.read.systems.find(name);
      if (found === undefined) throw notFound('system', name);
      return store.read.events.listForSystem(found.system.id, afterId, limit);
    },
    prune: () => store.transaction((tx) => tx.events.prune(EVENTS_KEPT)),
  };
}

/** Foreign keys: the system or the install of an event is not there any more. */
function isOfRemoved(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'in-use';
}

async function writeAlone(write: () => Promise<void>): Promise<'written' | 'pointless'> {
  try {
    await write();
    return 'written';
  } catch (error) {
    if (isOfRemoved(error)) return 'pointless';
    throw error;
  }
}
