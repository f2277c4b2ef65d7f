import { roleAllows } from '../../domain/access/access.ts';
import { DomainError } from '../../domain/errors.ts';
import type { ApplyResult, RecordNoun } from '../../domain/records/apply.ts';
import type { Change } from '../../domain/records/record-changes.ts';
import type { Store, StoreTransaction } from '../../store/interfaces/store.ts';
import { hidingOthers } from '../access/hide-others.ts';
import type { Actor } from '../deps.ts';
import { auditRecord } from '../records/audit-record.ts';
import { changesMade, changesTo, namesSecret } from '../records/compare.ts';
import type { RecordKind, Stamped } from '../records/record-kind.ts';
import { inTurns } from './in-turns.ts';

/** What is to be done about one record. `prepare` and `run` belong into one transaction, in this order. */
export interface Work {
  readonly kind: RecordNoun;
  readonly name: string;
  readonly action: Exclude<ApplyResult['action'], 'refused'>;
  /** Of the record that is changed or removed. */
  readonly id: number | undefined;
  /** An address is to be chosen: later than those that are named. */
  readonly choosesAddress: boolean;
  /** Reads what is kept of the record as it was. */
  prepare(tx: StoreTransaction): Promise<void>;
  /** Does it, and returns what it changed. Throws DomainError. */
  run(tx: StoreTransaction): Promise<readonly Change[]>;
}

/** The items of one kind, read. */
export interface ReadItems {
  /** What they mean for the records that are there; with `remove` also for those that they do not name. */
  plan(tx: StoreTransaction, remove: boolean): Promise<Work[]>;
}

interface Item<Input> {
  readonly name: string;
  readonly input: Input | DomainError;
}

interface Doing {
  readonly actor: Actor;
  readonly nowMs: number;
}

/** Reads the items of one kind, and looks at the files that those name which would change something. */
export async function readItems<Rec extends Stamped, Input extends { name: string }, Stored>(
  kind: RecordKind<Rec, Input, Stored>,
  bodies: readonly unknown[],
  store: Store,
  doing: Doing,
): Promise<ReadItems> {
  const items = await parseItems(kind, bodies);
  const plan = (tx: StoreTransaction, known: readonly Item<Input>[], remove: boolean) =>
    planKind(tx, kind, known, { ...doing, remove });
  if (kind.inspect === undefined) return { plan: (tx, remove) => plan(tx, items, remove) };
  const changing = new Set(
    (await plan(store.read, items, false)).flatMap(({ action, name }) =>
      action === 'unchanged' ? [] : [name],
    ),
  );
  const inspected: Item<Input>[] = [];
  for await (const { name, input } of inTurns(items)) {
    const isToBeSeen = !(input instanceof DomainError) && changing.has(name);
    const refused = isToBeSeen ? await refusalOf(kind.inspect(input)) : undefined;
    inspected.push({ name, input: refused ?? input });
  }
  return { plan: (tx, remove) => plan(tx, inspected, remove) };
}

async function parseItems<Input>(
  kind: { readonly noun: RecordNoun; parse(body: unknown): Promise<Input> },
  bodies: readonly unknown[],
): Promise<Item<Input>[]> {
  const names = new Set<string>();
  const items: Item<Input>[] = [];
  for await (const [index, body] of inTurns(bodies.entries())) {
    const name = nameOf(body) ?? `#${index + 1}`;
    if (names.has(name)) items.push({ name, input: givenTwice(kind.noun, name) });
    else items.push({ name, input: await kind.parse(body).catch(onlyRefusals) });
    names.add(name);
  }
  return items;
}

function nameOf(body: unknown): string | undefined {
  const name = (body as { name?: unknown } | null)?.name;
  return typeof name === 'string' && name !== '' ? name.slice(0, 100) : undefined;
}

function givenTwice(noun: RecordNoun, name: string): DomainError {
  return new DomainError('invalid', `${noun} '${name}' stands in the document twice`, {
    hint: 'keep one of them',
    problems: [{ path: 'name', message: `there are two ${noun}s of this name in the document` }],
  });
}

function onlyRefusals(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  throw error;
}

function refusalOf(work: Promise<void>): Promise<DomainError | undefined> {
  return work.then(() => undefined, onlyRefusals);
}

