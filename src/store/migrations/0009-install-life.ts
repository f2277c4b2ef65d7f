import { type Kysely, type Migration, sql } from 'kysely';

/** Installs live on until their system is in service: a queue before, the hand-off after, and every step on record. */
export const installLife: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await addColumns(db);
    // Until now nothing came after it.
    await sql`update installs set state = 'ready' where state = 'installed'`.execute(db);
    // At most one install a system that is not over, in the database and not only in the code.
    await db.schema.dropIndex('installs_open').execute();
    await sql`create unique index installs_live on installs (system_id)
      where state in ('queued', 'armed', 'booting', 'loading', 'installing', 'installed', 'configuring')`.execute(
      db,
    );
    await createInService(db);
    await tellStates(db);
  },
};

async function addColumns(db: Kysely<unknown>): Promise<void> {
  const texts = ['batch', 'failure', 'hint'];
  for (const name of texts) await db.schema.alterTable('installs').addColumn(name, 'text').execute();
  await db.schema.alterTable('installs').addColumn('position', 'integer').execute();
  await sql`alter table installs add column state_at bigint not null default 0`.execute(db);
  await sql`alter table installs add column handoff text not null default 'none'`.execute(db);
  await sql`alter table installs add column host_keys text not null default '[]'`.execute(db);
  await sql`update installs set state_at = updated_at`.execute(db);
}

/** By triggers, so that no way to become ready, and none to wipe a disk, can forget it. */
async function createInService(db: Kysely<unknown>): Promise<void> {
  await sql`create table in_service (
    system_id integer primary key references systems (id) on delete cascade,
    since bigint not null
  )`.execute(db);
  await sql`create trigger installs_in_service after update of state on installs
    when new.state = 'ready' and old.state != 'ready' begin
      insert into in_service values (new.system_id, new.updated_at)
        on conflict (system_id) do update set since = excluded.since;
    end`.execute(db);
  await sql`create trigger installs_wipe after update of attempts_used on installs
    when new.attempts_used > old.attempts_used begin
      delete from in_service where system_id = new.system_id;
    end`.execute(db);
  await sql`insert into in_service
    select i.system_id, i.updated_at from installs i where i.state = 'ready' and not exists (
      select 1 from installs n where n.system_id = i.system_id and n.id > i.id
        and (n.attempts_used > 0 or n.state = 'ready'))`.execute(db);
}

/** Each change of a state is an event, in the transaction of the change. */
async function tellStates(db: Kysely<unknown>): Promise<void> {
  const told = (from: string) => sql`
    insert into events (at, system_id, mac, install_id, stage, outcome, message, data)
    values (new.updated_at, new.system_id, null, new.id, 'state',
      case when new.state in ('failed', 'expired') then 'error' else 'ok' end,
      coalesce(${sql.raw(from)} || ' -> ', '') || new.state || coalesce(': ' || new.reason, ''),
      json_object('from', ${sql.raw(from)}, 'to', new.state, 'stage', new.stage, 'reason', new.reason))`;
  await sql`create trigger installs_begin after insert on installs begin ${told('null')}; end`.execute(db);
  await sql`create trigger installs_state after update of state on installs when new.state != old.state begin
    ${told('old.state')}; end`.execute(db);
}
