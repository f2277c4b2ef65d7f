import { DomainError } from '../../domain/errors.ts';
import type { BatchItem, BatchReceipt, InstallPlan, Refusal } from '../../domain/install/install-batch.ts';
import type { StoredInstall, StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';
import type { Arming, Turn } from '../installs/installs.ts';
import { parseInput } from '../records/input.ts';
import { type BulkInput, bulkInput, selectionText } from './bulk-input.ts';
import { type CheckedSystem, checkMany, refuseWipes } from './check-many.ts';
import { planInstalls } from './plan-installs.ts';
import type { QueueDeps } from './queue-deps.ts';
import { reasonsOf, refusalOf } from './refusal.ts';

/** Installs of many machines by one request. */
export interface BulkInstalls {
  /** What a request would do; nothing is written. */
  plan(body: unknown, actor: Actor): Promise<InstallPlan>;
  /**
   * Puts every machine that nothing is against into the queue (or arms it, where somebody else switches it on). Throws
   * DomainError where `allOrNone` was asked for and one is refused, or where another number would be wiped than was typed.
   */
  start(body: unknown, actor: Actor): Promise<BatchReceipt>;
}

/** Installs written by one transaction: for so long no packet is answered. */
const AT_ONCE = 20;

export function createBulkInstalls(queue: QueueDeps): BulkInstalls {
  const { store, randomBytes, now } = queue.deps;

  const writeOne = async (tx: StoreTransaction, arming: Arming, turn: Omit<Turn, 'position'>) => {
    const position = arming.powerUp === null ? null : (await tx.queue.count()).queued + 1;
    return queue.installs.add(tx, arming, { ...turn, position });
  };

  /** What was changed since it was looked at is refused; with `allOrNone` that undoes the whole transaction. */
  const writeSome = async (
    tx: StoreTransaction,
    checked: readonly CheckedSystem[],
    turn: Omit<Turn, 'position'>,
    { allOrNone }: BulkInput,
  ): Promise<(StoredInstall | Refusal)[]> => {
    const results: (StoredInstall | Refusal)[] = [];
    for (const { arming, refused } of checked) {
      if (arming === null) results.push(refused);
      else
        results.push(
          await writeOne(tx, arming, turn).catch((error) => {
            if (allOrNone) throw error;
            return refusalOf(error);
          }),
        );
    }
    return results;
  };

  const write = async (checked: readonly CheckedSystem[], input: BulkInput, actor: Actor) => {
    const batch = randomBytes(6).toString('hex');
    const { stopAfterFailures } = input;
    const refused = checked.flatMap(({ system, refused }) => (refused === null ? [] : [{ system, refused }]));
    const record = { id: batch, requestedBy: actor.name, selection: selectionText(input) };
    const results: (StoredInstall | Refusal)[] = [];
    const step = input.allOrNone ? checked.length : AT_ONCE;
    for (let from = 0; from < checked.length; from += step) {
      const part = await store.transaction(async (tx) => {
        if (from === 0) await tx.batches.add({ ...record, stopAfterFailures, refused }, now());
        return writeSome(tx, checked.slice(from, from + step), { actor, batch }, input);
      });
      results.push(...part);
      for (const result of part) if ('install' in result) queue.installs.follow(result);
    }
    return { batch, results };
  };

  return {
    async plan(body, actor) {
      const input = parseInput(bulkInput, body);
      const checked = await checkMany(queue, input, actor);
      const { running, queued } = await store.read.queue.count();
      return planInstalls(selectionText(input), checked, { running, queued, limits: queue.limits() });
    },
    async start(body, actor) {
      const input = parseInput(bulkInput, body);
      const checked = refuseWipes(await checkMany(queue, input, actor), input);
      if (input.allOrNone) refuseAll(checked);
      if (checked.every(({ arming }) => arming === null))
        return { batch: null, items: checked.map(({ system, refused }) => itemOf(system, refused)) };
      const { batch, results } = await write(checked, input, actor);
      return { batch, items: results.map((result, index) => itemOf(checked[index]?.system ?? '', result)) };
    },
  };
}

function itemOf(system: string, result: StoredInstall | Refusal | null): BatchItem {
  if (result === null || !('install' in result))
    return { system, outcome: 'refused', install: null, refused: result };
  const { install } = result;
  const outcome = install.state === 'queued' ? 'queued' : 'armed';
  return { system, outcome, install, refused: null };
}

function refuseAll(checked: readonly CheckedSystem[]): void {
  const refused = checked.flatMap((one) => (one.refused === null ? [] : [one]));
  if (refused.length === 0) return;
  const problems = refused.map(({ system, refused }) => ({ path: system, message: reasonsOf(refused) }));
  const count = `${refused.length} of ${checked.length} machines`;
  throw new DomainError('not-ready', `${count} cannot be installed, so nothing was begun`, {
    problems,
    hint: 'mend them, or leave --all-or-none out to install the others',
  });
}
