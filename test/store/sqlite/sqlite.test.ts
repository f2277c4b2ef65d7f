import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite.ts';
import { tokenWrite } from '../../support/store-records.ts';

describe('openSqliteStore', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'provision-store-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('keeps the database to its owner, whatever the umask', async () => {
    const old = process.umask(0);
    const store = await openSqliteStore(join(dir, 'data')).finally(() => process.umask(old));
    expect(statSync(join(dir, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'data', 'provision.db')).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it('leaves everything in the database itself after a clean stop', async () => {
    const store = await openSqliteStore(dir);
    await store.transaction((tx) => tx.tokens.add(tokenWrite('admin', 'hash'), 0));
    await store.close();
    expect(existsSync(join(dir, 'provision.db-wal'))).toBe(false);
  });

  it('adds to the audit trail, and lets nobody change or remove a row of it', async () => {
    const store = await openSqliteStore(dir);
    const by = { name: 'ada', kind: 'token', from: null };
    const row = { by, action: 'add', noun: 'system', name: 'web001', after: { name: 'web001' } } as const;
    await store.transaction((tx) => tx.audit.add(row, 0));
    const before = await store.read.audit.list({}, 10);
    const db = new Database(join(dir, 'provision.db'));
    for (const deed of [
      'delete from audit',
      "update audit set actor = 'eve'",
      'insert or replace into audit select * from audit',
    ])
      expect(() => db.exec(deed)).toThrow('the audit trail is only added to');
    db.close();
    expect(await store.read.audit.list({}, 10)).toEqual(before);
    await store.close();
  });

  it('lets one process in at a time, and the next one after it has left', async () => {
    const first = await openSqliteStore(dir);
    await expect(openSqliteStore(dir)).rejects.toMatchObject({ code: 'storage' });
    await first.close();
    const second = await openSqliteStore(dir);
    await second.close();
  });
});
