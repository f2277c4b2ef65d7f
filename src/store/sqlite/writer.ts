import Database from 'better-sqlite3';
import { DomainError } from '../../domain/errors.ts';
import { newestMigration } from './sqlite-schema.ts';

/** The indexes of a few hundred thousand leases and records: SQLite's own 2 MB are read and dropped in each commit. */
const CACHE_KIB = 64 * 1024;

/** The connection that writes, and the newest migration of what it found, null in a new database. */
export interface OpenWriter {
  readonly writer: Database.Database;
  readonly schema: string | null;
}

/** No room for the log, and none for its index: https://sqlite.org/rescode.html#ioerr_shmsize */
const FULL: readonly unknown[] = ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE'];

/**
 * Opens (and makes) a database for writing. On a disk that has no room for the log and its index it is tried once more where
 * `makeRoom` has made some (true). Throws DomainError 'storage' where the disk is full all the same.
 */
export function openWriter(path: string, makeRoom: () => boolean): OpenWriter {
  try {
    return tryToOpen(path);
  } catch (error) {
    if (!isFull(error)) throw error;
    if (makeRoom()) return openWriter(path, () => false);
    throw new DomainError('storage', `the disk is full: ${path} cannot be opened`, {
      hint: 'make room where it is, and start again',
    });
  }
}

function isFull(error: unknown): boolean {
  return FULL.includes((error as { code?: unknown }).code);
}

function tryToOpen(path: string): OpenWriter {
  const writer = new Database(path);
  try {
    for (const pragma of [
      'journal_mode = WAL',
      'synchronous = FULL',
      'foreign_keys = ON',
      'busy_timeout = 5000',
      `cache_size = -${CACHE_KIB}`,
    ]) {
      writer.pragma(pragma);
    }
    return { writer, schema: newestMigration(writer) };
  } catch (error) {
    writer.close();
    throw error;
  }
}
