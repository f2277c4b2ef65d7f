import type { RecordsDocument } from '../../domain/records/apply.ts';
import { withoutDefaults } from '../../domain/records/without-defaults.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';
import type { RecordKind, Stamped } from '../records/record-kind.ts';
import { inTurns } from './in-turns.ts';
import type { RecordKinds } from './kinds.ts';

/**
 * Every record that the actor may see, as the shortest document that makes them again: sorted, without what the service
 * would say by itself and without secrets.
 */
export async function exportRecords(
  tx: StoreTransaction,
  kinds: RecordKinds,
  actor: Actor,
): Promise<RecordsDocument> {
  const document: Record<keyof RecordsDocument, object[]> = {
    distros: await inputsOf(tx, kinds.distros, actor),
    // Nothing of it comes from the shipped profile of the same name.
    profiles: (await inputsOf(tx, kinds.profiles, actor)).map(({ name, ...rest }) => ({
      name,
      from: null,
      ...rest,
    })),
    subnets: await inputsOf(tx, kinds.subnets, actor),
    systems: await inputsOf(tx, kinds.systems, actor),
  };
  return document as RecordsDocument;
}

async function inputsOf<Rec extends Stamped, Input extends { name: string }, Stored>(
  tx: StoreTransaction,
  kind: RecordKind<Rec, Input, Stored>,
  actor: Actor,
): Promise<{ name: string }[]> {
  const records = (await kind.list(tx, actor)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const inputs: { name: string }[] = [];
  for await (const record of inTurns(records))
    inputs.push(withoutDefaults(kind.schema, kind.editable(record)) as { name: string });
  return inputs;
}
