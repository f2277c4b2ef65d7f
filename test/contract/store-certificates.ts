import { expect, it } from 'vitest';
import { addCatalogue, installWrite, NOW_MS, systemWrite } from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

const CERTNAME = 'web001.lab.example';

/** The names that installs have at a certificate authority. */
export function certificateCases(store: StoreOfTest): void {
  const addInstall = async () => {
    const profileId = await addCatalogue(store());
    return store().transaction(async (tx) => {
      const { id: systemId } = await tx.systems.add(systemWrite(profileId, 1), NOW_MS);
      const { install } = await tx.installs.add(installWrite(systemId, 'hash'));
      const write = { systemId, installId: install.id, handoff: 'puppet', certname: CERTNAME };
      await tx.certificates.add(write, NOW_MS);
      return { systemId, installId: install.id };
    });
  };

  it('are kept with their install until they are revoked', async () => {
    const { systemId, installId } = await addInstall();
    const reserved = {
      install: installId,
      handoff: 'puppet',
      certname: CERTNAME,
      state: 'reserved',
      keyDigest: null,
    };
    expect(await store().read.certificates.find(installId)).toEqual(reserved);
    await store().transaction((tx) => tx.certificates.setState(installId, 'signing', NOW_MS, 'ab'));
    await store().transaction((tx) => tx.certificates.setState(installId, 'signed', NOW_MS));
    const signed = { ...reserved, state: 'signed', keyDigest: 'ab' };
    expect(await store().read.certificates.listGood(systemId)).toEqual([signed]);
    await store().transaction((tx) => tx.certificates.setState(installId, 'revoked', NOW_MS));
    expect(await store().read.certificates.listGood(systemId)).toEqual([]);
    expect(await store().read.certificates.find(installId)).toEqual({ ...signed, state: 'revoked' });
  });

  it('go with their system', async () => {
    const { systemId, installId } = await addInstall();
    await store().transaction((tx) => tx.systems.remove(systemId));
    expect(await store().read.certificates.find(installId)).toBeUndefined();
  });
}
