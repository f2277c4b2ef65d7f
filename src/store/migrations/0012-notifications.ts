import { type Kysely, type Migration, sql } from 'kysely';

/** Notices on their way, and how far each endpoint has been told. */
export const notifications: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // The notice is whole in its row: what it tells of may be removed before it is delivered.
    await sql`create table deliveries (
      id integer primary key autoincrement,
      endpoint text not null,
      notice text not null,
      state text not null,
      tries integer not null,
      next_at bigint,
      problem text,
      created_at bigint not null,
      updated_at bigint not null
    )`.execute(db);
    await sql`create index deliveries_due on deliveries (endpoint, next_at) where state = 'waiting'`.execute(
      db,
    );
    await sql`create index deliveries_state on deliveries (state, id)`.execute(db);
    await sql`create table notification_cursors (
      endpoint text primary key,
      change_id integer not null
    )`.execute(db);
    await sql`create index events_states on events (id) where stage = 'state'`.execute(db);
  },
};
