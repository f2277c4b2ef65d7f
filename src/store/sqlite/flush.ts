import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type BetterSqlite3 from 'better-sqlite3';
import { DomainError } from '../../domain/errors.ts';

/** Writes to a database that are flushed to the disk by another thread. */
export interface BackgroundFlush {
  /** Runs a piece of work whose commits are not flushed: kill -9 does not undo them, a power failure may. */
  unflushed(work: () => void): void;
  /** The same, and a flush of it: its own, as a flush that fails is told once and the next one may succeed. */
  begin(work: () => void): Promise<void>;
  /** The flush that was begun last; rejects where the disk refused it. */
  flushed(): Promise<void>;
  /**
   * After a flush that failed: moves all of the log into the database, by SQLite's own flushes. Throws DomainError
   * 'storage' as long as that cannot be done; until then nothing may be promised.
   */
  mend(): void;
  /** After the database is closed: see {@link layOutIndex}. */
  close(): void;
}

const CHUNK_BYTES = 1024 * 1024;
/** Of the index of the log, which grows by 32 KiB each 4,096 pages: https://sqlite.org/walformat.html#the_wal_index_file_format */
const INDEX_BYTES = 8 * 32 * 1024;

/**
 * A flush takes a third of a millisecond on an idle disk and a hundred times that on a busy one. SQLite's own stops the
 * thread, and with it the answers to machines that wait for no disk. So a commit is written without one, and the log is
 * flushed from outside: https://sqlite.org/wal.html has every commit in that one file until a checkpoint, which flushes
 * by itself; a commit whose flush has not ended may be lost with the power, and none after it stays.
 *
 * The trap: Linux tells of a write that failed once only, so that the next flush succeeds although a hole is in the log,
 * and what stands behind a hole is not read again. So nothing is promised after a failure until the log is empty.
 *
 * @param database open, in WAL mode, the file of its log written at least once; synchronous=FULL for all other work
 * @param logBytes how long the log is made ahead; nobody may write meanwhile
 */
export function openBackgroundFlush(
  database: BetterSqlite3.Database,
  flushData: (file: number) => Promise<void> = promisify(fdatasync),
  logBytes = 0,
): BackgroundFlush {
  // SQLite keeps no lock on its log, so that closing this descriptor takes none away.
  const log = openSync(`${database.name}-wal`, 'r+');
  let last = Promise.resolve();
  let isBroken = false;
  const flush = (): Promise<void> => {
    last = flushData(log);
    // Whoever waits hears of it; nobody may be waiting yet.
    last.catch(() => {
      isBroken = true;
    });
    return last;
  };
  if (layOut(log, logBytes)) void flush();
  const index = logBytes === 0 ? undefined : layOutIndex(`${database.name}-shm`);
  const unflushed = (work: () => void): void => {
    database.pragma('synchronous = NORMAL');
    try {
      work();
    } finally {
      database.pragma('synchronous = FULL');
    }
  };
  const mend = (): void => {
    if (!isBroken) return;
    if (!emptyLog(database)) throw diskRefuses();
    isBroken = false;
  };
  return {
    unflushed,
    mend,
    begin(work) {
      mend();
      unflushed(work);
      return flush();
    },
    flushed: () => last,
    close: () => {
      for (const file of [log, index]) if (file !== undefined) closeSync(file);
    },
  };
}

/** False where somebody reads the log, or the disk takes nothing. The log is written from its beginning afterwards. */
function emptyLog(database: BetterSqlite3.Database): boolean {
  try {
    return database.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
  } catch {
    return false;
  }
}

function diskRefuses(): DomainError {
  return new DomainError(
    'storage',
    'the disk refused to keep what was written, and nothing more is promised',
    {
      hint: 'look at the kernel log (dmesg) and the free space of the data folder; the service goes on by itself when the disk does',
    },
  );
}

/**
 * Makes the log as long as it will be, in zeros, which SQLite takes for the end of it: a flush that also makes a file longer
 * waits for the journal of the file system, a hundred times as long on a busy disk. True if anything was written.
 */
function layOut(log: number, wantedBytes: number): boolean {
  const zeros = Buffer.alloc(CHUNK_BYTES);
  const before = fstatSync(log).size;
  try {
    for (let at = before; at < wantedBytes; )
      at += writeSync(log, zeros, 0, Math.min(CHUNK_BYTES, wantedBytes - at), at);
  } catch {
    // A disk without room for it: then it grows as it goes.
    ftruncateSync(log, before);
  }
  return before < wantedBytes;
}

/**
 * Makes the index of the log as long as it will be. SQLite writes a whole commit into the log before it finds that the index has
 * no room to grow, and refuses it then; but what stands in the log whole is a commit after the next start, refused or not.
 *
 * The trap: closing any descriptor of that file takes away the locks that SQLite has on it in this process. So it stays open for
 * as long as the database is.
 */
function layOutIndex(path: string): number {
  const index = openSync(path, 'r+');
  layOut(index, INDEX_BYTES);
  return index;
}
