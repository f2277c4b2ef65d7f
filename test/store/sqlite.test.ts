import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { tokenWrite } from '../support/store-records.ts';

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

  it('lets one process in at a time, and the next one after it has left', async () => {
    const first = await openSqliteStore(dir);
    await expect(openSqliteStore(dir)).rejects.toMatchObject({ code: 'storage' });
    await first.close();
    const second = await openSqliteStore(dir);
    await second.close();
  });
});
