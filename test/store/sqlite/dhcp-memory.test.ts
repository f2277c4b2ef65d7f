import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DomainError } from '../../../src/domain/errors.ts';
import type { Ipv4 } from '../../../src/domain/network/ipv4.ts';
import type { BootStore } from '../../../src/store/interfaces/boot-store.ts';
import type { DhcpStore, LeaseWrite } from '../../../src/store/interfaces/dhcp-store.ts';
import type { Store } from '../../../src/store/interfaces/store.ts';
import { sqliteBootStore } from '../../../src/store/sqlite/boot.ts';
import { sqliteDhcpStore } from '../../../src/store/sqlite/dhcp.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { openEmptyStore } from '../../support/empty-store.ts';
import {
  addCatalogue,
  installWrite,
  leaseWrite,
  macOf,
  NOW_MS,
  profileWrite,
  subnetWrite,
  systemWrite,
} from '../../support/store-records.ts';

// Packets are answered from memory, and so are machines that fetch files. Whatever is done to the database, in whatever order, done or undone, the memory must
// answer as a service does that has just been started on it.

const NUMBERS = [1, 2, 3, 4];
const MACS = NUMBERS.map(macOf);
const ADDRESSES = ['10.99.0.1', '10.99.0.2', '10.99.0.100', '10.99.0.101', '10.99.0.254', '10.99.1.254'];
const TIMES = [NOW_MS - 1000, NOW_MS, NOW_MS + 2000, NOW_MS + 5000];

/** More than are armed in one run. */
const INSTALLS = Array.from({ length: 40 }, (_, index) => index + 1);

/** Everything that packets may ask, of all machines and addresses, at several times; and every install. */
function answersOf({ dhcp, boot }: { dhcp: DhcpStore; boot: BootStore }): object {
  const [first, last] = [ip('10.99.0.0'), ip('10.99.1.255')];
  return {
    machines: MACS.map((mac) => dhcp.findMachine(mac)),
    installs: INSTALLS.map((id) => boot.findInstallById(id)),
    tokens: NUMBERS.map((n) => boot.findInstall(`token-${n}`)),
    leases: MACS.map((mac) => dhcp.findLease(mac, first, last)),
    seen: MACS.map((mac) => TIMES.map((nowMs) => dhcp.findMachineSeen(mac, nowMs))),
    holders: ADDRESSES.map((address) => TIMES.map((nowMs) => dhcp.findHolder(ip(address), nowMs))),
    owners: ADDRESSES.map((address) => TIMES.map((nowMs) => dhcp.findMacOf(ip(address), nowMs))),
  };
}

/** The answers of a service that has remembered nothing yet. */
function freshAnswers(dataDir: string): object {
  const reader = new Database(join(dataDir, 'provision.db'));
  const never = () => Promise.reject(new Error('nothing is written here'));
  const parts = { reader, writer: reader, durably: never, flushed: never };
  const dhcp = sqliteDhcpStore({ ...parts, subnets: () => [] });
  const answers = answersOf({ dhcp, boot: sqliteBootStore(parts, () => 0) });
  reader.close();
  return answers;
}

type Step = (store: Store, profileId: number) => Promise<unknown>;

const number = fc.constantFrom(...NUMBERS);
const address = fc.constantFrom(...ADDRESSES);

const inTransaction = (isUndone: boolean, work: Parameters<Store['transaction']>[0]): Step => {
  return (store) =>
    store.transaction(async (tx) => {
      await work(tx);
      if (isUndone) throw new DomainError('storage', 'undone');
    });
};

const idOf = async (store: Store, which: number): Promise<number> =>
  (await store.read.systems.find(systemWrite(0, which).name))?.system.id ?? 0;

const undone = fc.integer({ min: 0, max: 4 }).map((n) => n === 0);

