import { chmodSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DomainError } from '../../domain/errors.ts';

/**
 * One process a data folder: the lock is held by an open transaction on a file of its own, so the kernel gives it back even
 * after kill -9. Throws DomainError 'storage' when another process has it.
 */
export function lockDataFolder(dataDir: string): { close(): void } {
  const path = join(dataDir, 'provision.lock');
  makePrivate(path);
  const lock = new Database(path, { timeout: 0 });
  try {
    // With a journal on the disk it could not be had where that is full.
    lock.pragma('journal_mode = MEMORY');
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('begin exclusive');
  } catch {
    lock.close();
    throw new DomainError('storage', `another provisiond has the data folder open (${path} is locked)`, {
      hint: 'stop it first (systemctl stop provisiond), or start this one with another dataDir',
    });
  }
  return lock;
}

/** Makes the file with mode 0600 before SQLite would make it with the process's umask. */
export function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}
