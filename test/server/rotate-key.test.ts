import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reseal, rotateKey, settleRotation } from '../../server/rotate-key.ts';
import { openSecretBox } from '../../server/secret-box.ts';
import { SEALING } from '../../src/domain/access/sealing.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite.ts';
import {
  bmcWrite,
  distroWrite,
  NOW_MS,
  profileWrite,
  subnetWrite,
  systemWrite,
} from '../support/store-records.ts';

let dataDir: string;
let store: Store;
let keyPath: string;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'provision-rotate-'));
  store = await openSqliteStore(dataDir);
  keyPath = join(dataDir, 'secret.key');
  const box = openSecretBox(keyPath);
  await store.transaction(async (tx) => {
    const distro = await tx.distros.add(distroWrite(), NOW_MS);
    const sealedSecrets = box.seal('profile', SEALING.settings);
    const profile = await tx.profiles.add({ ...profileWrite(distro.id), sealedSecrets }, NOW_MS);
    await tx.subnets.add(subnetWrite(), NOW_MS);
    const bmc = {
      ...bmcWrite('10.99.0.2'),
      sealedPassword: box.seal('password', SEALING.bmcPassword),
      sealedKg: box.seal('kg', SEALING.bmcKg),
    };
    const write = systemWrite(profile.id, 1, { bmc, sealedSecrets: box.seal('system', SEALING.settings) });
    await tx.systems.add(write, NOW_MS);
    const request = box.seal('request', SEALING.idempotencyRequest);
    await tx.idempotency.begin('local:local', 'k1', request, NOW_MS);
  });
});
afterEach(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true });
});

/** Everything that is sealed, opened with the key in force. */
async function opened(store: Store): Promise<string[]> {
  const box = openSecretBox(keyPath);
  const found: string[] = [];
  await store.transaction((tx) =>
    tx.sealed.reseal((sealed, sealing) => {
      found.push(box.open(sealed, sealing));
      return sealed;
    }),
  );
  return found.sort();
}

const ALL = ['kg', 'password', 'profile', 'request', 'system'];

describe('a new key', () => {
  it('opens every secret, and the old one none', async () => {
    const before = readFileSync(keyPath, 'utf8');
    await store.close();
    const said = await rotateKey({ dataDir }).finally(async () => {
      store = await openSqliteStore(dataDir);
    });
    expect(said).toContain('5 secrets');
    expect(readFileSync(keyPath, 'utf8')).not.toBe(before);
    expect(statSync(keyPath).mode & 0o777).toBe(0o600);
    expect(existsSync(`${keyPath}.next`)).toBe(false);
    expect(await opened(store)).toEqual(ALL);
  });

  it('is not made under a service that runs', async () => {
    await expect(rotateKey({ dataDir: dataDir })).rejects.toThrow(/another provisiond/);
  });

  it('is put in force by the next start where it was made and the service ended before', async () => {
    await reseal(store, keyPath);
    await expect(opened(store)).rejects.toThrow(/not sealed with the key/);
    await settleRotation(store, keyPath);
    expect(await opened(store)).toEqual(ALL);
  });

  it('is taken away by the next start where nothing was sealed with it yet', async () => {
    openSecretBox(`${keyPath}.next`);
    await settleRotation(store, keyPath);
    expect(existsSync(`${keyPath}.next`)).toBe(false);
    expect(await opened(store)).toEqual(ALL);
  });
});
