import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { initial } from '../../src/store/migrations/0001-initial.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { NOW_MS } from '../support/store-records.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'provision-migrate-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A database as the first schema left it, with one record of each kind that is rebuilt later. */
async function makeFirstDatabase(): Promise<void> {
  const database = new Database(join(dir, 'provision.db'));
  database.pragma('foreign_keys = ON');
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  const provider = { getMigrations: async () => ({ '0001-initial': initial }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  expect(error).toBeUndefined();
  const stamps = `1, ${NOW_MS}, ${NOW_MS}`;
  database.exec(`
    insert into distros values (1, ${stamps}, 'debian-13', 'debian', '13', 'x86_64', '/k', '/i', null, '[]');
    insert into profiles values (1, ${stamps}, 'web', 1, 'installer', 'a.preseed', 'preseed', null, '[]', '{}', null);
    insert into subnets values (1, ${stamps}, 'lab', 'default', ${0x0a630000}, 24, ${0x0a6300fe}, '[]', '[]', null,
      null, 600, 'authoritative', null);
    insert into ranges values (1, 1, ${0x0a630064}, ${0x0a6300c7});
    insert into systems values (1, ${stamps}, 'web001', 'web001', 1, '[]', '{}', null, '');
    insert into interfaces values (7, 1, 0, 'eth0', '52:54:00:00:00:01');
    insert into leases values (1, 'default', ${0x0a630064}, '52:54:00:00:00:02', null, 'bound', ${NOW_MS + 1000}, 0);
    insert into addresses values
      (1, 'default', ${0x0a6300fe}, 'gateway', null, null, 1, null),
      (4, 'default', ${0x0a320001}, 'bmc', 1, null, null, null),
      (2, 'default', ${0x0a630001}, 'interface', 1, 7, null, null),
      (3, 'default', ${0x0a630064}, 'lease', null, null, null, 1);
    insert into installs values
      (1, 1, 'installed', 1, 1, 1, 0, 'ada', 9, ${NOW_MS - 2000}, 'installed', null, 'h1', 's1'),
      (2, 1, 'installed', 1, 1, 1, 0, 'ada', 9, ${NOW_MS - 1000}, 'installed', null, 'h2', 's2'),
      (3, 1, 'failed', 1, 0, 8, 0, 'ada', 9, ${NOW_MS}, 'boot-script', 'x', 'h3', 's3');`);
  await db.destroy();
}

it('brings a database of the first schema to this one, and nothing is lost on the way', async () => {
  await makeFirstDatabase();
  const store = await openSqliteStore(dir);
  try {
    const found = await store.read.systems.find('web001');
    expect(found?.system).toMatchObject({
      dhcpOptions: [],
      bmc: {
        address: '10.50.0.1',
        driver: null,
        user: '',
        privilege: 'operator',
        passwordSet: false,
        shared: false,
      },
      power: null,
      // Nothing came after it until then, and the later one wiped no disk.
      inService: '2026-11-22T08:59:59.000Z',
      install: { id: 3, state: 'failed', stateAt: '2026-11-22T09:00:00.000Z', handoff: 'none', hostKeys: [] },
      interfaces: [
        {
          ...{ name: 'eth0', type: 'ethernet', mac: '52:54:00:00:00:01', ip: '10.99.0.1', subnet: 'lab' },
          ...{ parents: [], addresses: [], sharedAddresses: [], routes: [], sharedMac: false },
        },
      ],
    });
    expect(await store.read.subnets.find('lab')).toMatchObject({
      gateway: '10.99.0.254',
      ranges: [{ from: '10.99.0.100', to: '10.99.0.199' }],
      exclusions: [],
      domainSearch: [],
      minLeaseSeconds: null,
      dhcpOptions: [],
    });
    expect(await store.read.leases.list(NOW_MS)).toMatchObject([{ ip: '10.99.0.100' }]);
    expect(store.dhcp.findMachine('52:54:00:00:00:01')).toMatchObject({ system: 'web001', ip: 0x0a630001 });
    expect(store.dhcp.findHolder(0x0a630064 as never, NOW_MS)?.mac).toBe('52:54:00:00:00:02');
    expect(await store.read.installs.findById(1)).toMatchObject({ install: { state: 'ready' } });
    expect(await store.read.events.listForSystem(1, 0, 10)).toEqual([]);
    // What belongs to a record still goes with it.
    await store.transaction((tx) => tx.systems.remove(1));
    expect(store.dhcp.findHolder(0x0a630001 as never, NOW_MS)).toBeUndefined();
  } finally {
    await store.close();
  }
});