async function planKind<Rec extends Stamped, Input extends { name: string }, Stored>(
  tx: StoreTransaction,
  kind: RecordKind<Rec, Input, Stored>,
  items: readonly Item<Input>[],
  doing: Doing & { readonly remove: boolean },
): Promise<Work[]> {
  const records = new Map((await kind.list(tx, doing.actor)).map((record) => [record.name, record]));
  const works: Work[] = [];
  for await (const { name, input } of inTurns(items)) {
    const record = records.get(name);
    records.delete(name);
    if (input instanceof DomainError) works.push(refusal(kind.noun, name, input));
    else if (record !== undefined && (await isUnchanged(tx, kind, record, input)))
      works.push(idle(kind.noun, record));
    else works.push(write(kind, record, input, doing));
  }
  if (doing.remove) for (const record of records.values()) works.push(removal(kind, record, doing));
  return works;
}

async function isUnchanged<Rec extends Stamped, Input extends { name: string }, Stored>(
  tx: StoreTransaction,
  kind: RecordKind<Rec, Input, Stored>,
  record: Rec,
  input: Input,
): Promise<boolean> {
  const stored = namesSecret(kind.secretPaths, input) ? await kind.find(tx, record.name) : undefined;
  const secrets = stored === undefined ? {} : kind.secrets(stored);
  return changesTo(kind, record, input, secrets).length === 0;
}

const nothing = { choosesAddress: false, prepare: async () => {} };

function refusal(kind: RecordNoun, name: string, error: DomainError): Work {
  const run = () => Promise.reject(error);
  return { ...nothing, kind, name, action: 'unchanged', id: undefined, run };
}

function idle(kind: RecordNoun, { name, id }: Stamped): Work {
  return { ...nothing, kind, name, action: 'unchanged', id, run: async () => [] };
}

function write<Rec extends Stamped, Input extends { name: string }, Stored>(
  kind: RecordKind<Rec, Input, Stored>,
  record: Rec | undefined,
  input: Input,
  { actor, nowMs }: Doing,
): Work {
  const { name } = input;
  const settled = record === undefined ? input : kind.settled(input, record);
  let old: Stored | undefined;
  return {
    kind: kind.noun,
    name,
    action: record === undefined ? 'added' : 'updated',
    id: record?.id,
    choosesAddress: kind.choosesAddress(settled),
    async prepare(tx) {
      if (record !== undefined) old = await kind.find(tx, name);
    },
    async run(tx) {
      const before = old === undefined ? undefined : kind.recordOf(old);
      refuseFoundation(kind.noun, actor);
      kind.judge?.(actor, before, input);
      const after = await hidingOthers(tx, actor, () =>
        old === undefined ? kind.add(tx, input) : kind.replace(tx, old, input),
      );
      await auditRecord(tx, kind, { actor, before: before ?? null, after, input, nowMs });
      return changesMade(kind, { before, after }, input, old === undefined ? {} : kind.secrets(old));
    },
  };
}

/** What machines stand on is an administrator's, and nobody's whose scope is some of them. */
function refuseFoundation(noun: RecordNoun, { role, scope }: Actor): void {
  if (noun === 'system' || (roleAllows(role, 'admin') && scope === null)) return;
  throw new DomainError('not-permitted', `${noun}s may only be changed by an admin who has no scope`, {
    hint: 'leave them out of the document, or ask an admin to apply it',
  });
}

function removal<Rec extends Stamped, Input extends { name: string }, Stored>(
  kind: RecordKind<Rec, Input, Stored>,
  { name, id }: Rec,
  { actor, nowMs }: Doing,
): Work {
  let old: Stored | undefined;
  return {
    kind: kind.noun,
    name,
    action: 'removed',
    id,
    choosesAddress: false,
    async prepare(tx) {
      old = await kind.find(tx, name);
    },
    async run(tx) {
      if (old === undefined) return [];
      refuseFoundation(kind.noun, actor);
      await kind.remove(tx, old);
      const before = kind.recordOf(old);
      await auditRecord(tx, kind, { actor, before, after: null, input: null, nowMs });
      return [];
    },
  };
}
