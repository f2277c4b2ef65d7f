import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeArchive } from '../../../server/backup/archive.ts';
import { openBackups } from '../../../server/backup/backups.ts';
import { flushFolder } from '../../../server/backup/flush-folder.ts';
import { refuseHalfRestored, restoreBackup } from '../../../server/backup/restore.ts';
import { openSecretBox } from '../../../server/secret-box.ts';
import type { Store } from '../../../src/store/interfaces/store.ts';
import { openSqliteStore, SCHEMAS } from '../../../src/store/sqlite/sqlite.ts';
import { addCatalogue, NOW_MS, systemWrite } from '../../support/store-records.ts';

const HOUR_MS = 3_600_000;

describe('a backup', () => {
  let root: string;
  let dataDir: string;
  let file: string;
  let nowMs: number;
  let stores: Store[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'provision-backup-'));
    dataDir = join(root, 'data');
    file = join(root, 'backup.tar');
    nowMs = NOW_MS;
    stores = [];
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    rmSync(root, { recursive: true, force: true });
  });

  const open = async () => {
    const store = await openSqliteStore(dataDir);
    stores.push(store);
    return store;
  };
  const close = async (store: Store) => {
    stores = stores.filter((one) => one !== store);
    await store.close();
  };
  const backups = (more: object = {}) => {
    mkdirSync(dataDir, { recursive: true });
    const keyPath = join(dataDir, 'secret.key');
    openSecretBox(keyPath);
    const parts = { dir: join(dataDir, 'backups'), everyHours: 24, keep: 2, keyPath, version: '1.2.3' };
    return openBackups({ ...parts, now: () => nowMs, ...more });
  };
  const write = async (store: Store, key = true) => {
    const archive = await backups().make(store, key);
    await writeArchive(archive, file);
    await archive.discard();
    expect(statSync(file).size).toBe(archive.bytes);
    return archive.manifest;
  };
  const restore = (more: object = {}) =>
    restoreBackup({ path: file, dataDir, schemas: SCHEMAS, nowMs, ...more });
  const names = async (store: Store) => (await store.read.systems.list()).map(({ name }) => name);
  /** A database with web001, its backup, and web002 after that. */
  const backedUp = async (key = true) => {
    const store = await open();
    const profileId = await addCatalogue(store);
    await store.transaction((tx) => tx.systems.add(systemWrite(profileId, 1), NOW_MS));
    await write(store, key);
    await store.transaction((tx) => tx.systems.add(systemWrite(profileId, 2), NOW_MS));
    return store;
  };

  it('is restored as it was, and what was there is kept aside', async () => {
    const store = await backedUp();
    const key = readFileSync(join(dataDir, 'secret.key'), 'utf8');
    await close(store);
    writeFileSync(join(dataDir, 'secret.key'), 'another');
    const { aside } = await restore();
    expect(readFileSync(join(dataDir, 'secret.key'), 'utf8')).toBe(key);
    expect(readFileSync(join(aside ?? '', 'secret.key'), 'utf8')).toBe('another');
    expect(await names(await open())).toEqual(['web001']);
    const old = new Database(join(aside ?? '', 'provision.db'), { readonly: true });
    expect(old.prepare('select name from systems order by name').pluck().all()).toEqual(['web001', 'web002']);
    old.close();
    for (const path of ['provision.db', 'secret.key'])
      expect(statSync(join(dataDir, path)).mode & 0o777).toBe(0o600);
    expect(existsSync(join(dataDir, 'restore.new'))).toBe(false);
  });

  it('is one moment of a database into which others write', async () => {
    const store = await open();
    const profileId = await addCatalogue(store);
    let next = 1;
    let writing = true;
    const writer = (async () => {
      for (; writing && next < 250; next += 1)
        await store.transaction((tx) => tx.systems.add(systemWrite(profileId, next), NOW_MS));
    })();
    await write(store);
    writing = false;
    await writer;
    await close(store);
    await restore();
    const restored = await names(await open());
    expect(restored.length).toBeLessThan(next);
    // None is there without all that were written before it.
    expect(restored).toEqual(
      Array.from({ length: restored.length }, (_, i) => `web${String(i + 1).padStart(3, '0')}`),
    );
  });

  it('without the key leaves the one that is there', async () => {
    await close(await backedUp(false));
    writeFileSync(join(dataDir, 'secret.key'), 'kept elsewhere');
    expect((await restore()).manifest.files.map(({ name }) => name)).toEqual(['provision.db']);
    expect(readFileSync(join(dataDir, 'secret.key'), 'utf8')).toBe('kept elsewhere');
  });

  it('goes into an empty folder', async () => {
    await close(await backedUp());
    dataDir = join(root, 'elsewhere');
    expect((await restore()).aside).toBeNull();
    expect(await names(await open())).toEqual(['web001']);
  });

  it('is not restored under a service that runs', async () => {
    await backedUp();
    await expect(restore()).rejects.toMatchObject({ code: 'storage', message: /another provisiond/ });
  });

  it('of a newer schema is refused with its version, and nothing is changed', async () => {
    await close(await backedUp());
    const schemas = SCHEMAS.slice(0, -1);
    await expect(restore({ schemas })).rejects.toThrow(/made by provision 1\.2\.3.*newer than this program/);
    expect(await names(await open())).toEqual(['web001', 'web002']);
  });

  it('that is damaged or cut anywhere is refused, and nothing is changed', async () => {
    await close(await backedUp());
    const whole = readFileSync(file);
    const database = whole.indexOf('SQLite format 3');
    const key = whole.length - 1024 - 512;
    const places = [0, 124, 512, database - 512, database, database + 9000, key - 512, key];
    for (const at of places) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      writeFileSync(file, damaged);
      await expect(restore(), `byte ${at}`).rejects.toMatchObject({ code: 'invalid' });
    }
    for (const length of [0, 511, 512, 700, database - 1, database, database + 9000, key - 1, key]) {
      writeFileSync(file, whole.subarray(0, length));
      await expect(restore(), `${length} bytes`).rejects.toMatchObject({ code: 'invalid' });
    }
    rmSync(file);
    await expect(restore()).rejects.toMatchObject({ code: 'invalid', message: /ENOENT/ });
    expect(readdirSync(dataDir)).not.toContain('restore.new');
    expect(await names(await open())).toEqual(['web001', 'web002']);
  });

  it('that was half restored keeps a service from starting', () => {
    mkdirSync(join(dataDir, 'restore.new'), { recursive: true });
    refuseHalfRestored(dataDir);
    writeFileSync(join(dataDir, 'restore.new', 'ready'), '');
    expect(() => refuseHalfRestored(dataDir)).toThrow(/interrupted/);
  });

  it('is made by itself when it is time, and so many are kept', async () => {
    const store = await open();
    const own = backups();
    const files = () => readdirSync(join(dataDir, 'backups')).sort();
    await own.tick(store);
    await own.tick(store);
    expect(files()).toEqual(['provision-2026-11-22T09-00-00-000Z.tar']);
    for (const _ of [1, 2]) {
      // Their age is that of the file, on the real clock.
      nowMs = Date.now() + 25 * HOUR_MS + (nowMs % HOUR_MS);
      await own.tick(store);
      nowMs += 1;
    }
    expect(files()).toHaveLength(2);
    for (const name of files()) expect(statSync(join(dataDir, 'backups', name)).mode & 0o777).toBe(0o600);
    expect(await own.facts()).toMatchObject({ everyHours: 24, failure: null });
  });

  it('says that the key is missing, and makes none without it', async () => {
    const made = backups();
    rmSync(join(dataDir, 'secret.key'));
    await expect(made.make(await open(), true)).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/^the key cannot be put into the backup: .*secret\.key .*ENOENT/),
    });
    expect(readdirSync(join(dataDir, 'backups'))).toEqual([]);
  });

  it('that cannot be made is told', async () => {
    const store = await open();
    const own = backups();
    rmSync(join(dataDir, 'secret.key'));
    await expect(own.tick(store)).rejects.toThrow();
    expect((await own.facts()).failure).toMatch(/ENOENT/);
    expect(readdirSync(join(dataDir, 'backups'))).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)('may lie in a folder that its user may enter and not read', async () => {
    const nobody = 65_534;
    const parent = join(root, 'site');
    chmodSync(root, 0o711);
    mkdirSync(parent, { mode: 0o300 });
    chownSync(parent, nobody, nobody);
    const dir = join(parent, 'backups');
    process.seteuid?.(nobody);
    try {
      openBackups({ dir, everyHours: 24, keep: 2, keyPath: dir, version: '1.2.3', now: () => nowMs });
      await flushFolder(parent);
    } finally {
      process.seteuid?.(0);
    }
    expect(statSync(dir).uid).toBe(nobody);
  });

  it('is made before the schema changes, and not before a first one', async () => {
    await close(await open());
    const old = new Database(join(dataDir, 'provision.db'));
    const last = SCHEMAS.at(-1) ?? '';
    const own = backups();
    const reopen = () => openSqliteStore(dataDir, { beforeMigration: own.beforeMigration });
    await (await reopen()).close();
    expect(readdirSync(join(dataDir, 'backups'))).toEqual([]);
    old.prepare('delete from kysely_migration where name = ?').run(last);
    old.close();
    // What is there already cannot be made again: the migration fails, and the backup is what is left.
    await expect(reopen()).rejects.toMatchObject({ code: 'storage' });
    expect(readdirSync(join(dataDir, 'backups'))).toEqual([
      expect.stringMatching(/^before-migration-.*\.tar$/),
    ]);
  });
});
