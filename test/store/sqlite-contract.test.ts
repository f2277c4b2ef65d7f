import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { storeContract } from '../contract/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'provision-contract-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An empty database, made once: its tables cost dozens of disk flushes. Each test opens a copy of its own. */
const empty = openSqliteStore(join(folder, 'empty')).then((store) => store.close());

storeContract('SQLite', async () => {
  await empty;
  const dataDir = mkdtempSync(join(folder, 'test-'));
  cpSync(join(folder, 'empty'), dataDir, { recursive: true });
  const store = await openSqliteStore(dataDir);
  return { store, dispose: () => store.close() };
});
