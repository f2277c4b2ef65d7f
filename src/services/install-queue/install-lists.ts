import { DomainError } from '../../domain/errors.ts';
import { type Install, type InstallState, LIVE_STATES } from '../../domain/install.ts';
import type { BatchProgress, InstallBatch } from '../../domain/install-batch.ts';
import type { InstallFilter } from '../../store/store.ts';
import type { Actor } from '../deps.ts';
import type { QueueDeps } from './queue-deps.ts';

/** Installs, and those that were asked for together. */
export interface InstallLists {
  /** Newest first. */
  installs(filter: InstallFilter, limit: number): Promise<readonly Install[]>;
  install(id: number): Promise<Install>;
  batches(limit: number): Promise<readonly InstallBatch[]>;
  batch(id: string): Promise<BatchProgress>;
  /** Ends every install of it that is not over; `queuedOnly`: those that wait. */
  cancelBatch(id: string, options: { readonly queuedOnly: boolean }, actor: Actor): Promise<BatchProgress>;
}

/** More than a request for many machines can mean. */
const ALL = 20_000;

export function createInstallLists({ deps, installs }: QueueDeps): InstallLists {
  const { read } = deps.store;
  const list = async (filter: InstallFilter, limit: number): Promise<Install[]> =>
    (await read.installs.list(filter, limit)).map(({ install }) => install);

  const lists: InstallLists = {
    installs: list,
    async install(id) {
      const found = await read.installs.findById(id);
      if (found !== undefined) return found.install;
      throw new DomainError('not-found', `there is no install ${id}`, {
        hint: 'list them with: provision install list',
      });
    },
    batches: (limit) => read.batches.list(limit),
    async batch(id) {
      const found = await read.batches.find(id);
      if (found === undefined)
        throw new DomainError('not-found', `there is no batch of installs '${id}'`, {
          hint: 'list them with: provision install list --batches',
        });
      const items = (await list({ batch: id }, ALL)).reverse();
      const isOver = !items.some(({ state }) => LIVE_STATES.includes(state));
      return { ...found, counts: countStates(items), isOver, items };
    },
    async cancelBatch(id, { queuedOnly }, actor) {
      const { items } = await lists.batch(id);
      const live = items.filter(({ state }) => (queuedOnly ? ['queued'] : LIVE_STATES).includes(state));
      // What waits goes first, from the end: an end that frees a place must let none of them begin.
      const waiting = live.filter(({ state }) => state === 'queued').reverse();
      for (const { system } of [...waiting, ...live.filter(({ state }) => state !== 'queued')])
        await installs.cancel(system, actor).catch(ignoreOver);
      return lists.batch(id);
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
