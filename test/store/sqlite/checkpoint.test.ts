import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Checkpointer, type LogState, openCheckpointer } from '../../../src/store/sqlite/checkpoint.ts';
import { openBackgroundFlush } from '../../../src/store/sqlite/flush.ts';

let dir: string;
let database: Database.Database;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'provision-checkpoint-'));
  database = new Database(join(dir, 'some.db'));
  database.pragma('journal_mode = WAL');
  database.exec('create table numbers (n integer)');
});
afterEach(() => {
  vi.useRealTimers();
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

/** Commits until the log begins anew; how many that took. */
async function commitUntilAnew(checkpointer: Checkpointer, between: () => Promise<void>): Promise<number> {
  let written = 0;
  for (let before = 0; (logState()?.log ?? 0) >= before; written += 1) {
    before = logState()?.log ?? 0;
    await commit(checkpointer, written);
    await between();
  }
  return written;
}

it('begins the log anew while commits go on, where it has become long', async () => {
  const checkpointer = openCheckpointer(database, { logPages: 20 });
  const written = await commitUntilAnew(checkpointer, nextTurn);
  expect(written).toBeGreaterThan(18);
  await checkpointer.close();
  expect(database.prepare('select count(*) from numbers').pluck().get()).toBe(written);
});

it('empties the log without holding anybody up, once nothing is written', async () => {
  const checkpointer = openCheckpointer(database, { idlePages: 20 });
  for (let n = 0; n < 30; n += 1) {
    await commit(checkpointer, n);
    expect(checkpointer.rest()).toBeUndefined();
  }
  for (let state = logState(); state?.checkpointed !== state?.log; state = logState()) await nextTurn();
  await commit(checkpointer, 30);
  expect(logState()).toMatchObject({ log: 1, checkpointed: 0 });
  await checkpointer.close();
});

it('asks nothing of the log while a transaction is open, and looks again after it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const checkpointer = openCheckpointer(database, { idlePages: 20 });
  for (let n = 0; n < 30; n += 1) await commit(checkpointer, n);
  database.exec('begin immediate; insert into numbers values (30)');
  vi.advanceTimersByTime(1000);
  database.exec('rollback');
  vi.advanceTimersByTime(1000);
  for (let state = logState(); state?.checkpointed !== state?.log; state = logState()) await nextTurn();
  await checkpointer.close();
});

it('asks nothing of the log where the next transaction has begun when a commit is told', async () => {
  const checkpointer = openCheckpointer(database, { logPages: 20 });
  await commit(checkpointer, 0);
  database.exec('begin immediate; insert into numbers values (1)');
  expect(() => checkpointer.committed()).not.toThrow();
  database.exec('rollback');
  await checkpointer.close();
});

it('asks nothing of the log where a transaction has begun when the thread is done', async () => {
  const refused: unknown[] = [];
  const note = (error: unknown) => refused.push(error);
  process.on('unhandledRejection', note);
  const checkpointer = openCheckpointer(database, { logPages: 20 });
  for (let n = 0; n < 20; n += 1) await commit(checkpointer, n);
  database.exec('begin immediate; insert into numbers values (20)');
  // The thread does what it was told before, and then ends.
  await checkpointer.close();
  await nextTurn();
  process.off('unhandledRejection', note);
  expect(refused).toEqual([]);
  database.exec('rollback');
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
  database.close();
  disk.close();
  expect(existsSync(log)).toBe(false);
});
