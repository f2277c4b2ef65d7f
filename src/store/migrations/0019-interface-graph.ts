import { type Kysely, type Migration, sql } from 'kysely';

/** Bonds, VLANs and bridges, further addresses, and addresses that systems share on purpose. */
export const interfaceGraph: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createShared(db);
    await sql`alter table addresses add column position integer not null default 0`.execute(db);
    await sql`alter table addresses add column shared_id integer references shared_addresses (id) on delete cascade`.execute(
      db,
    );
    await sql`create index addresses_shared_id on addresses (shared_id) where shared_id is not null`.execute(
      db,
    );
    await rebuildInterfaces(db);
  },
};

/**
 * An address is one row of `addresses` still. One that is shared belongs to a row of its own, which has the interfaces that
 * say so: UNIQUE refuses whoever does not.
 */
async function createShared(db: Kysely<unknown>): Promise<void> {
  await sql`create table shared_addresses (id integer primary key autoincrement)`.execute(db);
}

/**
 * SQLite cannot take a CHECK away (a bond has no key of its own), so the table is made anew. Dropping the old one takes its
 * addresses along, by their cascade and with what their triggers count: they are put back as they were.
 */
async function rebuildInterfaces(db: Kysely<unknown>): Promise<void> {
  await sql`create temp table kept_addresses as select * from addresses where interface_id is not null`.execute(
    db,
  );
  await sql`create table interfaces_new (
    id integer primary key autoincrement,
    system_id integer not null references systems (id) on delete cascade,
    position integer not null,
    name text not null,
    mac text unique,
    client_key text unique,
    circuit_key text unique,
    type text not null default 'ethernet',
    shape text not null default '{}',
    upper_id integer references interfaces_new (id) on delete set null,
    upper_rank integer,
    constraint interfaces_name unique (system_id, name)
  )`.execute(db);
  await sql`insert into interfaces_new (id, system_id, position, name, mac, client_key, circuit_key)
    select id, system_id, position, name, mac, client_key, circuit_key from interfaces`.execute(db);
  await sql`drop table interfaces`.execute(db);
  await sql`alter table interfaces_new rename to interfaces`.execute(db);
  await sql`insert into addresses select * from kept_addresses`.execute(db);
  await sql`drop table kept_addresses`.execute(db);
  // The cards below a bond are asked for with its address.
  await sql`create index interfaces_upper on interfaces (upper_id) where upper_id is not null`.execute(db);
  await sql`create table interface_shares (
    interface_id integer not null references interfaces (id) on delete cascade,
    shared_id integer not null references shared_addresses (id),
    position integer not null,
    primary key (interface_id, shared_id)
  )`.execute(db);
  await sql`create index interface_shares_shared on interface_shares (shared_id)`.execute(db);
  // The last one takes the address along, by whatever cascade it goes.
  await sql`create trigger interface_shares_last after delete on interface_shares begin
    delete from shared_addresses where id = old.shared_id
      and not exists (select 1 from interface_shares where shared_id = old.shared_id);
  end`.execute(db);
}
