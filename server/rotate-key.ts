import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../src/config.ts';
import { listSealedRecords } from '../src/services/records/sealed-records.ts';
import type { Store } from '../src/store/interfaces/store.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite.ts';
import { refuseLaxModes } from './private-modes.ts';
import { openSecretBox, refuseLostKey } from './secret-box.ts';

/** The key that is to come: in force as soon as the database is sealed with it, whatever its name. */
const NEXT = '.next';

/**
 * `provisiond rotate-key`: a new key, and every secret sealed with it, in one transaction. Says what was done. Throws
 * DomainError 'storage' while a service runs, and where a secret cannot be opened; then nothing is changed.
 */
export async function rotateKey(config: Pick<Config, 'dataDir'>): Promise<string> {
  const dataDir = resolve(config.dataDir);
  const keyPath = join(dataDir, 'secret.key');
  refuseLaxModes(dataDir);
  const store = await openSqliteStore(dataDir);
  try {
    await settleRotation(store, keyPath);
    await refuseLostKey(keyPath, () => listSealedRecords(store));
    const count = await reseal(store, keyPath);
    putInForce(keyPath);
    return [
      `${count} secrets are sealed with a new key in ${keyPath}`,
      'a backup from before has the old key in it; make a new one, and remove the old ones where the key was in wrong hands',
      '',
    ].join('\n');
  } finally {
    await store.close();
  }
}

/** The database is sealed with the next key afterwards, which has not its name yet. */
export async function reseal(store: Store, keyPath: string): Promise<number> {
  const old = openSecretBox(keyPath);
  const next = openSecretBox(`${keyPath}${NEXT}`);
  return store.transaction((tx) =>
    tx.sealed.reseal((sealed, sealing) => next.seal(old.open(sealed, sealing), sealing)),
  );
}

/**
 * After a rotation that was interrupted: the next key is put in force where the database is sealed with it, and taken away
 * where it is not. Nothing is lost whenever it was: one of the two opens everything.
 */
export async function settleRotation(store: Store, keyPath: string): Promise<void> {
  if (!existsSync(`${keyPath}${NEXT}`)) return;
  if (await opensAll(store, `${keyPath}${NEXT}`)) putInForce(keyPath);
  else rmSync(`${keyPath}${NEXT}`);
}

class LookedAt extends Error {}

/** Nothing is written. */
async function opensAll(store: Store, path: string): Promise<boolean> {
  const box = openSecretBox(path);
  try {
    await store.transaction(async (tx) => {
      await tx.sealed.reseal((sealed, sealing) => {
        box.open(sealed, sealing);
        return sealed;
      });
      throw new LookedAt();
    });
  } catch (error) {
    return error instanceof LookedAt;
  }
  return false;
}

function putInForce(keyPath: string): void {
  renameSync(`${keyPath}${NEXT}`, keyPath);
  const folder = openSync(dirname(keyPath), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
