import { expect, it } from 'vitest';
import { NOW_MS } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

const record = {
  name: 'snponly.efi',
  version: '1.0',
  source: 'package ipxe: /usr/lib/ipxe/snponly.efi',
  sha256: 'a'.repeat(64),
  bytes: 173_792,
  installedBy: 'ada',
};

/** What is on record of boot loaders. */
export function loaderCases(store: StoreOfTest): void {
  it('keeps one record a name: the newest', async () => {
    await store().transaction((tx) => tx.loaders.put(record, NOW_MS));
    const newer = { ...record, version: null, source: 'file x.efi', sha256: 'b'.repeat(64), bytes: 1 };
    await store().transaction((tx) => tx.loaders.put(newer, NOW_MS + 1000));
    const installedAt = '2026-11-22T09:00:01.000Z';
    expect(await store().read.loaders.list()).toEqual([{ ...newer, installedAt }]);
  });

  it('forgets one, and others not', async () => {
    await store().transaction((tx) => tx.loaders.put(record, NOW_MS));
    await store().transaction((tx) => tx.loaders.put({ ...record, name: 'a.efi' }, NOW_MS));
    await store().transaction((tx) => tx.loaders.remove('a.efi'));
    expect((await store().read.loaders.list()).map(({ name }) => name)).toEqual(['snponly.efi']);
  });

  it('records nothing when the transaction fails, as when the file cannot be written', async () => {
    const failing = store().transaction(async (tx) => {
      await tx.loaders.put(record, NOW_MS);
      throw new Error('disk full');
    });
    await expect(failing).rejects.toThrow('disk full');
    expect(await store().read.loaders.list()).toEqual([]);
  });
}
