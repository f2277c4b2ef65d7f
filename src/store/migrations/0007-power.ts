import { type Kysely, type Migration, sql } from 'kysely';

/** BMCs with how to get in, addresses that blades of one chassis share, what is known of power, and jobs. */
export const power: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createBmcs(db);
    await createPowerStates(db);
    await createJobs(db);
  },
};

/**
 * An address is one row of `addresses` still. Where it is shared the row belongs to a chassis and not to a system, so
 * that UNIQUE refuses a second chassis and a system that does not share alike.
 */
async function createBmcs(db: Kysely<unknown>): Promise<void> {
  await sql`create table chassis (id integer primary key autoincrement)`.execute(db);
  await sql`alter table addresses add column chassis_id integer references chassis (id) on delete cascade`.execute(
    db,
  );
  await sql`create index addresses_chassis_id on addresses (chassis_id) where chassis_id is not null`.execute(
    db,
  );
  await sql`create table bmcs (
    system_id integer primary key references systems (id) on delete cascade,
    chassis_id integer references chassis (id),
    driver text,
    port integer,
    node text,
    settings text not null,
    password text,
    kg text
  )`.execute(db);
  // Two systems that are asked for at the same place would switch each other.
  await sql`create unique index bmcs_place on bmcs (chassis_id, coalesce(port, 0), coalesce(node, ''))
    where chassis_id is not null and driver in ('ipmi', 'redfish')`.execute(db);
  // The last blade takes its chassis along, by whatever cascade it goes.
  await sql`create trigger bmcs_chassis after delete on bmcs when old.chassis_id is not null begin
    delete from chassis where id = old.chassis_id
      and not exists (select 1 from bmcs where chassis_id = old.chassis_id);
  end`.execute(db);
  await sql`insert into bmcs (system_id, settings)
    select system_id, '{"user":"","cipherSuite":null,"privilege":"operator","protocol":"2.0","firmware":null,"vendor":null,"model":null,"certificate":null,"command":null}'
    from addresses where kind = 'bmc'`.execute(db);
}

async function createPowerStates(db: Kysely<unknown>): Promise<void> {
  await sql`create table power_states (
    system_id integer primary key references systems (id) on delete cascade,
    state text not null,
    checked_at bigint not null,
    reason text not null,
    known_state text,
    known_at bigint
  )`.execute(db);
}

async function createJobs(db: Kysely<unknown>): Promise<void> {
  await sql`create table jobs (
    id integer primary key autoincrement,
    batch text not null,
    kind text not null,
    system_id integer not null references systems (id) on delete cascade,
    action text not null,
    state text not null,
    step text not null,
    attempts integer not null,
    requested_by text not null,
    created_at bigint not null,
    start_at bigint not null,
    step_at bigint not null,
    timeout_seconds integer not null,
    updated_at bigint not null,
    finished_at bigint,
    failure text,
    message text not null
  )`.execute(db);
  await db.schema.createIndex('jobs_batch').on('jobs').column('batch').execute();
  await db.schema.createIndex('jobs_system').on('jobs').columns(['system_id', 'id']).execute();
  // At most one open job a machine, in the database and not only in the code.
  await sql`create unique index jobs_open on jobs (system_id) where state in ('waiting', 'running')`.execute(
    db,
  );
}
