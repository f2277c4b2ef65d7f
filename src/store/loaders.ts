import type { Kysely, Selectable } from 'kysely';
import type { LoaderRecord } from '../domain/boot/loader.ts';
import type { LoaderStore } from './interfaces/store.ts';
import { timeText } from './schema/rows.ts';
import type { LoaderRow, Tables } from './schema/schema.ts';

/** Queries of installed loaders. */
export function loaderQueries(db: Kysely<Tables>): LoaderStore {
  return {
    async list() {
      return (await db.selectFrom('loaders').selectAll().orderBy('name').execute()).map(toRecord);
    },
    async put(write, nowMs) {
      const { name, version, source, sha256, bytes, installedBy } = write;
      const row = { version, source, sha256, bytes, installed_by: installedBy, installed_at: nowMs };
      await db
        .insertInto('loaders')
        .values({ name, ...row })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute();
    },
    async remove(name) {
      await db.deleteFrom('loaders').where('name', '=', name).execute();
    },
  };
}

function toRecord(row: Selectable<LoaderRow>): LoaderRecord {
  return {
    name: row.name,
    version: row.version,
    source: row.source,
    sha256: row.sha256,
    bytes: row.bytes,
    installedBy: row.installed_by,
    installedAt: timeText(row.installed_at),
  };
}
