import { type CreateTableBuilder, type Kysely, type Migration, sql } from 'kysely';

/** First schema. Numbered files only ever get added: a released migration is never edited. */
export const initial: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createCatalogue(db);
    await createSubnets(db);
    await createSystems(db);
    await createAddresses(db);
    await createInstalls(db);
    await createLedgers(db);
  },
};

function withId<T extends string>(table: CreateTableBuilder<T>): CreateTableBuilder<T, 'id'> {
  return table.addColumn('id', 'integer', (col) => col.primaryKey().autoIncrement());
}

function withStamps<T extends string, C extends string>(table: CreateTableBuilder<T, C>) {
  return table
    .addColumn('revision', 'integer', (col) => col.notNull())
    .addColumn('created_at', 'bigint', (col) => col.notNull())
    .addColumn('updated_at', 'bigint', (col) => col.notNull());
}

async function createCatalogue(db: Kysely<unknown>): Promise<void> {
  await withStamps(withId(db.schema.createTable('distros')))
    .addColumn('name', 'text', (col) => col.notNull().unique())
    .addColumn('family', 'text', (col) => col.notNull())
    .addColumn('version', 'text', (col) => col.notNull())
    .addColumn('arch', 'text', (col) => col.notNull())
    .addColumn('kernel', 'text', (col) => col.notNull())
    .addColumn('initrd', 'text', (col) => col.notNull())
    .addColumn('tree', 'text')
    .addColumn('kernel_args', 'text', (col) => col.notNull())
    .execute();
  await withStamps(withId(db.schema.createTable('profiles')))
    .addColumn('name', 'text', (col) => col.notNull().unique())
    .addColumn('distro_id', 'integer', (col) => col.notNull().references('distros.id').onDelete('restrict'))
    .addColumn('install', 'text', (col) => col.notNull())
    .addColumn('answer_file', 'text', (col) => col.notNull())
    .addColumn('answer_kind', 'text', (col) => col.notNull())
    .addColumn('image', 'text')
    .addColumn('kernel_args', 'text', (col) => col.notNull())
    .addColumn('settings', 'text', (col) => col.notNull())
    .addColumn('secrets', 'text')
    .execute();
}

async function createSubnets(db: Kysely<unknown>): Promise<void> {
  await withStamps(withId(db.schema.createTable('subnets')))
    .addColumn('name', 'text', (col) => col.notNull().unique())
    .addColumn('routing_domain', 'text', (col) => col.notNull())
    .addColumn('network', 'bigint', (col) => col.notNull())
    .addColumn('prefix', 'integer', (col) => col.notNull())
    .addColumn('gateway', 'bigint')
    .addColumn('dns_servers', 'text', (col) => col.notNull())
    .addColumn('ntp_servers', 'text', (col) => col.notNull())
    .addColumn('domain', 'text')
    .addColumn('mtu', 'integer')
    .addColumn('lease_seconds', 'integer', (col) => col.notNull())
    .addColumn('dhcp', 'text', (col) => col.notNull())
    .addColumn('next_server', 'bigint')
    .addUniqueConstraint('subnets_network', ['routing_domain', 'network', 'prefix'])
    .execute();
  await withId(db.schema.createTable('ranges'))
    .addColumn('subnet_id', 'integer', (col) => col.notNull().references('subnets.id').onDelete('cascade'))
    .addColumn('first', 'bigint', (col) => col.notNull())
    .addColumn('last', 'bigint', (col) => col.notNull())
    .execute();
  await db.schema.createIndex('ranges_subnet').on('ranges').column('subnet_id').execute();
}

async function createSystems(db: Kysely<unknown>): Promise<void> {
  await withStamps(withId(db.schema.createTable('systems')))
    .addColumn('name', 'text', (col) => col.notNull().unique())
    .addColumn('hostname', 'text', (col) => col.notNull().unique())
    .addColumn('profile_id', 'integer', (col) => col.notNull().references('profiles.id').onDelete('restrict'))
    .addColumn('kernel_args', 'text', (col) => col.notNull())
    .addColumn('settings', 'text', (col) => col.notNull())
    .addColumn('secrets', 'text')
    .addColumn('comment', 'text', (col) => col.notNull())
    .execute();
  await db.schema.createIndex('systems_profile').on('systems').column('profile_id').execute();
  await withId(db.schema.createTable('interfaces'))
    .addColumn('system_id', 'integer', (col) => col.notNull().references('systems.id').onDelete('cascade'))
    .addColumn('position', 'integer', (col) => col.notNull())
    .addColumn('name', 'text', (col) => col.notNull())
    .addColumn('mac', 'text', (col) => col.notNull().unique())
    .addUniqueConstraint('interfaces_name', ['system_id', 'name'])
    .execute();
}

