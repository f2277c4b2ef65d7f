import type { Kysely, Migration } from 'kysely';

/** How a machine is brought up for its install: JSON, and its step once more for those that are under way. */
export const powerUp: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('installs').addColumn('power_up', 'text').execute();
    await db.schema.alterTable('installs').addColumn('power_up_step', 'text').execute();
  },
};
