import { notFound } from '../../domain/errors.ts';
import type { Change, DryRun } from '../../domain/records/record-changes.ts';
import type { Page } from '../../domain/records/record-query.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import { hidingOthers } from '../access/hide-others.ts';
import type { Actor, Deps } from '../deps.ts';
import { auditRecord } from './audit-record.ts';
import { changesMade, changesTo } from './compare.ts';
import { refuseStale } from './input.ts';
import { onlyTry } from './only-try.ts';
import { onlyFields } from './pages.ts';
import type { RecordKind, Stamped } from './record-kind.ts';

/** What is done to the records of one kind, one at a time; alike for every kind. */
export function recordUseCases<Rec extends Stamped, Input extends { name: string }, Stored>(
  { store, now }: Deps,
  kind: RecordKind<Rec, Input, Stored>,
) {
  const getStored = async (tx: StoreTransaction, name: string, revision?: number): Promise<Stored> => {
    const stored = await kind.find(tx, name);
    if (stored === undefined) throw notFound(kind.noun, name);
    refuseStale(kind.noun, kind.recordOf(stored), revision);
    return stored;
  };
  /** Does one change, within its transaction, with its row of the audit trail. */
  const change = async (
    tx: StoreTransaction,
    { actor, old, input }: Asked<Input, Stored>,
  ): Promise<Made<Rec>> => {
    const before = old && kind.recordOf(old);
    if (input !== undefined) kind.judge?.(actor, before, input);
    // What says the same again is no change: no revision and no row. What lets the service choose may be chosen anew.
    if (old !== undefined && before !== undefined && input !== undefined && !kind.choosesAddress(input))
      if (changesTo(kind, before, input, kind.secrets(old)).length === 0)
        return { before, after: before, changes: [] };
    const after = await write(tx, old, input);
    await auditRecord(tx, kind, {
      actor,
      before: before ?? null,
      after: after ?? null,
      input: input ?? null,
      nowMs: now(),
    });
    const changes = changesMade(kind, { before, after }, input, old === undefined ? {} : kind.secrets(old));
    return { before, after, changes };
  };
  const write = async (tx: StoreTransaction, old: Stored | undefined, input: Input | undefined) => {
    if (input !== undefined) return old === undefined ? kind.add(tx, input) : kind.replace(tx, old, input);
    if (old !== undefined) await kind.remove(tx, old);
    return undefined;
  };

  type Work = (tx: StoreTransaction) => Promise<Made<Rec>>;

  const adding = async (body: unknown, actor: Actor): Promise<Work> => {
    const input = await kind.parse(body);
    await kind.inspect?.(input);
    return (tx) => change(tx, { actor, old: undefined, input });
  };
  const updating = async (name: string, body: unknown, actor: Actor, revision?: number): Promise<Work> => {
    const edit = kind.parseEdit(body);
    await kind.inspect?.(edit);
    return async (tx) => {
      const old = await getStored(tx, name, revision);
      return change(tx, { actor, old, input: kind.merge(old, edit) });
    };
  };
  const replacing = async (name: string, body: unknown, actor: Actor, revision?: number): Promise<Work> => {
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    const input = await kind.parse(isObject ? { ...kind.whole, name, ...body } : body);
    await kind.inspect?.(input);
    return async (tx) => {
      const old = await getStored(tx, name, revision);
      return change(tx, { actor, old, input });
    };
  };
  const removing = async (name: string, actor: Actor, revision?: number): Promise<Work> => {
    return async (tx) => {
      const old = await getStored(tx, name, revision);
      return change(tx, { actor, old, input: undefined });
    };
  };
  const done = async (actor: Actor, work: Work): Promise<Made<Rec>> => {
    const made = await hidingOthers(store.read, actor, () => store.transaction(work));
    kind.committed();
    return made;
  };
  const written = async (actor: Actor, work: Work): Promise<Rec> => {
    const { after } = await done(actor, work);
    if (after === undefined) throw notFound(kind.noun, 'that was written');
    return after;
  };
  const tried = async (actor: Actor, work: Work): Promise<DryRun<Rec>> => {
    const { before, after, changes } = await hidingOthers(store.read, actor, () => onlyTry(store, work));
    const action =
      before === undefined
        ? 'added'
        : after === undefined
          ? 'removed'
          : changes.length > 0
            ? 'updated'
            : 'unchanged';
    return { dryRun: true, action, before: before ?? null, after: after ?? null, changes };
  };

  return {
    kind,

    /** Every one that the actor may see. */
    list: (actor: Actor): Promise<Rec[]> => kind.list(store.read, actor),

    /** One page of them, as the query of a URL asks for it. */
    async page(query: unknown, actor: Actor): Promise<Page<object>> {
      const { fields, items, ...rest } = await kind.page(store.read, query, actor);
      return { items: fields === undefined ? items : onlyFields(items, fields), ...rest };
    },

    get: async (name: string): Promise<Rec> => kind.recordOf(await getStored(store.read, name)),

    add: async (body: unknown, actor: Actor): Promise<Rec> => written(actor, await adding(body, actor)),

    /** Changes the fields that the body names. `revision`: the only one that may be changed. */
    update: async (name: string, body: unknown, actor: Actor, revision?: number): Promise<Rec> =>
      written(actor, await updating(name, body, actor, revision)),

    /** Makes the record what the body says: what it leaves out is as usual, but secrets are kept. */
    replace: async (name: string, body: unknown, actor: Actor, revision?: number): Promise<Rec> =>
      written(actor, await replacing(name, body, actor, revision)),

    async remove(name: string, actor: Actor, revision?: number): Promise<void> {
      await done(actor, await removing(name, actor, revision));
    },

    /** The same, with every check, and nothing is written. */
    dryRun: {
      add: async (body: unknown, actor: Actor) => tried(actor, await adding(body, actor)),
      update: async (name: string, body: unknown, actor: Actor, revision?: number) =>
        tried(actor, await updating(name, body, actor, revision)),
      replace: async (name: string, body: unknown, actor: Actor, revision?: number) =>
        tried(actor, await replacing(name, body, actor, revision)),
      remove: async (name: string, actor: Actor, revision?: number) =>
        tried(actor, await removing(name, actor, revision)),
    },
  };
}

/** What came of a change of one record. */
interface Made<Rec> {
  readonly before: Rec | undefined;
  readonly after: Rec | undefined;
  readonly changes: readonly Change[];
}

interface Asked<Input, Stored> {
  readonly actor: Actor;
  /** Undefined: it is added. */
  readonly old: Stored | undefined;
  /** Undefined: it is removed. */
  readonly input: Input | undefined;
}
