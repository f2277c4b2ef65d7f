import type { StoredInstall } from '../interfaces/store.ts';
import { type InstallWithSystem, toStoredInstall } from './installs.ts';

/** Installs as they were when they were asked for, until something of their system changes. */
export interface InstallMemory {
  /** By the hash of the token. */
  findByHash(tokenHash: string): StoredInstall | undefined;
  findById(id: number): StoredInstall | undefined;
  /** Of these systems, something has been committed. */
  forget(systemIds: Iterable<number>): void;
}

interface Kept {
  readonly tokenHash: string;
  readonly stored: StoredInstall;
}

/** Of all machines that are being installed at once; then it begins anew. */
const LIMIT = 20_000;

/** `readByHash` and `readById` see what is committed. What is not there is asked for each time. */
export function createInstallMemory(
  readByHash: (tokenHash: string) => InstallWithSystem | undefined,
  readById: (id: number) => InstallWithSystem | undefined,
): InstallMemory {
  const byHash = new Map<string, StoredInstall>();
  const byId = new Map<number, StoredInstall>();
  const bySystem = new Map<number, Kept[]>();

  const keep = (row: InstallWithSystem | undefined): StoredInstall | undefined => {
    if (row === undefined) return undefined;
    if (byId.size >= LIMIT) for (const map of [byHash, byId, bySystem]) map.clear();
    const stored = toStoredInstall(row);
    const { token_hash: tokenHash, system_id: systemId } = row;
    byHash.set(tokenHash, stored);
    byId.set(row.id, stored);
    bySystem.set(systemId, [...(bySystem.get(systemId) ?? []), { tokenHash, stored }]);
    return stored;
  };

  return {
    findByHash: (tokenHash) => byHash.get(tokenHash) ?? keep(readByHash(tokenHash)),
    findById: (id) => byId.get(id) ?? keep(readById(id)),
    forget(systemIds) {
      for (const systemId of systemIds) {
        for (const { tokenHash, stored } of bySystem.get(systemId) ?? []) {
          byHash.delete(tokenHash);
          byId.delete(stored.install.id);
        }
        bySystem.delete(systemId);
      }
    },
  };
}
