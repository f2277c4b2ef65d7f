import { z } from 'zod';
import { DomainError } from '../../domain/errors.ts';
import type { InstallState } from '../../domain/install/install.ts';
import {
  DELIVERY_STATES,
  type Delivery,
  type DeliveryOutcome,
  decideDelivery,
  type Notice,
} from '../../domain/notification.ts';
import type { Actor, Deps } from '../deps.ts';
import { parseInput } from '../records/input.ts';

/** One place that is told: a webhook of the configuration, or the mail. */
export interface Endpoint {
  readonly name: string;
  readonly states: readonly InstallState[];
  readonly tries: number;
  /** Never rejects but by the signal's reason. */
  send(notice: Notice, signal: AbortSignal): Promise<DeliveryOutcome>;
}

export interface NotificationEdges {
  /** As the configuration says now. */
  readonly endpoints: () => readonly Endpoint[];
  /** From 0 to 1. */
  readonly chance: () => number;
  /** Hears of deliveries that are given up. */
  readonly onDead: (delivery: Delivery, problem: string) => void;
  /** Hears of what went wrong on our side (a full disk): that delivery is tried again. */
  readonly onError: (error: unknown) => void;
}

/** Tells others how installs go: nothing twice but after a crash, and nothing left out. */
export interface NotificationService {
  /** Hands on what has changed, and begins what is due; `settled` when that is over. */
  tick(): Promise<{ readonly settled: Promise<unknown> }>;
  /** Breaks off what is under way: it is tried again after the next start. */
  stop(): Promise<void>;
  list(query: unknown): Promise<Delivery[]>;
  get(id: number): Promise<Delivery>;
  /** Tries dead deliveries again, from the first try on; returns how many. */
  retry(body: unknown, actor: Actor): Promise<number>;
  /** Removes dead deliveries; returns how many. */
  discard(body: unknown, actor: Actor): Promise<number>;
  /** Sends a notice of type `test` now and says what came of it. */
  test(endpoint: string, actor: Actor): Promise<DeliveryOutcome>;
  listEndpoints(): readonly { readonly name: string; readonly states: readonly InstallState[] }[];
  prune(): Promise<number>;
}

/** Changes that are handed on in one transaction. */
const CHANGES = 200;
/** Tries under way with one endpoint; one that is slow holds up nobody else. */
const AT_ONCE = 4;
const DELIVERED_KEPT_MS = 7 * 24 * 60 * 60_000;
const DEAD_KEPT_MS = 90 * 24 * 60 * 60_000;

