import type { Kysely } from 'kysely';
import type { Tables } from '../schema/schema.ts';

/**
 * Several queries that read together: no transaction comes between them, which otherwise each of them could wait for.
 * `work` must ask the database that it is given, and no other.
 */
export function undisturbed<T>(db: Kysely<Tables>, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.connection().execute(work);
}