const steps: fc.Arbitrary<Step>[] = [
  fc.tuple(number, undone).map(
    ([n, isUndone]): Step =>
      (store, profileId) =>
        inTransaction(isUndone, (tx) => tx.systems.add(systemWrite(profileId, n), NOW_MS))(store, profileId),
  ),
  fc.tuple(number, number, address, undone).map(
    ([n, mac, to, isUndone]): Step =>
      async (store, profileId) => {
        const id = await idOf(store, n);
        const interfaces = [{ name: 'eth0', mac: macOf(mac), ip: ip(to) }];
        const write = systemWrite(profileId, n, { interfaces, hostname: `host-${mac}` });
        await inTransaction(isUndone, (tx) => tx.systems.update(id, write, NOW_MS))(store, profileId);
      },
  ),
  fc.tuple(number, undone).map(
    ([n, isUndone]): Step =>
      async (store, profileId) => {
        const id = await idOf(store, n);
        await inTransaction(isUndone, (tx) => tx.systems.remove(id))(store, profileId);
      },
  ),
  fc.tuple(fc.shuffledSubarray(NUMBERS, { minLength: 2, maxLength: 3 }), address, fc.boolean()).map(
    ([cards, to, isShared]): Step =>
      async (store, profileId) => {
        const [n = 1] = cards;
        const members = cards.map((card) => ({ name: `eth${card}`, mac: macOf(card), ip: null }));
        const parents = members.map(({ name }) => name).sort();
        const address = isShared ? { ip: null, sharedAddresses: [ip(to)] } : { ip: ip(to) };
        const bond = { name: 'bond0', mac: null, type: 'bond', parents, ...address } as const;
        const write = systemWrite(profileId, n, { interfaces: [...members, bond] });
        const id = await idOf(store, n);
        await store.transaction((tx) =>
          id === 0 ? tx.systems.add(write, NOW_MS) : tx.systems.update(id, write, NOW_MS),
        );
      },
  ),
  fc.tuple(number, number).map(
    ([n, token]): Step =>
      async (store) => {
        const id = await idOf(store, n);
        await store.transaction((tx) => tx.installs.add(installWrite(id, `token-${token}`)));
      },
  ),
  fc.constantFrom(...INSTALLS.slice(0, 4)).map(
    (id): Step =>
      (store) =>
        store.boot.moveInstall(
          id,
          ({ scriptsServed }) => ({ change: { scriptsServed: scriptsServed + 1 } }),
          NOW_MS,
        ),
  ),
  number.map(
    (n): Step =>
      async (store) => {
        const found = await store.read.installs.findLatest(await idOf(store, n));
        const move = {
          state: 'failed',
          attemptsUsed: 1,
          scriptsServed: 1,
          stage: null,
          reason: 'x',
        } as const;
        if (found !== undefined)
          await store.transaction((tx) => tx.installs.update(found.install.id, move, NOW_MS));
      },
  ),
  fc
    .record({
      n: number,
      to: address,
      state: fc.constantFrom<LeaseWrite['state']>('bound', 'bound', 'bound', 'released', 'declined'),
      reserved: fc.boolean(),
      nowMs: fc.constantFrom(...TIMES),
    })
    .map(
      ({ n, to, state, reserved, nowMs }): Step =>
        (store) =>
          store.dhcp.commitLease(leaseWrite(n, to, { state, reserved, nowMs, expiresAtMs: nowMs + 3000 })),
    ),
  fc.tuple(address, number).map(
    ([to, n]): Step =>
      (store) =>
        store.transaction((tx) => tx.addresses.forgetLeases([{ ip: ip(to), key: macOf(n) }], NOW_MS)),
  ),
  fc.array(address, { maxLength: 2 }).map(
    (own): Step =>
      (store) =>
        store.transaction((tx) => tx.addresses.replaceServerAddresses(own.map(ip), NOW_MS)),
  ),
  fc.constantFrom('grub' as const, 'ipxe' as const, null).map(
    (loader): Step =>
      (store, profileId) => {
        const { input, ...rest } = profileWrite(1);
        const write = { ...rest, input: { ...input, loader } };
        return store.transaction((tx) => tx.profiles.update(profileId, write, NOW_MS));
      },
  ),
  fc.boolean().map(
    (isAdded): Step =>
      async (store) => {
        const other = subnetWrite({
          name: 'other',
          network: '10.99.1.0/24',
          gateway: '10.99.1.254',
          ranges: [],
        });
        const found = await store.read.subnets.find('other');
        if (isAdded) await store.transaction((tx) => tx.subnets.add(other, NOW_MS));
        else if (found !== undefined) await store.transaction((tx) => tx.subnets.remove(found.id));
      },
  ),
];

/** What the database refuses has changed nothing. */
async function attempt(step: Promise<unknown>): Promise<void> {
  try {
    await step;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
}

it('remembers nothing that is not so, whatever is written', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.oneof(...steps), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      async (rounds, isReadAhead) => {
        const { store, dataDir, dispose } = await openEmptyStore();
        try {
          const profileId = await addCatalogue(store);
          if (isReadAhead) await store.dhcp.readMachines(async () => {});
          for (const round of rounds) {
            answersOf(store);
            // Those of one round at the same time: transactions, groups of leases and questions between them.
            await Promise.all(round.map((step) => attempt(step(store, profileId))));
            expect(answersOf(store)).toEqual(freshAnswers(dataDir));
          }
        } finally {
          await dispose();
        }
      },
    ),
    { seed: 43, numRuns: 60 },
  );
});

it('reads the machines a few at a time, and what changes meanwhile as well', async () => {
  const { store, dispose } = await openEmptyStore();
  const profileId = await addCatalogue(store);
  const numbers = [1, 2, 3, 4, 5];
  const ids = await store.transaction(async (tx) => {
    const added: number[] = [];
    for (const n of numbers) added.push((await tx.systems.add(systemWrite(profileId, n), NOW_MS)).id);
    return added;
  });
  const [first = 0, , , , last = 0] = ids;
  let pauses = 0;
  await store.dhcp.readMachines(async () => {
    pauses += 1;
    if (pauses > 1) return;
    await store.transaction(async (tx) => {
      await tx.systems.update(first, systemWrite(profileId, 1, { hostname: 'renamed' }), NOW_MS);
      await tx.systems.remove(last);
      await tx.systems.add(systemWrite(profileId, 6), NOW_MS);
    });
  }, 2);
  expect(pauses).toBe(3);
  const names = [...numbers, 6, 7].map((n) => store.dhcp.findMachine(macOf(n))?.hostname);
  expect(names).toEqual(['renamed', 'web002', 'web003', 'web004', undefined, 'web006', undefined]);
  await dispose();
});

it('tells a lease as soon as it is committed, and no earlier', async () => {
  const { store, dispose } = await openEmptyStore();
  await addCatalogue(store);
  const at = ip('10.99.0.100') as Ipv4;
  const committed = store.dhcp.commitLease(leaseWrite(1, '10.99.0.100'));
  expect(store.dhcp.findHolder(at, NOW_MS)).toBeUndefined();
  await committed;
  expect(store.dhcp.findHolder(at, NOW_MS)?.mac).toBe(macOf(1));
  await dispose();
});
