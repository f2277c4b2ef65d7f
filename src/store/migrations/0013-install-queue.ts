import { type Kysely, type Migration, sql } from 'kysely';

/** Installs that wait for their turn, and those that were asked for together. */
export const installQueue: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table install_batches (
      id text primary key,
      requested_by text not null,
      requested_at bigint not null,
      selection text not null,
      stop_after integer,
      refused text not null,
      stopped_at bigint,
      stopped_reason text
    )`.execute(db);
    await sql`create table install_queue (
      install_id integer primary key references installs (id) on delete cascade,
      input text not null,
      due_at bigint
    )`.execute(db);
    await createIndexes(db);
    await keepPlaces(db);
  },
};

/** How many are under way is asked once a second. */
async function createIndexes(db: Kysely<unknown>): Promise<void> {
  await sql`create index installs_turn on installs (state, power_up_step)
    where state in ('queued', 'armed', 'booting', 'loading', 'installing')`.execute(db);
  await sql`create index installs_batch on installs (batch) where batch is not null`.execute(db);
}

/** Places are 1, 2, 3 … whichever way an install leaves the queue: its turn, its end, or its system's. */
async function keepPlaces(db: Kysely<unknown>): Promise<void> {
  const closeRanks = sql`update installs set position = position - 1 where state = 'queued' and position > old.position`;
  await sql`create trigger installs_queue_left after update of state on installs
    when old.state = 'queued' and new.state != 'queued' begin
      delete from install_queue where install_id = old.id;
      ${closeRanks};
    end`.execute(db);
  await sql`create trigger installs_queue_removed after delete on installs when old.state = 'queued' begin
    ${closeRanks}; end`.execute(db);
}
