import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../../src/store/interfaces/store.ts';
import { addressCases } from './store-addresses.ts';
import { bmcCases } from './store-bmcs.ts';
import { bootCases } from './store-boot.ts';
import { certificateCases } from './store-certificates.ts';
import { identityCases } from './store-identities.ts';
import { installLifeCases } from './store-install-life.ts';
import { installCases } from './store-installs.ts';
import { interfaceCases } from './store-interfaces.ts';
import { jobCases } from './store-jobs.ts';
import { leaseCases } from './store-leases.ts';
import { ledgerCases } from './store-ledgers.ts';
import { loaderCases } from './store-loaders.ts';
import { queueCases } from './store-queue.ts';
import { recordCases } from './store-records.ts';
import { roleCases } from './store-roles.ts';
import { transactionCases } from './store-transactions.ts';

/** A store of one test, empty, and how to be rid of it. */
export interface OpenedStore {
  readonly store: Store;
  dispose(): Promise<void>;
}

/** What a group of cases gets: the store of the test that runs. */
export type StoreOfTest = () => Store;

/** What every implementation of Store has to hold, against a real database. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`store contract: ${name}`, () => {
    let opened: OpenedStore | undefined;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened?.dispose());
    const store: StoreOfTest = () => {
      if (opened === undefined) throw new Error('no store is open');
      return opened.store;
    };
    describe('transactions', () => transactionCases(store));
    describe('records', () => recordCases(store));
    describe('roles', () => roleCases(store));
    describe('addresses', () => addressCases(store));
    describe('leases', () => leaseCases(store));
    describe('identities', () => identityCases(store));
    describe('interfaces of interfaces', () => interfaceCases(store));
    describe('installs', () => installCases(store));
    describe('the life of installs', () => installLifeCases(store));
    describe('the queue of installs', () => queueCases(store));
    describe('certificates', () => certificateCases(store));
    describe('BMCs and power', () => bmcCases(store));
    describe('jobs', () => jobCases(store));
    describe('machines that fetch files', () => bootCases(store));
    describe('loaders', () => loaderCases(store));
    describe('ledgers', () => ledgerCases(store));
  });
}
