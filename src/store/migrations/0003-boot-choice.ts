import type { Kysely, Migration } from 'kysely';

/** Which loader a machine gets, and how it is sent to its disk; null = what the profile says, else the default. */
export const bootChoice: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const table of ['profiles', 'systems']) {
      await db.schema.alterTable(table).addColumn('loader', 'text').execute();
      await db.schema.alterTable(table).addColumn('local_boot', 'text').execute();
    }
  },
};
