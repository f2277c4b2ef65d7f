import type { SystemLock } from '../../domain/records/system-lock.ts';

export interface LockStore {
  /** Locks a system, in the place of an older lock. */
  put(systemId: number, lock: Omit<SystemLock, 'at'>, nowMs: number): Promise<void>;
  remove(systemId: number): Promise<void>;
}
