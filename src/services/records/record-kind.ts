import type { z } from 'zod';
import type { RecordNoun } from '../../domain/records/apply.ts';
import type { Page } from '../../domain/records/record-query.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';

/** A page, and the fields that were asked for. */
export type AskedPage<Rec> = Page<Rec> & { readonly fields: readonly string[] | undefined };

/** What every record has. */
export interface Stamped {
  readonly id: number;
  readonly name: string;
  readonly revision: number;
}

/**
 * One kind of record, as that takes part in what is done to many of them alike. Everything that reads or writes gets the
 * transaction that it belongs to. `Stored` is a record with what only the service may see.
 */
export interface RecordKind<Rec extends Stamped, Input extends { name: string }, Stored> {
  readonly noun: RecordNoun;
  /** The whole input, as POST takes it. */
  readonly schema: z.ZodType & { readonly shape: object };
  /** Paths of fields that are written and never shown. */
  readonly secretPaths: readonly string[];
  /** What stands below the body of PUT, where it says nothing itself. */
  readonly whole: object;
  /** Judges a body without the database. Throws DomainError 'invalid'. */
  parse(body: unknown): Promise<Input>;
  /** Judges an edit, which names only what it changes. Throws DomainError 'invalid'. */
  parseEdit(body: unknown): object;
  /** An edit that `parseEdit` has judged, laid over the record; then the whole is judged as if new. */
  merge(old: Stored, edit: object): Input;
  /** Looks at what the fields name outside the database (files); never within a transaction. Throws 'invalid'. */
  inspect?(fields: object): Promise<void>;
  /** Every one that lies in the actor's scope. */
  list(tx: StoreTransaction, actor: Actor): Promise<Rec[]>;
  /** One page of a list, as a query asks for it. Throws DomainError 'invalid' for a query that is none. */
  page(tx: StoreTransaction, query: unknown, actor: Actor): Promise<AskedPage<Rec>>;
  find(tx: StoreTransaction, name: string): Promise<Stored | undefined>;
  recordOf(stored: Stored): Rec;
  /** A record in the shape of the input that would make it, without its secrets. */
  editable(record: Rec): object;
  /** The input with what the record answers already: `auto` as the address that it has. To compare, not to write. */
  settled(input: Input, record: Rec): Input;
  /** Is an address to be chosen by the service? */
  choosesAddress(input: Input): boolean;
  /** The secrets in the clear, by path; what is not set is not there. */
  secrets(stored: Stored): Readonly<Record<string, string>>;
  /** Refuses what the actor may not make of this record, or of none. */
  judge?(actor: Actor, before: Rec | undefined, input: Input): void;
  add(tx: StoreTransaction, input: Input): Promise<Rec>;
  /** Makes the record what the input says; secrets that it does not name are kept. */
  replace(tx: StoreTransaction, old: Stored, input: Input): Promise<Rec>;
  remove(tx: StoreTransaction, old: Stored): Promise<void>;
  /** To be called after a commit that changed one of them. */
  committed(): void;
}
