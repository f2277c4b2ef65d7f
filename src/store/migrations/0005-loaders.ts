import type { Kysely, Migration } from 'kysely';

/** What is on record of the boot loaders in <dataDir>/loaders: one row a name. */
export const loaders: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('loaders')
      .addColumn('name', 'text', (col) => col.primaryKey())
      .addColumn('version', 'text')
      .addColumn('source', 'text', (col) => col.notNull())
      .addColumn('sha256', 'text', (col) => col.notNull())
      .addColumn('bytes', 'integer', (col) => col.notNull())
      .addColumn('installed_by', 'text', (col) => col.notNull())
      .addColumn('installed_at', 'bigint', (col) => col.notNull())
      .execute();
  },
};