async function createAddresses(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable('leases'))
    .addColumn('routing_domain', 'text', (col) => col.notNull())
    .addColumn('ip', 'bigint', (col) => col.notNull())
    .addColumn('mac', 'text', (col) => col.notNull())
    .addColumn('hostname', 'text')
    .addColumn('state', 'text', (col) => col.notNull())
    .addColumn('expires_at', 'bigint', (col) => col.notNull())
    .addColumn('updated_at', 'bigint', (col) => col.notNull())
    .addUniqueConstraint('leases_ip', ['routing_domain', 'ip'])
    .execute();
  await db.schema.createIndex('leases_mac').on('leases').column('mac').execute();
  await withId(db.schema.createTable('addresses'))
    .addColumn('routing_domain', 'text', (col) => col.notNull())
    .addColumn('ip', 'bigint', (col) => col.notNull())
    .addColumn('kind', 'text', (col) =>
      col.notNull().check(sql`kind in ('interface', 'bmc', 'gateway', 'server', 'lease')`),
    )
    .addColumn('system_id', 'integer', (col) => col.references('systems.id').onDelete('cascade'))
    .addColumn('interface_id', 'integer', (col) => col.references('interfaces.id').onDelete('cascade'))
    .addColumn('subnet_id', 'integer', (col) => col.references('subnets.id').onDelete('cascade'))
    .addColumn('lease_id', 'integer', (col) => col.references('leases.id').onDelete('cascade'))
    .addUniqueConstraint('addresses_ip', ['routing_domain', 'ip'])
    .execute();
  for (const owner of ['system_id', 'interface_id', 'subnet_id', 'lease_id']) {
    await db.schema.createIndex(`addresses_${owner}`).on('addresses').column(owner).execute();
  }
}

async function createInstalls(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable('installs'))
    .addColumn('system_id', 'integer', (col) => col.notNull().references('systems.id').onDelete('cascade'))
    .addColumn('state', 'text', (col) => col.notNull())
    .addColumn('attempts', 'integer', (col) => col.notNull())
    .addColumn('attempts_used', 'integer', (col) => col.notNull())
    .addColumn('scripts_served', 'integer', (col) => col.notNull())
    .addColumn('armed_at', 'bigint', (col) => col.notNull())
    .addColumn('armed_by', 'text', (col) => col.notNull())
    .addColumn('expires_at', 'bigint', (col) => col.notNull())
    .addColumn('updated_at', 'bigint', (col) => col.notNull())
    .addColumn('stage', 'text')
    .addColumn('reason', 'text')
    .addColumn('token_hash', 'text', (col) => col.notNull().unique())
    .addColumn('token_sealed', 'text', (col) => col.notNull())
    .execute();
  await db.schema.createIndex('installs_system').on('installs').columns(['system_id', 'id']).execute();
  // At most one open install a system, in the database and not only in the code.
  await sql`create unique index installs_open on installs (system_id)
    where state in ('armed', 'booting', 'loading', 'installing')`.execute(db);
}

async function createLedgers(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable('events'))
    .addColumn('at', 'bigint', (col) => col.notNull())
    .addColumn('system_id', 'integer', (col) => col.references('systems.id').onDelete('cascade'))
    .addColumn('mac', 'text')
    .addColumn('install_id', 'integer', (col) => col.references('installs.id').onDelete('cascade'))
    .addColumn('stage', 'text', (col) => col.notNull())
    .addColumn('outcome', 'text', (col) => col.notNull())
    .addColumn('message', 'text', (col) => col.notNull())
    .addColumn('data', 'text', (col) => col.notNull())
    .execute();
  await db.schema.createIndex('events_system').on('events').columns(['system_id', 'id']).execute();
  await db.schema.createIndex('events_install').on('events').column('install_id').execute();
  await withId(db.schema.createTable('tokens'))
    .addColumn('name', 'text', (col) => col.notNull().unique())
    .addColumn('hash', 'text', (col) => col.notNull().unique())
    .addColumn('created_at', 'bigint', (col) => col.notNull())
    .execute();
  await withId(db.schema.createTable('audit'))
    .addColumn('at', 'bigint', (col) => col.notNull())
    .addColumn('actor', 'text', (col) => col.notNull())
    .addColumn('action', 'text', (col) => col.notNull())
    .addColumn('noun', 'text', (col) => col.notNull())
    .addColumn('name', 'text', (col) => col.notNull())
    .addColumn('detail', 'text', (col) => col.notNull())
    .execute();
}
