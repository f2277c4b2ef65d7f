import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openSecretBox } from '../../server/secret-box.ts';
import type { Install } from '../../src/domain/install/install.ts';
import type { BatchReceipt } from '../../src/domain/install/install-batch.ts';
import { eventService } from '../../src/services/events/events.ts';
import type { InstallQueueService } from '../../src/services/install-queue/queue-service.ts';
import type { InstallService } from '../../src/services/installs/installs.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import { ADA } from './actors.ts';
import { openEmptyStore } from './empty-store.ts';
import { type InstallEdges, openInstallServices } from './install-services.ts';
import { NO_POWER_UPS } from './no-power-ups.ts';
import { powerUpRecord } from './power-up-records.ts';
import { seededRandom } from './seeded-random.ts';
import { addCatalogue, macOf, NOW_MS, systemWrite } from './store-records.ts';

/** One life of the service. */
interface Run {
  readonly installs: InstallService;
  readonly installQueue: InstallQueueService;
  readonly edges: InstallEdges;
}

/** Machines web001 … of the role `web` that the service switches on, on a database of its own and a clock of the test. */
export interface QueueWorld {
  readonly store: Store;
  run: Run;
  nowMs: number;
  /** Looks that were made, each with how many had a place after it. */
  readonly running: number[];
  start(body?: object): Promise<BatchReceipt>;
  arm(name: string): Promise<Install>;
  /** So many seconds pass, with a look in each. */
  pass(seconds: number): Promise<void>;
  /** The machine goes all the way to being in service. */
  finish(name: string): Promise<void>;
  fail(name: string): Promise<void>;
  /** Names of the systems whose install is in this state, in the order in which it came to it. */
  inState(state: Install['state']): Promise<string[]>;
  /** Names in the order of their places. */
  queued(): Promise<string[]>;
  /** The service is gone from one moment to the next, and begins anew on the same database. */
  crash(): Promise<void>;
  dispose(): Promise<void>;
}

export async function openQueueWorld(count: number, change: Partial<InstallEdges> = {}): Promise<QueueWorld> {
  const { store, dataDir, dispose } = await openEmptyStore();
  await addMachines(store, count);
  const secrets = openSecretBox(join(dataDir, 'secret.key'));
  const now = () => world.nowMs;
  const deps = { store, secrets, now, randomBytes: (length: number) => randomBytes(length) };
  const events = eventService(deps, (error) => {
    throw error;
  });
  const edges: InstallEdges = {
    powerUps: { ...NO_POWER_UPS, prepare: async () => powerUpRecord() },
    checkReady: async () => {},
    limits: { maxConcurrentInstalls: 50, jitterMs: 30_000 },
    random: seededRandom(7),
    ...change,
  };
  const begin = (): Run => ({ ...openInstallServices(deps, events, edges), edges });
  const latest = async (name: string): Promise<Install> => {
    const [found] = await store.read.installs.list({ system: name }, 1);
    if (found === undefined) throw new Error(`${name} was never armed`);
    return found.install;
  };
  const seen = async (name: string, ...kinds: ('script-served' | 'answer-served')[]) => {
    const { id } = await latest(name);
    for (const kind of kinds) await world.run.installs.observe(id, { kind });
    return id;
  };
  const world: QueueWorld = {
    store,
    run: begin(),
    nowMs: NOW_MS,
    running: [],
    start: (body = {}) => world.run.installQueue.bulk.start({ role: 'web', ...body }, ADA),
    arm: (name) => world.run.installs.arm(name, {}, ADA),
    async pass(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        world.nowMs += 1000;
        await world.run.installQueue.queue.tick();
        await world.run.installQueue.queue.idle();
        world.running.push((await store.read.queue.count()).running);
      }
    },
    async finish(name) {
      const id = await seen(name, 'script-served', 'answer-served');
      await world.run.installs.observe(id, { kind: 'first-boot', hostKeys: [] });
    },
    async fail(name) {
      const id = await seen(name, 'script-served', 'answer-served');
      await world.run.installs.observe(id, { kind: 'failed', stage: 'partitioning', reason: 'no disk' });
    },
    async inState(state) {
      const found = (await store.read.installs.list({ states: [state] }, 1000)).map(({ install }) => install);
      return found.toSorted(byStateAt).map(({ system }) => system);
    },
    queued: async () => (await store.read.queue.list()).map(({ system }) => system),
    async crash() {
      await world.run.installQueue.queue.end();
      world.run = begin();
    },
    async dispose() {
      await world.run.installQueue.queue.end();
      await events.flush();
      await dispose();
    },
  };
  return world;
}

function byStateAt(a: Install, b: Install): number {
  return Date.parse(a.stateAt) - Date.parse(b.stateAt) || a.id - b.id;
}

async function addMachines(store: Store, count: number): Promise<void> {
  const profileId = await addCatalogue(store);
  await store.transaction(async (tx) => {
    for (let number = 1; number <= count; number += 1) {
      const interfaces = [{ name: 'eth0', mac: macOf(number), ip: null }];
      await tx.systems.add(systemWrite(profileId, number, { interfaces, roles: ['web'] }), NOW_MS);
    }
  });
}
