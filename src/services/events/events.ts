import type { BootEvent, NewBootEvent } from '../../domain/boot/boot-event.ts';
import { DomainError, notFound } from '../../domain/errors.ts';
import type { Deps } from '../deps.ts';

/** Writes boot events and reads timelines. */
export interface EventService {
  /** Takes an event at once and writes it a little later with its neighbours; never throws into the packet path. */
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
/** Events of one transaction: about a millisecond, for which no packet is answered. */
const BATCH = 50;
/** Between two of them, so that a storm gets most of the time; of what waits, each takes at least this part. */
const PAUSE_MS = 5;
const PART = 1 / 40;
/** What is told of a few machines is written soon, so that little of it is lost with the process. */
const SOON_MS = 50;
/** A storm is not slowed down by what is told of it: where more than a batch came within that time, it is written after so long. */
const LATER_MS = 1_000;

type Dated = NewBootEvent & { readonly atMs: number };

/**
 * `onLost` hears of events that could not be written, `onEvent` of every one before it is written: what the disk
 * loses has been told then. Neither may throw.
 */
export function eventService(
  { store, now }: Deps,
  onLost: (error: unknown, count: number) => void,
  onEvent: (event: NewBootEvent) => void = () => {},
): EventService {
  const queue: Dated[] = [];
  const writeBatch = async (batch: readonly Dated[]): Promise<void> => {
    try {
      await store.addEvents(batch);
    } catch (error) {
      if (!isOfRemoved(error)) return onLost(error, batch.length);
      if (batch.length === 1) return;
      // A system was removed in between. Its events have no place any more; those of its neighbours do.
      for (const event of batch) await writeBatch([event]);
    }
  };
  let recorded = 0;
  let written = 0;
  let writing: Promise<void> | undefined;
  const writeNext = (): Promise<void> => {
    writing ??= (async () => {
      const batch = queue.splice(0, Math.max(BATCH, Math.ceil(queue.length * PART)));
      await writeBatch(batch);
      written += batch.length;
      writing = undefined;
    })();
    return writing;
  };
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (queue.length <= BATCH) void drain();
    else timer = setTimeout(drain, LATER_MS - SOON_MS).unref();
  };
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      await writeNext();
      await new Promise<void>((resolve) => setTimeout(resolve, PAUSE_MS).unref());
    }
    timer = undefined;
  };
  return {
    record(event) {
      onEvent(event);
      if (queue.length >= MAX_WAITING)
        return onLost(new Error('too many events are waiting for the disk'), 1);
      queue.push({ ...event, atMs: now() });
      recorded += 1;
      if (timer === undefined) timer = setTimeout(look, SOON_MS).unref();
    },
    async flush() {
      // What is recorded meanwhile is not waited for: in a storm that would never end.
      const wanted = recorded;
      while (written < wanted) await writeNext();
    },
    async timeline(name, afterId, limit) {
      await this.flush();
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
