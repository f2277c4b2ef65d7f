import { type Kysely, type Migration, sql } from 'kysely';

/** What configures machines after their first boot: its name on profiles and systems, and the runs. */
export const handoffs: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('profiles').addColumn('handoff', 'text').execute();
    await db.schema.alterTable('systems').addColumn('handoff', 'text').execute();
    await sql`create table handoffs (
      id integer primary key autoincrement,
      batch text not null,
      system_id integer not null references systems (id) on delete cascade,
      install_id integer references installs (id) on delete cascade,
      definition text not null,
      driver text not null,
      is_check integer not null,
      state text not null,
      state_at bigint not null,
      tries integer not null,
      interruptions integer not null,
      requested_by text not null,
      created_at bigint not null,
      start_at bigint not null,
      updated_at bigint not null,
      finished_at bigint,
      failure text,
      message text not null,
      changed integer
    )`.execute(db);
    await sql`create index handoffs_batch on handoffs (batch)`.execute(db);
    await sql`create index handoffs_system on handoffs (system_id, id)`.execute(db);
    await sql`create index handoffs_install on handoffs (install_id) where install_id is not null`.execute(
      db,
    );
    // At most one open run a machine, in the database and not only in the code.
    await sql`create unique index handoffs_open on handoffs (system_id)
      where state in ('waiting', 'awaiting-ssh', 'checking', 'running')`.execute(db);
  },
};
