import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Checkpointer, type LogState, openCheckpointer } from '../../src/store/sqlite-checkpoint.ts';
import { openBackgroundFlush } from '../../src/store/sqlite-flush.ts';

let dir: string;
let database: Database.Database;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'provision-checkpoint-'));
  database = new Database(join(dir, 'some.db'));
  database.pragma('journal_mode = WAL');
  database.exec('create table numbers (n integer)');
});
afterEach(() => {
  database.close();
  rmSync(dir, { recursive: true, force: true });
});

const logState = () => (database.pragma('wal_checkpoint(NOOP)') as LogState[])[0];
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function commit(checkpointer: Checkpointer, n: number): Promise<void> {
  await checkpointer.rest();
  database.prepare('insert into numbers values (?)').run(n);
  checkpointer.committed();
}

it('begins the log anew while commits go on', async () => {
  const checkpointer = openCheckpointer(database, { logPages: 20 });
  let written = 0;
  for (let before = 0; (logState()?.log ?? 0) >= before; written += 1) {
    before = logState()?.log ?? 0;
    await commit(checkpointer, written);
    await nextTurn();
  }
  expect(written).toBeGreaterThan(18);
  await checkpointer.close();
  expect(database.prepare('select count(*) from numbers').pluck().get()).toBe(written);
});

it('leaves it to SQLite where no thread can be had', async () => {
  const program = new URL('nowhere.js', import.meta.url);
  const checkpointer = openCheckpointer(database, { logPages: 1, program });
  await commit(checkpointer, 1);
  while (database.pragma('wal_autocheckpoint', { simple: true }) === 0) await nextTurn();
  await commit(checkpointer, 2);
  expect(checkpointer.rest()).toBeUndefined();
  await checkpointer.close();
});

it('makes the log as long as it will be, and what is in it stays', async () => {
  const log = `${database.name}-wal`;
  database.exec('insert into numbers values (1)');
  const disk = openBackgroundFlush(database, undefined, 3_000_000);
  expect(statSync(log).size).toBe(3_000_000);
  await disk.begin(() => database.exec('insert into numbers values (2)'));
  expect(statSync(log).size).toBe(3_000_000);
  const other = new Database(database.name, { readonly: true });
  expect(other.prepare('select n from numbers').pluck().all()).toEqual([1, 2]);
  other.close();
  disk.close();
  database.close();
  expect(existsSync(log)).toBe(false);
});
