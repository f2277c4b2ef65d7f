import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBackgroundFlush } from '../../../src/store/sqlite/flush.ts';

let folder: string;
let path: string;
let database: Database.Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-flush-'));
  path = join(folder, 'provision.db');
  database = new Database(path);
  database.pragma('journal_mode = WAL');
  // A reader that is in the way is told at once.
  database.pragma('busy_timeout = 0');
  database.exec('create table kept (value integer)');
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** A disk that refuses the flush once. */
function failingOnce(): (file: number) => Promise<void> {
  let flushes = 0;
  return async () => {
    flushes += 1;
    if (flushes === 1) throw new Error('EIO');
  };
}

const keep = (value: number) => () => void database.prepare('insert into kept values (?)').run(value);
const logBytes = () => statSync(`${path}-wal`).size;
const values = () => database.prepare('select value from kept order by value').pluck().all();

describe('a flush that failed', () => {
  it('is told to whoever waits for it', async () => {
    const disk = openBackgroundFlush(database, failingOnce());
    await expect(disk.begin(keep(1))).rejects.toThrow('EIO');
    await expect(disk.flushed()).rejects.toThrow('EIO');
    disk.close();
  });

  it('is mended by moving the log into the database before anything more is promised', async () => {
    const disk = openBackgroundFlush(database, failingOnce());
    await expect(disk.begin(keep(1))).rejects.toThrow('EIO');
    let logBefore = -1;
    await disk.begin(() => {
      logBefore = logBytes();
      keep(2)();
    });
    expect(logBefore).toBe(0);
    expect(values()).toEqual([1, 2]);
    disk.close();
  });

  it('stops all promises while the log cannot be moved, and writes nothing meanwhile', async () => {
    const disk = openBackgroundFlush(database, failingOnce());
    await expect(disk.begin(keep(1))).rejects.toThrow('EIO');
    const reader = new Database(path);
    reader.exec('begin');
    reader.prepare('select * from kept').all();
    expect(() => disk.begin(keep(2))).toThrow('the disk refused to keep what was written');
    expect(() => disk.mend()).toThrow('the disk refused to keep what was written');
    expect(values()).toEqual([1]);
    reader.close();
    await disk.begin(keep(3));
    expect(values()).toEqual([1, 3]);
    disk.close();
  });
});

it('nothing is moved as long as no flush has failed', async () => {
  const disk = openBackgroundFlush(database, async () => {});
  await disk.begin(keep(1));
  disk.mend();
  expect(logBytes()).toBeGreaterThan(0);
  disk.close();
});
