import { DomainError } from '../../domain/errors.ts';
import {
  type ApplyAnswer,
  type ApplyInput,
  type ApplyResult,
  applyInput,
  type ItemProblem,
  type RecordNoun,
  type RecordsDocument,
} from '../../domain/records/apply.ts';
import type { Store, StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor, Deps } from '../deps.ts';
import { parseInput } from '../records/input.ts';
import { onlyTry } from '../records/only-try.ts';
import { exportRecords } from './export.ts';
import { inTurns } from './in-turns.ts';
import type { RecordKinds } from './kinds.ts';
import { type ReadItems, readItems, type Work } from './plan.ts';
import { readOnce } from './read-once.ts';

/** Use cases of many records at once. */
export function applyService({ store, now }: Deps, kinds: RecordKinds) {
  return {
    /** Every record that the actor may see, as a document that makes them again. */
    export: (actor: Actor): Promise<RecordsDocument> => exportRecords(store.read, kinds, actor),

    /**
     * Makes the records what a document says. Mode `all`: in one transaction, in which addresses, names and MACs may
     * change hands; a refusal of one item is thrown with the results of all (`results`). Mode `each`: item by item,
     * and refusals are results. `dryRun`: the same answer, and nothing is written.
     */
    async apply(body: unknown, actor: Actor, dryRun: boolean): Promise<ApplyAnswer> {
      const input = parseInput(applyInput, body);
      const read = await readDocument(store, kinds, input, { actor, nowMs: now() });
      const results = await (input.mode === 'all' ? applyAll : applyEach)(store, read, dryRun);
      if (!dryRun) for (const kind of Object.values(kinds)) kind.committed();
      return { dryRun, results };
    },
  };
}

type Plan = (tx: StoreTransaction) => Promise<Work[]>;

/** Reads every item; what has to be done in the order of the document is known within a transaction. */
async function readDocument(
  store: Store,
  kinds: RecordKinds,
  { records, remove }: ApplyInput,
  doing: { readonly actor: Actor; readonly nowMs: number },
): Promise<Plan> {
  const read: ReadItems[] = [];
  const { distros, profiles, subnets, systems } = records;
  if (distros !== undefined) read.push(await readItems(kinds.distros, distros, store, doing));
  if (profiles !== undefined) read.push(await readItems(kinds.profiles, profiles, store, doing));
  if (subnets !== undefined) read.push(await readItems(kinds.subnets, subnets, store, doing));
  if (systems !== undefined) read.push(await readItems(kinds.systems, systems, store, doing));
  return async (tx) => {
    const works: Work[] = [];
    for (const items of read) works.push(...(await items.plan(tx, remove)));
    return works;
  };
}

async function applyAll(store: Store, plan: Plan, dryRun: boolean): Promise<readonly ApplyResult[]> {
  const work = async (tx: StoreTransaction): Promise<readonly ApplyResult[]> => {
    const works = await plan(tx);
    for await (const item of inTurns(works)) await item.prepare(tx);
    const results = new Map<Work, ApplyResult>();
    const once = readOnce(tx);
    for await (const step of inTurns(inOrder(works))) {
      if (step === 'release') await tx.systems.release(changedSystems(works));
      else results.set(step, await resultOf(step.kind === 'system' ? once : tx, step));
    }
    const all = inDocumentOrder(works, results);
    refuseWhole(all);
    return all;
  };
  return dryRun ? onlyTry(store, work) : store.transaction(work);
}

async function applyEach(store: Store, plan: Plan, dryRun: boolean): Promise<readonly ApplyResult[]> {
  const run = async (works: readonly Work[], each: (work: Work) => Promise<ApplyResult>) => {
    const results = new Map<Work, ApplyResult>();
    for await (const step of inTurns(inOrder(works)))
      if (step !== 'release') results.set(step, await each(step));
    return inDocumentOrder(works, results);
  };
  const one = async (tx: StoreTransaction, item: Work): Promise<ApplyResult> => {
    await item.prepare(tx);
    return resultOf(tx, item);
  };
  if (dryRun) return onlyTry(store, async (tx) => run(await plan(tx), (item) => one(tx, item)));
  const works = await plan(store.read);
  return run(works, (item) =>
    item.action === 'unchanged' ? resultOf(store.read, item) : store.transaction((tx) => one(tx, item)),
  );
}

/**
 * What goes makes room for what comes: systems before the subnets that they stand in, and both before anything is added.
 * What others stand on comes before them and goes after them. Named addresses come before those that are chosen.
 */
function inOrder(works: readonly Work[]): (Work | 'release')[] {
  const removed = (noun: RecordNoun) => works.filter((w) => w.kind === noun && w.action === 'removed');
  const kept = works.filter(({ action }) => action !== 'removed');
  return [
    ...removed('system'),
    'release',
    ...removed('subnet'),
    ...kept.filter(({ choosesAddress }) => !choosesAddress),
    ...kept.filter(({ choosesAddress }) => choosesAddress),
    ...removed('profile'),
    ...removed('distro'),
  ];
}

function changedSystems(works: readonly Work[]): number[] {
  return works.flatMap(({ kind, action, id }) =>
    kind === 'system' && action === 'updated' && id !== undefined ? [id] : [],
  );
}

/** A refusal is thrown before anything of its item is written, so that the transaction can go on. */
async function resultOf(tx: StoreTransaction, { kind, name, action, run }: Work): Promise<ApplyResult> {
  try {
    return { kind, name, action, changes: await run(tx) };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'storage') throw error;
    return { kind, name, action: 'refused', changes: [], problem: problemOf(error) };
  }
}

function problemOf({ code, message, hint, problems, conflict }: DomainError): ItemProblem {
  return {
    code,
    detail: message,
    ...(hint === undefined ? {} : { hint }),
    ...(problems.length === 0 ? {} : { problems }),
    ...(conflict === undefined ? {} : { conflict }),
  };
}

function inDocumentOrder(works: readonly Work[], results: ReadonlyMap<Work, ApplyResult>): ApplyResult[] {
  return works.flatMap((work) => results.get(work) ?? []);
}

/** All or nothing: throws the first refusal, with all results. */
function refuseWhole(results: readonly ApplyResult[]): void {
  const refused = results.filter(({ action }) => action === 'refused');
  const [first] = refused;
  if (first?.problem === undefined) return;
  const { kind, name, problem } = first;
  const { code, detail, ...more } = problem;
  const rest = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  const message = `nothing was applied: ${kind} '${name}': ${detail}${rest}`;
  throw new DomainError(code, message, { ...more, results });
}
