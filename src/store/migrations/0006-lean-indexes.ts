import { type Kysely, type Migration, sql } from 'kysely';

/**
 * Each index of a lease or an event is written with it: those of columns that are mostly empty hold only what is there,
 * and leases are found by their machine in memory. A row is still found by `column = ?`, which no NULL ever meets.
 */
export const leanIndexes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropIndex('leases_mac').execute();
    for (const owner of ['system_id', 'interface_id', 'subnet_id', 'lease_id'])
      await makePartial(db, 'addresses', `addresses_${owner}`, owner);
    await makePartial(db, 'events', 'events_install', 'install_id');
  },
};

async function makePartial(db: Kysely<unknown>, table: string, index: string, column: string): Promise<void> {
  await db.schema.dropIndex(index).execute();
  await db.schema
    .createIndex(index)
    .on(table)
    .column(column)
    .where(sql.ref(column), 'is not', null)
    .execute();
}
