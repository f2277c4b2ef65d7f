import type { StoreTransaction } from '../../store/store.ts';
import type { Actor } from '../deps.ts';
import type { RecordKind, Stamped } from './record-kind.ts';

/** Writes the row of the audit trail that belongs to a change of a record; `record`: as it is now, null: removed. */
export async function auditRecord<Rec extends Stamped>(
  tx: StoreTransaction,
  kind: Pick<RecordKind<Rec, never, never>, 'noun' | 'editable'>,
  change: {
    readonly actor: Actor;
    readonly action: 'add' | 'update' | 'remove';
    readonly name: string;
    readonly record: Rec | null;
    readonly nowMs: number;
  },
): Promise<void> {
  const { actor, action, name, record, nowMs } = change;
  const detail = record === null ? {} : { ...kind.editable(record) };
  await tx.audit.add({ by: actor, action, noun: kind.noun, name, detail }, nowMs);
}
