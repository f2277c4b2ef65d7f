import type { System } from '../domain/records/system.ts';
import type { Exchange } from './exchange.ts';

/** Locks of systems. */
export interface LockClient {
  /** Nobody can arm the system until the lock is taken away; `reason` is told to who tries. */
  lock(name: string, reason: string): Promise<System>;
  unlock(name: string): Promise<System>;
}

export function lockClient(exchange: Exchange): LockClient {
  const one = (name: string): string => `/api/v1/systems/${encodeURIComponent(name)}`;
  return {
    lock: (name, reason) => exchange.object('POST', `${one(name)}/lock`, { reason }),
    unlock: (name) => exchange.object('POST', `${one(name)}/unlock`, {}),
  };
}
