import { notFound } from '../../domain/errors.ts';
import type { Page } from '../../domain/record-query.ts';
import type { StoreTransaction } from '../../store/store.ts';
import type { Actor, Deps } from '../deps.ts';
import { hidingOthers } from '../hide-others.ts';
import { refuseStale } from '../input.ts';
import { auditRecord } from './audit-record.ts';
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
  const committed = <T>(value: T): T => {
    kind.committed();
    return value;
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

    async add(body: unknown, actor: Actor): Promise<Rec> {
      const input = await kind.parse(body);
      await kind.inspect?.(input);
      kind.judge?.(actor, undefined, input);
      const work = async (tx: StoreTransaction): Promise<Rec> => {
        const record = await kind.add(tx, input);
        await auditRecord(tx, kind, { actor, action: 'add', name: record.name, record, nowMs: now() });
        return record;
      };
      return committed(await hidingOthers(store.read, actor, () => store.transaction(work)));
    },

    /** Changes the fields that the body names. */
    async update(name: string, body: unknown, actor: Actor, revision?: number): Promise<Rec> {
      const edit = kind.parseEdit(body);
      await kind.inspect?.(edit);
      const work = async (tx: StoreTransaction): Promise<Rec> => {
        const old = await getStored(tx, name, revision);
        const input = kind.merge(old, edit);
        kind.judge?.(actor, kind.recordOf(old), input);
        const record = await kind.replace(tx, old, input);
        await auditRecord(tx, kind, { actor, action: 'update', name, record, nowMs: now() });
        return record;
      };
      return committed(await hidingOthers(store.read, actor, () => store.transaction(work)));
    },

    async remove(name: string, actor: Actor, revision?: number): Promise<void> {
      const work = async (tx: StoreTransaction): Promise<void> => {
        await kind.remove(tx, await getStored(tx, name, revision));
        await auditRecord(tx, kind, { actor, action: 'remove', name, record: null, nowMs: now() });
      };
      committed(await store.transaction(work));
    },
  };
}
