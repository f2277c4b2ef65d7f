import { isInScope } from '../../domain/access/access.ts';
import type { BootEvent, Stage } from '../../domain/boot/boot-event.ts';
import { DomainError, notFound } from '../../domain/errors.ts';
import type { EventFilter } from '../../store/interfaces/event-store.ts';
import type { Actor, Deps } from '../deps.ts';

/** What somebody wants to follow. */
export interface FeedWish {
  /** The name of one system; absent: all of them, and events that are of none. */
  readonly system?: string | undefined;
  readonly stages?: readonly Stage[] | undefined;
  /** The id of the last event that was seen; absent: only what comes from now on. */
  readonly after?: number | undefined;
}

/** Where events go. Neither may throw. */
export interface FeedSink {
  /**
   * Takes what is new; `upTo` is how far everything has been told, which is past the last event where others were not
   * asked for. Resolves when there is room for more; false: the reader is gone, or too slow.
   */
  send(events: readonly BootEvent[], upTo: number): Promise<boolean>;
  /** Nothing more will come. */
  end(): void;
}

export interface Feed {
  /** How far everything has been told: where to go on after a break. */
  readonly upTo: number;
  /** From now on the sink is told; nothing before. */
  start(): void;
  close(): void;
}

/** Tells events as they are committed: each once, none left out, in the order of their ids. */
export interface EventFeed {
  /** Throws DomainError `not-found`, or `too-many` where so many feeds are open already. */
  open(wish: FeedWish, sink: FeedSink, actor: Actor): Promise<Feed>;
  /** Looks whether there is anything new, about twice a second; nothing is asked of the database while nobody follows. */
  tick(): Promise<void>;
  /** Ends every feed; none is opened any more. */
  stop(): void;
}

/** Events in memory for one reader. */
const PAGE = 200;
/** Each costs a query whenever something happens. */
export const MAX_FEEDS = 256;
export const MAX_FEEDS_OF_ACTOR = 64;

interface OpenFeed {
  readonly filter: EventFilter;
  readonly sink: FeedSink;
  readonly actor: string;
  upTo: number;
  state: 'waiting' | 'open' | 'closed';
  isBusy: boolean;
}

/**
 * The database is the queue: a feed remembers an id and reads what is behind it, so that a slow reader costs a page of
 * events and not all that it has missed, and a reader that comes back says where it was. `onError` hears why a feed
 * was ended that nobody has closed.
 */
export function eventFeed({ store }: Pick<Deps, 'store'>, onError: (error: unknown) => void): EventFeed {
  const { events, systems } = store.read;
  const feeds = new Set<OpenFeed>();
  let latest = 0;
  let isStopped = false;

  const close = (feed: OpenFeed): void => {
    feed.state = 'closed';
    feeds.delete(feed);
  };

  /** One page. False: there is nothing more to tell for now. */
  const tellPage = async (feed: OpenFeed): Promise<boolean> => {
    const upTo = latest;
    if (feed.state !== 'open' || feed.upTo >= upTo) return false;
    const found = await events.list(feed.filter, feed.upTo, PAGE);
    const last = found.at(-1)?.id ?? 0;
    // A page that is not full has all that there is; what was committed meanwhile may be in it.
    const told = found.length < PAGE ? Math.max(upTo, last) : last;
    if (found.length > 0 && !(await feed.sink.send(found, told))) close(feed);
    feed.upTo = told;
    return true;
  };

  const tell = async (feed: OpenFeed): Promise<void> => {
    if (feed.isBusy) return;
    feed.isBusy = true;
    try {
      while (await tellPage(feed)) {}
    } catch (error) {
      // Whoever reads comes again, and says where it was.
      close(feed);
      feed.sink.end();
      onError(error);
    } finally {
      feed.isBusy = false;
    }
  };

  const refuseTooMany = (actor: Actor): void => {
    const own = [...feeds].filter((feed) => feed.actor === actor.name).length;
    if (!isStopped && feeds.size < MAX_FEEDS && own < MAX_FEEDS_OF_ACTOR) return;
    const why = isStopped ? 'the service is being stopped' : `${feeds.size} streams of events are open`;
    throw new DomainError('too-many', `${why}; no more are taken`, {
      hint: `close some (${own} of them are yours), or read pages: GET /api/v1/systems/NAME/timeline`,
    });
  };

  return {
    async open({ system, stages, after }, sink, actor) {
      const found = system === undefined ? undefined : await systems.find(system);
      const isThere = found !== undefined && isInScope(actor.scope, found.system.roles);
      if (system !== undefined && !isThere) throw notFound('system', system);
      latest = Math.max(latest, await events.latestId());
      refuseTooMany(actor);
      const feed: OpenFeed = {
        filter: { systemId: found?.system.id, stages, scope: actor.scope },
        sink,
        actor: actor.name,
        // An id that was never given is of another database (a backup was restored): there is nothing to go on from.
        upTo: Math.min(after ?? latest, latest),
        state: 'waiting',
        isBusy: false,
      };
      feeds.add(feed);
      return {
        get upTo() {
          return feed.upTo;
        },
        start() {
          if (feed.state === 'waiting') feed.state = 'open';
          void tell(feed);
        },
        close: () => close(feed),
      };
    },
    async tick() {
      if (feeds.size === 0) return;
      latest = Math.max(latest, await events.latestId());
      // Nobody waits for a reader that is slow.
      for (const feed of feeds) void tell(feed);
    },
    stop() {
      isStopped = true;
      for (const feed of feeds) {
        close(feed);
        feed.sink.end();
      }
    },
  };
}
