import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/interfaces/store.ts';
import { MIGRATIONS, openSqliteStore, SCHEMAS } from '../../src/store/sqlite/sqlite.ts';
import { SCHEMA_ROWS } from '../fixtures/schemas/rows.ts';
import {
  dumpDatabase,
  loadSchemaFixture,
  schemaFixturePath,
  schemaFixtures,
} from '../support/schema-fixtures.ts';
import { NOW_MS } from '../support/store-records.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'provision-migrate-'));
  path = join(dir, 'provision.db');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Databases of every schema up to the newest, each with the rows that it brought, as text. */
async function makeDumps(): Promise<Map<string, string>> {
  const database = new Database(':memory:');
  database.pragma('foreign_keys = ON');
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const dumps = new Map<string, string>();
  for (const schema of SCHEMAS) {
    expect(await migrator.migrateTo(schema)).toMatchObject({ results: [{ status: 'Success' }] });
    database.exec(SCHEMA_ROWS[schema] ?? `there are no rows of ${schema} in test/fixtures/schemas/rows.ts`);
    database.exec("update kysely_migration set timestamp = '2026-11-22T09:00:00.000Z'");
    dumps.set(schema, dumpDatabase(database));
  }
  await db.destroy();
  return dumps;
}

/**
 * UPDATE_GOLDEN=1 writes them anew and fails, so that a run that wrote is never taken for one that compared. Only the one of a new
 * schema may come: those that are there stand for databases of installed services.
 */
it('there is a database of every schema, and no migration was changed since', async () => {
  const dumps = await makeDumps();
  if (process.env['UPDATE_GOLDEN'] === '1') {
    for (const [schema, dump] of dumps) writeFileSync(schemaFixturePath(schema), dump);
    throw new Error('wrote test/fixtures/schemas; read the difference, then run without UPDATE_GOLDEN');
  }
  expect(schemaFixtures()).toEqual(SCHEMAS);
  for (const [schema, dump] of dumps) expect(dump).toBe(readFileSync(schemaFixturePath(schema), 'utf8'));
});

