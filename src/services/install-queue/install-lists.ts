import { DomainError } from '../../domain/errors.ts';
import { type Install, type InstallState, LIVE_STATES } from '../../domain/install/install.ts';
import type { BatchProgress, InstallBatch } from '../../domain/install/install-batch.ts';
import type { InstallFilter } from '../../store/interfaces/store.ts';
import { isSystemInScope } from '../access/scope.ts';
import type { Actor } from '../deps.ts';
import type { QueueDeps } from './queue-deps.ts';

/** Installs, and those that were asked for together. */
export interface InstallLists {
  /** Newest first. */
  installs(filter: InstallFilter, limit: number, actor: Actor): Promise<readonly Install[]>;
  install(id: number, actor: Actor): Promise<Install>;
  /** Of those with machines in the actor's scope, and of these machines only. */
  batches(limit: number, actor: Actor): Promise<readonly InstallBatch[]>;
  batch(id: string, actor: Actor): Promise<BatchProgress>;
  /** Ends every install of it that is not over; `queuedOnly`: those that wait. */
  cancelBatch(id: string, options: { readonly queuedOnly: boolean }, actor: Actor): Promise<BatchProgress>;
}

/** More than a request for many machines can mean. */
const ALL = 20_000;

export function createInstallLists({ deps, installs }: QueueDeps): InstallLists {
  const { read } = deps.store;
  const list = async (filter: InstallFilter, limit: number, { scope }: Actor): Promise<Install[]> =>
    (await read.installs.list({ ...filter, scope }, limit)).map(({ install }) => install);
  /** What of a batch is about machines in the scope; undefined: nothing. */
  const narrow = async <T extends InstallBatch>(batch: T, actor: Actor): Promise<T | undefined> => {
    if (actor.scope === null) return batch;
    const inside = await Promise.all(batch.refused.map(({ system }) => isSystemInScope(read, system, actor)));
    const refused = batch.refused.filter((_, index) => inside[index]);
    const isAbout = refused.length > 0 || (await list({ batch: batch.id }, 1, actor)).length > 0;
    return isAbout ? { ...batch, refused } : undefined;
  };

  const lists: InstallLists = {
    installs: list,
    async install(id, actor) {
      const found = await read.installs.findById(id);
      const isThere = found && (await isSystemInScope(read, found.install.system, actor));
      if (found !== undefined && isThere) return found.install;
      throw new DomainError('not-found', `there is no install ${id}`, {
        hint: 'list them with: provision install list',
      });
    },
    async batches(limit, actor) {
      const newest = await read.batches.list(actor.scope === null ? limit : ALL);
      const shown: InstallBatch[] = [];
      for (const batch of newest) {
        if (shown.length >= limit) break;
        const narrowed = await narrow(batch, actor);
        if (narrowed !== undefined) shown.push(narrowed);
      }
      return shown;
    },
    async batch(id, actor) {
      const stored = await read.batches.find(id);
      const found = stored && (await narrow(stored, actor));
      if (found === undefined)
        throw new DomainError('not-found', `there is no batch of installs '${id}'`, {
          hint: 'list them with: provision install list --batches',
        });
      const items = (await list({ batch: id }, ALL, actor)).reverse();
      const isOver = !items.some(({ state }) => LIVE_STATES.includes(state));
      return { ...found, counts: countStates(items), isOver, items };
    },
    async cancelBatch(id, { queuedOnly }, actor) {
      const { items } = await lists.batch(id, actor);
      const live = items.filter(({ state }) => (queuedOnly ? ['queued'] : LIVE_STATES).includes(state));
      // What waits goes first, from the end: an end that frees a place must let none of them begin.
      const waiting = live.filter(({ state }) => state === 'queued').reverse();
      for (const { system } of [...waiting, ...live.filter(({ state }) => state !== 'queued')])
        await installs.cancel(system, actor).catch(ignoreOver);
      return lists.batch(id, actor);
    },
  };
  return lists;
}

/** It has ended by itself meanwhile, or its system is gone. */
function ignoreOver(error: unknown): void {
  if (!(error instanceof DomainError)) throw error;
}

function countStates(items: readonly Install[]): Partial<Record<InstallState, number>> {
  const counts: Partial<Record<InstallState, number>> = {};
  for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
