import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../src/config.ts';
import type { SecretBox } from '../src/services/deps.ts';
import { listSealedRecords } from '../src/services/records/sealed-records.ts';
import type { Store } from '../src/store/interfaces/store.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite.ts';
import { type Backups, openBackups } from './backup/backups.ts';
import { refuseHalfRestored } from './backup/restore.ts';
import { refuseLaxModes } from './private-modes.ts';
import { openReserve, type Reserve } from './reserve.ts';
import { settleRotation } from './rotate-key.ts';
import { openSecretBox, refuseLostKey } from './secret-box.ts';

/** A storm of thousands of machines, until it is moved into the database. */
const DATABASE_LOG_BYTES = 32 * 1024 * 1024;

/** What lies in the data folder, open. */
export interface DataFolder {
  readonly store: Store;
  readonly secrets: SecretBox;
  readonly backups: Backups;
  readonly reserve: Reserve;
}

/**
 * Opens the database and the key, and makes the folders beside them. A database of an older schema is backed up first.
 * Throws DomainError 'storage' where something does not fit together.
 */
export async function openDataFolder(
  config: Pick<Config, 'dataDir' | 'backup'>,
  version: string,
  now: () => number,
  randomBytes: (length: number) => Uint8Array,
): Promise<DataFolder> {
  const dataDir = resolve(config.dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  refuseLaxModes(dataDir);
  refuseHalfRestored(dataDir);
  const keyPath = join(dataDir, 'secret.key');
  const { everyHours, keep, dir } = config.backup;
  const backupDir = resolve(dir ?? join(dataDir, 'backups'));
  const backups = openBackups({ dir: backupDir, everyHours, keep, keyPath, version, now });
  const reserve = openReserve(dataDir, randomBytes);
  const store = await openSqliteStore(dataDir, {
    logBytes: DATABASE_LOG_BYTES,
    beforeMigration: backups.beforeMigration,
    makeRoom: reserve.giveUp,
  });
  await reserve.keep();
  await backups.tidy();
  await settleRotation(store, keyPath);
  await refuseLostKey(keyPath, () => listSealedRecords(store));
  const secrets = openSecretBox(keyPath);
  for (const folder of ['distros', 'kickstarts', 'loaders'])
    mkdirSync(join(dataDir, folder), { recursive: true });
  return { store, secrets, backups, reserve };
}