/** What the services find of the rows that each schema brought, whichever schema they were written with. */
const EXPECTED: Readonly<Record<string, (store: Store, schema: string) => Promise<void>>> = {
  async '0001-initial'({ read, dhcp }, schema) {
    const web001 = (await read.systems.find('web001'))?.system;
    expect(web001).toMatchObject({
      comment: 'rack 1',
      dhcpOptions: [],
      bmc: { address: '10.50.0.1', driver: null, user: '', privilege: 'operator', shared: false },
      // Nothing came after `installed` until then, and the later one wiped no disk.
      inService: '2026-11-22T08:59:58.000Z',
      interfaces: [
        {
          ...{ name: 'eth0', type: 'ethernet', mac: '52:54:00:00:00:01', ip: '10.99.0.1', subnet: 'lab' },
          ...{ parents: [], addresses: [], sharedAddresses: [], routes: [], sharedMac: false },
        },
      ],
    });
    expect(await read.subnets.find('lab')).toMatchObject({
      gateway: '10.99.0.254',
      ranges: [{ from: '10.99.0.100', to: '10.99.0.199' }],
      dnsServers: ['10.99.0.2'],
    });
    expect(await read.distros.find('debian-13')).toMatchObject({ kernelArgs: ['quiet'] });
    expect(await read.installs.findById(1)).toMatchObject({ install: { state: 'ready' } });
    expect(await read.installs.findById(2)).toMatchObject({ install: { state: 'failed', handoff: 'none' } });
    const told = await read.events.listForSystem(1, 0, 10);
    expect(told[0]).toMatchObject({ stage: 'dhcp-ack', data: { code: 'reservation' } });
    expect(dhcp.findMachine('52:54:00:00:00:01')).toMatchObject({ system: 'web001', ip: 0x0a630001 });
    expect(dhcp.findHolder(0x0a630064 as never, NOW_MS)?.mac).toBe('52:54:00:00:00:02');
    // A token of before is an admin that never expires.
    expect(await read.tokens.find('admin', NOW_MS)).toMatchObject({
      role: 'admin',
      scope: null,
      expiresAt: null,
    });
    const audit = await read.audit.list({}, 10);
    expect(audit.find(({ actor }) => actor === 'ada')).toMatchObject({ name: 'web001' });
    if (schema < '0013') expect(web001?.install).toMatchObject({ id: 2, state: 'failed' });
  },
  async '0002-dhcp-rules'({ read, dhcp }) {
    expect(await read.subnets.find('lab')).toMatchObject({
      exclusions: [{ from: '10.99.0.150', to: '10.99.0.159' }],
      domainSearch: ['lab.example'],
      minLeaseSeconds: 60,
    });
    expect(dhcp.findMachine('id:ff0102030405')).toMatchObject({ system: 'ib001', ip: 0x0a630002 });
    expect(dhcp.findMacOf(0x0a630002 as never, NOW_MS)).toBe('52:54:00:00:00:08');
  },
  async '0003-boot-choice'({ read }) {
    expect((await read.systems.find('ib001'))?.system).toMatchObject({ loader: 'grub', localBoot: 'grub' });
  },
  async '0005-loaders'({ read }) {
    expect(await read.loaders.list()).toMatchObject([{ name: 'ipxe.efi', version: '1.21.1', bytes: 1024 }]);
  },
  async '0007-power'({ read }) {
    const system = (await read.systems.find('ib001'))?.system;
    expect(system?.bmc).toMatchObject({ address: '10.50.0.2', port: 6230, shared: true, passwordSet: true });
    expect(system?.power).toMatchObject({ state: 'on' });
    expect(await read.jobs.find(1)).toMatchObject({ job: { system: 'ib001', action: 'on', state: 'done' } });
  },
  async '0008-power-up'({ read }) {
    expect(await read.installs.findById(3)).toMatchObject({ install: { state: 'expired', powerUp: null } });
  },
  async '0009-install-life'({ read }) {
    const system = (await read.systems.find('ib001'))?.system;
    expect(system).toMatchObject({
      inService: '2026-11-22T09:00:00.000Z',
      install: { id: 4, state: 'ready' },
    });
    expect(await read.handoffs.findHostKeys(2)).toEqual(['ssh-ed25519 AAAA']);
  },
  async '0010-roles'({ read }) {
    expect((await read.systems.find('web001'))?.system.roles).toEqual(['web', 'db']);
  },
  async '0011-handoffs'({ read }) {
    expect(await read.handoffs.find(1)).toMatchObject({
      handoff: { system: 'ib001', state: 'done', changed: 3 },
    });
    expect((await read.profiles.find('web'))?.profile).toMatchObject({ handoff: 'site' });
  },
  async '0012-notifications'({ read }) {
    expect(await read.notifications.find(1)).toMatchObject({ endpoint: 'chat', state: 'delivered' });
    expect(await read.notifications.findCursor('chat')).toBe(1);
  },
  async '0013-install-queue'({ read }) {
    expect(await read.queue.count()).toEqual({ queued: 1, running: 0 });
    expect(await read.queue.find(5)).toMatchObject({ input: { attempts: 1 } });
    expect(await read.batches.find('b3')).toMatchObject({ requestedBy: 'ada', refused: [] });
  },
  async '0014-system-locks'({ read }) {
    expect((await read.systems.find('ib001'))?.system.lock).toMatchObject({ reason: 'in use', by: 'ada' });
  },
  async '0015-certificates'({ read }) {
    expect(await read.certificates.listGood(2)).toMatchObject([{ certname: 'ib001.lab.example' }]);
  },
  async '0016-access'({ read }) {
    expect(await read.tokens.findByHash('hash-of-web')).toMatchObject({ role: 'operator', scope: ['web'] });
    expect(await read.users.list()).toMatchObject([{ name: 'ada', role: 'admin', disabled: false }]);
    expect(await read.sessions.findByHash('hash-of-session')).toMatchObject({ user: { name: 'ada' } });
    const audit = await read.audit.list({}, 10);
    expect(audit).toContainEqual(expect.objectContaining({ after: { comment: 'rack 1' }, from: '10.0.0.9' }));
  },
  async '0017-idempotency-keys'({ read }) {
    expect(await read.idempotency.find('token:web', 'k1')).toMatchObject({ requestHash: 'hash' });
  },
  async '0018-address-blocks'({ read }) {
    expect(await read.subnets.find('dmz')).toMatchObject({ gateway: '10.100.0.254' });
  },
  async '0019-interface-graph'({ read, dhcp }) {
    expect((await read.systems.find('db001'))?.system.interfaces).toMatchObject([
      { name: 'bond0', type: 'bond', parents: ['eth0'], ip: '10.99.0.3', sharedAddresses: ['10.99.0.4'] },
      { name: 'eth0', mac: '52:54:00:00:00:0a', ip: null },
    ]);
    expect(dhcp.findMachine('52:54:00:00:00:0a')).toMatchObject({ system: 'db001', ip: 0x0a630003 });
  },
};

describe.each(schemaFixtures())('a database of %s', (schema) => {
  it('is brought to this schema, whole, with every record as it was', async () => {
    loadSchemaFixture(schema, path);
    const store = await openSqliteStore(dir);
    try {
      for (const [since, expectRows] of Object.entries(EXPECTED))
        if (since <= schema) await expectRows(store, schema);
      // What belongs to a record still goes with it.
      await store.transaction((tx) => tx.systems.remove(1));
      expect(store.dhcp.findHolder(0x0a630001 as never, NOW_MS)).toBeUndefined();
    } finally {
      await store.close();
    }
    const database = new Database(path, { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.pragma('foreign_key_check')).toEqual([]);
    // The same schema as a new database has, whatever way led there.
    loadSchemaFixture(SCHEMAS.at(-1) ?? '', join(dir, 'newest.db'));
    const newest = new Database(join(dir, 'newest.db'), { readonly: true });
    expect(schemaOf(database)).toEqual(schemaOf(newest));
    database.close();
    newest.close();
  });
});

/** Every table, index and trigger, without the white space and the quotes that are left of a rename. */
function schemaOf(database: Database.Database): string[] {
  const rows = database
    .prepare('select sql from sqlite_master where sql is not null order by name')
    .pluck()
    .all();
  return (rows as string[]).map((sql) => sql.replace(/\s+/g, ' ').replaceAll('"', ''));
}
