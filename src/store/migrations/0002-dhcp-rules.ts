import { type Kysely, type Migration, sql } from 'kysely';

/** Exclusions, bounds of leases, options of one's own; interfaces that are known by client id or circuit. */
export const dhcpRules: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await addSubnetColumns(db);
    for (const table of ['profiles', 'systems', 'subnets']) {
      await db.schema
        .alterTable(table)
        .addColumn('dhcp_options', 'text', (col) => col.notNull().defaultTo('[]'))
        .execute();
    }
    await db.schema.alterTable('leases').addColumn('seen_mac', 'text').execute();
    await rebuildInterfaces(db);
  },
};

async function addSubnetColumns(db: Kysely<unknown>): Promise<void> {
  const subnets = () => db.schema.alterTable('subnets');
  await subnets()
    .addColumn('domain_search', 'text', (col) => col.notNull().defaultTo('[]'))
    .execute();
  await subnets()
    .addColumn('exclusions', 'text', (col) => col.notNull().defaultTo('[]'))
    .execute();
  await subnets().addColumn('min_lease_seconds', 'integer').execute();
  await subnets().addColumn('max_lease_seconds', 'integer').execute();
}

/**
 * SQLite cannot take NOT NULL from a column, so the table is made anew; `addresses` with it, because dropping a table
 * that is referred to would delete the rows that refer to it.
 */
async function rebuildInterfaces(db: Kysely<unknown>): Promise<void> {
  await sql`create table interfaces_new (
    id integer primary key autoincrement,
    system_id integer not null references systems (id) on delete cascade,
    position integer not null,
    name text not null,
    mac text unique,
    client_key text unique,
    circuit_key text unique,
    constraint interfaces_name unique (system_id, name),
    constraint interfaces_known check (coalesce(mac, client_key, circuit_key) is not null)
  )`.execute(db);
  await sql`insert into interfaces_new (id, system_id, position, name, mac)
    select id, system_id, position, name, mac from interfaces`.execute(db);
  await sql`create table addresses_new (
    id integer primary key autoincrement,
    routing_domain text not null,
    ip bigint not null,
    kind text not null check (kind in ('interface', 'bmc', 'gateway', 'server', 'lease')),
    system_id integer references systems (id) on delete cascade,
    interface_id integer references interfaces_new (id) on delete cascade,
    subnet_id integer references subnets (id) on delete cascade,
    lease_id integer references leases (id) on delete cascade,
    constraint addresses_ip unique (routing_domain, ip)
  )`.execute(db);
  await sql`insert into addresses_new select * from addresses`.execute(db);
  await sql`drop table addresses`.execute(db);
  await sql`drop table interfaces`.execute(db);
  await sql`alter table interfaces_new rename to interfaces`.execute(db);
  await sql`alter table addresses_new rename to addresses`.execute(db);
  for (const owner of ['system_id', 'interface_id', 'subnet_id', 'lease_id']) {
    await db.schema.createIndex(`addresses_${owner}`).on('addresses').column(owner).execute();
  }
}
