import { type AuditFields, changedFields } from '../../domain/access/audit.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';
import { givenSecrets } from './compare.ts';
import type { RecordKind, Stamped } from './record-kind.ts';

/** A change of a record: null where there was none before, or is none any more. */
interface RecordChange<Rec extends Stamped> {
  readonly actor: Actor;
  readonly before: Rec | null;
  readonly after: Rec | null;
  /** What was asked for: of secrets, it is told which ones it names. */
  readonly input: object | null;
  readonly nowMs: number;
}

/** Writes the row of the audit trail that belongs to a change of a record: its changed fields, as they were and as they are. */
export async function auditRecord<Rec extends Stamped>(
  tx: StoreTransaction,
  kind: Pick<RecordKind<Rec, never, never>, 'noun' | 'editable' | 'schema' | 'secretPaths'>,
  { actor, before, after, input, nowMs }: RecordChange<Rec>,
): Promise<void> {
  const shapeOf = (record: Rec): AuditFields => {
    const fields = { ...kind.editable(record) } as AuditFields;
    return Object.fromEntries(Object.keys(kind.schema.shape).map((key) => [key, fields[key]]));
  };
  const was = before === null ? null : shapeOf(before);
  const is = after === null ? null : shapeOf(after);
  const both = was !== null && is !== null ? changedFields(was, is) : { before: was, after: is };
  const secrets = input === null ? [] : givenSecrets(kind.secretPaths, input);
  const named = Object.fromEntries(secrets.map((path) => [path, 'changed']));
  await tx.audit.add(
    {
      by: actor,
      action: before === null ? 'add' : after === null ? 'remove' : 'update',
      noun: kind.noun,
      // As it was called by whoever looks for it; a new name is among the fields.
      name: (before ?? after)?.name ?? '',
      before: both.before,
      after: both.after === null ? null : { ...both.after, ...named },
    },
    nowMs,
  );
}
