import { type Kysely, type Migration, sql } from 'kysely';

/** Systems that must not be installed: who says so, when, and why. */
export const systemLocks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table system_locks (
      system_id integer primary key references systems (id) on delete cascade,
      reason text not null,
      locked_by text not null,
      locked_at bigint not null
    )`.execute(db);
  },
};
