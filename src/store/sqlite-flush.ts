import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import type BetterSqlite3 from 'better-sqlite3';

const flushData = promisify(fdatasync);

/** Writes to a database that are flushed to the disk by another thread. */
export interface BackgroundFlush {
  /** Runs a piece of work whose commits are not flushed: kill -9 does not undo them, a power failure may. */
  unflushed(work: () => void): void;
  /** The same, and a flush of it: its own, as a flush that fails is told once and the next one may succeed. */
  begin(work: () => void): Promise<void>;
  /** The flush that was begun last; rejects where the disk refused it. */
  flushed(): Promise<void>;
  /** Before the database is closed. */
  close(): void;
}

/**
 * A flush takes a third of a millisecond on an idle disk and a hundred times that on a busy one. SQLite's own stops the
 * thread, and with it the answers to machines that wait for no disk. So a commit is written without one, and the log is
 * flushed from outside: https://sqlite.org/wal.html has every commit in that one file until a checkpoint, which flushes
 * by itself; a commit whose flush has not ended may be lost with the power, and none after it stays.
 *
 * @param database open, in WAL mode, the file of its log written at least once; synchronous=FULL for all other work
 */
export function openBackgroundFlush(database: BetterSqlite3.Database): BackgroundFlush {
  // SQLite keeps no lock on its log, so that closing this descriptor takes none away.
  const log = openSync(`${database.name}-wal`, 'r');
  let last = Promise.resolve();
  const unflushed = (work: () => void): void => {
    database.pragma('synchronous = NORMAL');
    try {
      work();
    } finally {
      database.pragma('synchronous = FULL');
    }
  };
  return {
    unflushed,
    begin(work) {
      unflushed(work);
      last = flushData(log);
      // Whoever waits hears of it; nobody may be waiting yet.
      last.catch(() => {});
      return last;
    },
    flushed: () => last,
    close: () => closeSync(log),
  };
}