export const deliveryQuery = z.strictObject({
  state: z.enum(DELIVERY_STATES).optional(),
  endpoint: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export const deadInput = z
  .strictObject({
    id: z.int().min(1).optional(),
    endpoint: z.string().max(64).optional(),
    all: z.literal(true).optional(),
  })
  .refine((input) => Object.values(input).filter((value) => value !== undefined).length === 1, {
    message: 'name exactly one of id, endpoint, all',
  });

export function notificationService(
  { store, now }: Deps,
  { endpoints, chance, onDead, onError }: NotificationEdges,
): NotificationService {
  const underWay = new Map<number, Promise<void>>();
  const stopping = new AbortController();

  /** Every change that an endpoint has not been given becomes a delivery, or is passed over, in one transaction. */
  const collect = async ({ name, states }: Endpoint): Promise<void> => {
    const cursor = await store.read.notifications.findCursor(name);
    const newest = await store.read.notifications.newestChange();
    if (cursor !== undefined && cursor >= newest) return;
    await store.transaction(async ({ notifications }) => {
      const from = await notifications.findCursor(name);
      // One that is new is not told what was before it.
      if (from === undefined) return notifications.setCursor(name, newest);
      const changes = await notifications.listChanges(from, CHANGES);
      for (const notice of changes)
        if (notice.install !== null && states.includes(notice.install.state))
          await notifications.add(name, notice, now());
      // Changes of machines that are removed meanwhile are no changes any more: they do not hold it up.
      const last = changes.at(-1)?.id ?? from;
      await notifications.setCursor(name, changes.length < CHANGES ? Math.max(last, newest) : last);
    });
  };

  /** A mail that is half sent cannot be broken off: the service does not wait for it. */
  const unlessStopped = <T>(work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const stop = (): void => reject(stopping.signal.reason);
      stopping.signal.addEventListener('abort', stop, { once: true });
      work.then(resolve, reject).finally(() => stopping.signal.removeEventListener('abort', stop));
    });

  const tryOne = async (endpoint: Endpoint, delivery: Delivery): Promise<void> => {
    const outcome = await unlessStopped(endpoint.send(delivery.notice, stopping.signal));
    const change = decideDelivery(delivery, outcome, endpoint.tries, { nowMs: now(), chance: chance() });
    await store.transaction((tx) => tx.notifications.update(delivery.id, change, now()));
    if (change.state === 'dead') onDead(delivery, change.problem ?? '');
  };

  const deliver = async (endpoint: Endpoint): Promise<void> => {
    const due = await store.read.notifications.listDue(endpoint.name, now(), 2 * AT_ONCE);
    const busy = due.filter(({ id }) => underWay.has(id)).length;
    for (const delivery of due.filter(({ id }) => !underWay.has(id)).slice(0, AT_ONCE - busy)) {
      const work = tryOne(endpoint, delivery)
        .catch((error) => {
          if (!stopping.signal.aborted) onError(error);
        })
        .finally(() => underWay.delete(delivery.id));
      underWay.set(delivery.id, work);
    }
  };

  /** What the configuration does not name any more is not tried, and not kept in step. */
  const dropOthers = async (named: readonly Endpoint[]): Promise<void> => {
    const names = new Set(named.map(({ name }) => name));
    const gone = (await store.read.notifications.listEndpoints()).filter((name) => !names.has(name));
    for (const name of gone)
      await store.transaction(async ({ notifications }) => {
        await notifications.giveUp(name, 'the configuration has no endpoint of this name', now());
        await notifications.removeCursor(name);
      });
  };

  const audited = async (action: 'retry' | 'discard', body: unknown, actor: Actor): Promise<number> => {
    const { id, endpoint } = parseInput(deadInput, body);
    const filter = { ...(id === undefined ? {} : { id }), ...(endpoint === undefined ? {} : { endpoint }) };
    return store.transaction(async ({ notifications, audit }) => {
      const count =
        action === 'retry' ? await notifications.revive(filter, now()) : await notifications.discard(filter);
      if (id !== undefined && count === 0) throw notDead(id);
      const entry = {
        by: actor,
        action,
        noun: 'notification',
        name: String(id ?? endpoint ?? 'all'),
      };
      await audit.add({ ...entry, detail: { count } }, now());
      return count;
    });
  };

  const find = (name: string): Endpoint => {
    const found = endpoints().find((endpoint) => endpoint.name === name);
    if (found !== undefined) return found;
    const names = endpoints().map((endpoint) => endpoint.name);
    throw new DomainError('not-found', `the configuration has no endpoint '${name}'`, {
      hint:
        names.length === 0
          ? 'it has none at all: name one under notify.webhooks'
          : `there are: ${names.join(', ')}`,
    });
  };

  return {
    async tick() {
      const named = endpoints();
      await dropOthers(named);
      for (const endpoint of named) {
        await collect(endpoint);
        await deliver(endpoint);
      }
      return { settled: Promise.all(underWay.values()) };
    },
    async stop() {
      stopping.abort(new Error('the service stops'));
      await Promise.allSettled(underWay.values());
    },
    async list(query) {
      const { limit, ...filter } = parseInput(deliveryQuery, query);
      return store.read.notifications.list(filter, limit);
    },
    async get(id) {
      const found = await store.read.notifications.find(id);
      if (found !== undefined) return found;
      throw new DomainError('not-found', `there is no notification ${id}`, {
        hint: 'list them with: provision notification list',
      });
    },
    retry: (body, actor) => audited('retry', body, actor),
    discard: (body, actor) => audited('discard', body, actor),
    test: async (name, actor) => {
      const notice = {
        id: 0,
        type: 'test',
        at: new Date(now()).toISOString(),
        system: '',
        install: null,
      } as const;
      const endpoint = find(name);
      const entry = { by: actor, action: 'test', noun: 'notification', name } as const;
      await store.transaction((tx) => tx.audit.add(entry, now()));
      return endpoint.send(notice, stopping.signal);
    },
    listEndpoints: () => endpoints().map(({ name, states }) => ({ name, states })),
    prune: () =>
      store.transaction((tx) => tx.notifications.prune(now() - DELIVERED_KEPT_MS, now() - DEAD_KEPT_MS)),
  };
}

function notDead(id: number): DomainError {
  return new DomainError('wrong-state', `notification ${id} is not dead, or not there`, {
    hint: 'list the dead ones with: provision notification list --dead',
  });
}
