import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Store } from '../../src/store/interfaces/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite.ts';

/** A store in a data folder of its own. */
export interface EmptyStore {
  readonly store: Store;
  readonly dataDir: string;
  /** Closes the store and removes the folder. */
  dispose(): Promise<void>;
}

/** In memory where there is such a folder: hundreds of tests wait for no disk. What a crash leaves is tested on disks. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Made once for each test file: the tables of a new database cost dozens of disk flushes. */
let template: Promise<string> | undefined;
afterAll(async () => {
  if (template !== undefined) rmSync(await template, { recursive: true, force: true });
});

/** Opens a copy of an empty SQLite database. */
export async function openEmptyStore(): Promise<EmptyStore> {
  template ??= makeTemplate();
  const dataDir = mkdtempSync(join(FOLDER, 'provision-store-'));
  cpSync(await template, dataDir, { recursive: true });
  const store = await openSqliteStore(dataDir);
  return {
    store,
    dataDir,
    async dispose() {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(): Promise<string> {
  const folder = mkdtempSync(join(FOLDER, 'provision-empty-'));
  const store = await openSqliteStore(folder);
  await store.close();
  return folder;
}
