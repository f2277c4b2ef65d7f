import type { QueueView } from '../../domain/install/install-batch.ts';
import { advance } from '../../domain/install/install-state.ts';
import type { StoredInstall, StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';
import { factsOf } from '../installs/installs.ts';
import { decideQueue, type QueueFacts, type QueueVerdict } from './decide-queue.ts';
import { promote } from './promote.ts';
import type { QueueDeps } from './queue-deps.ts';

/** Lets installs begin as their turn comes. All that it knows is in the database: after a restart it goes on. */
export interface InstallQueue {
  /** Looks who may begin, about once a second. */
  tick(): Promise<void>;
  /** What of it the actor may see. */
  view(actor: Actor): Promise<QueueView>;
  /** Resolves when nothing is being looked at any more. */
  idle(): Promise<void>;
  /** Begins nothing more, and waits for what is being looked at. */
  end(): Promise<void>;
}

/** After an error that nobody foresaw. */
const LATER_MS = 30_000;

export function createInstallQueue(queue: QueueDeps): InstallQueue {
  const { deps, events, limits, random, onUnexpected } = queue;
  const { store, now } = deps;
  const beginning = new Map<number, Promise<void>>();
  const notBefore = new Map<number, number>();
  let stopped = false;

  const readFacts = async (tx: StoreTransaction): Promise<QueueFacts> => {
    const places = await tx.queue.list();
    const waiting = places.map((place) => ({ ...place, isBeginning: beginning.has(place.id) }));
    const { running } = await tx.queue.count();
    return { waiting, running, batches: await tx.batches.listStands(), limits: limits() };
  };

  /** Puts on record what is decided; gives back who is to begin now, and what was given up. */
  const decide = async (tx: StoreTransaction): Promise<{ due: number[]; ended: StoredInstall[] }> => {
    const facts = await readFacts(tx);
    const dueOf = new Map(facts.waiting.map(({ id, dueAtMs }) => [id, dueAtMs]));
    const verdicts = decideQueue(facts, now(), random);
    for (const verdict of verdicts) {
      const dueAtMs = verdict.kind === 'begin' ? verdict.atMs : null;
      if (verdict.kind === 'stop' || beginning.has(verdict.id) || dueOf.get(verdict.id) === dueAtMs) continue;
      await tx.queue.setDue(verdict.id, dueAtMs);
    }
    const ended = await giveUp(tx, verdicts);
    const due = verdicts.flatMap((one) => (one.kind === 'begin' && one.atMs <= now() ? [one.id] : []));
    return { due, ended };
  };

  const giveUp = async (
    tx: StoreTransaction,
    verdicts: readonly QueueVerdict[],
  ): Promise<StoredInstall[]> => {
    const ended: StoredInstall[] = [];
    const told = new Set<string>();
    // From the last place on, so that no place is moved for nothing.
    for (const verdict of verdicts.toReversed()) {
      if (verdict.kind !== 'stop') continue;
      const stored = await tx.installs.findById(verdict.id);
      const seen = { kind: 'cancelled', by: 'the service', reason: verdict.reason } as const;
      const result = stored && advance(factsOf(stored.install), seen, now());
      if (result?.refused !== undefined || result?.change == null) continue;
      ended.push(await tx.installs.update(verdict.id, result.change, now()));
      if (!told.has(verdict.batch)) await tx.batches.setStopped(verdict.batch, verdict.reason, now());
      told.add(verdict.batch);
    }
    return ended;
  };

  const begin = (id: number): void => {
    if (stopped || beginning.has(id) || (notBefore.get(id) ?? 0) > now()) return;
    const work = promote(queue, id)
      .then(() => void notBefore.delete(id))
      .catch((error) => {
        notBefore.set(id, now() + LATER_MS);
        onUnexpected(error, id);
      })
      .finally(() => beginning.delete(id));
    beginning.set(id, work);
  };

  const idle = async (): Promise<void> => {
    while (beginning.size > 0) await Promise.all(beginning.values());
  };

  return {
    async tick() {
      if (stopped || (await store.read.queue.count()).queued === 0) return;
      const { due, ended } = await store.transaction(decide);
      for (const { install, systemId } of ended) {
        const whose = { systemId, mac: null, installId: install.id };
        const message = install.reason ?? 'cancelled';
        events.record({ ...whose, stage: 'cancelled', outcome: 'warning', message, data: {} });
      }
      for (const id of due) begin(id);
    },
    async view(actor) {
      const facts = await readFacts(store.read);
      const stored = await store.read.installs.list(
        { states: ['queued'], scope: actor.scope },
        facts.waiting.length,
      );
      const found = new Map(stored.map(({ install }) => [install.id, install]));
      const verdicts = new Map(decideQueue(facts, now(), () => 0).map((verdict) => [verdict.id, verdict]));
      const { maxConcurrentInstalls, jitterMs } = facts.limits;
      return {
        maxConcurrentInstalls,
        jitterSeconds: jitterMs / 1000,
        running: facts.running,
        items: facts.waiting.flatMap(({ id, dueAtMs }) => {
          const install = found.get(id);
          const beginsAt = dueAtMs === null ? null : new Date(dueAtMs).toISOString();
          return install === undefined ? [] : [{ install, beginsAt, reason: verdicts.get(id)?.reason ?? '' }];
        }),
      };
    },
    idle,
    async end() {
      stopped = true;
      await idle();
    },
  };
}
