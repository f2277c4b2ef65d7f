import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openSecretBox } from '../../server/secret-box.ts';
import type { Stage } from '../../src/domain/boot/boot-event.ts';
import type { Install } from '../../src/domain/install/install.ts';
import type { InstallInput } from '../../src/domain/install/install-input.ts';
import type { BmcDriver } from '../../src/domain/power/bmc-driver.ts';
import type { Deps } from '../../src/services/deps.ts';
import { type EventService, eventService } from '../../src/services/events/events.ts';
import { type InstallService, installService } from '../../src/services/installs/installs.ts';
import { type PowerService, powerService } from '../../src/services/power/power-service.ts';
import { createBmcControl } from '../../src/services/power-up/bmc-control.ts';
import { type PowerUpService, powerUpService } from '../../src/services/power-up/power-up.ts';
import type { BmcWrite } from '../../src/store/interfaces/power-store.ts';
import type { Store, SystemWrite } from '../../src/store/interfaces/store.ts';
import { ADA } from './actors.ts';
import { openEmptyStore } from './empty-store.ts';
import { type FakeBmc, FakeBmcs } from './fake-bmcs.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { noConsoleLog } from './no-console-log.ts';
import { addCatalogue, bmcWrite, NOW_MS, systemWrite } from './store-records.ts';

const LIMITS = {
  gapMs: 1000,
  maxSessions: 8,
  sessionMs: 30_000,
  pollMs: 5000,
  tries: 4,
  timeoutSeconds: 300,
};
const BMC_ADDRESS = '10.99.0.201';
const TEN_MINUTES = 600;

/** One life of the service. */
interface Run {
  readonly clock: FakeClock;
  readonly events: EventService;
  readonly power: PowerService;
  readonly powerUps: PowerUpService;
  readonly installs: InstallService;
}

/** A machine with a BMC and the services that install it, on a clock that only the test moves. */
export interface PowerUpWorld {
  readonly store: Store;
  readonly systemId: number;
  /** By the driver on record, and by Redfish. */
  readonly bmc: FakeBmc;
  readonly redfish: FakeBmc;
  /** What nobody should have thrown. */
  readonly unexpected: unknown[];
  run: Run;
  arm(input?: Partial<InstallInput>): Promise<Install>;
  /** So many seconds pass, with a look in each. */
  pass(seconds: number): Promise<void>;
  /** Until the record is at this step; fails after ten minutes. */
  passUntil(step: string): Promise<void>;
  /** The machine is heard, as its packets are. */
  hear(stage: Stage, data?: Record<string, boolean | string>): Promise<void>;
  /** Never comes back: what a crash interrupts. */
  hang(): Promise<never>;
  /** A new life of the service, which has not looked at anything yet. */
  begin(): Run;
  /** The service is gone from one moment to the next, and begins anew on the same database. */
  crash(): Promise<void>;
  install(): Promise<Install>;
  /** What was told, without the times and what the database tells by itself; outcomes that are not ok in the front. */
  timeline(): Promise<string[]>;
  dispose(): Promise<void>;
}

export async function openPowerUpWorld(
  change: Partial<BmcWrite> = {},
  more: Partial<SystemWrite> = {},
): Promise<PowerUpWorld> {
  const { store, dataDir, dispose } = await openEmptyStore();
  const systemId = await addMachine(store, change, more);
  const secrets = openSecretBox(join(dataDir, 'secret.key'));
  const unexpected: unknown[] = [];
  const [bmcs, redfish] = [new FakeBmcs(), new FakeBmcs()];
  const end = new AbortController();
  const runs: Run[] = [];
  const begin = (nowMs: number): Run => {
    const clock = new FakeClock(nowMs);
    const deps = {
      store,
      secrets,
      now: () => clock.nowMs,
      randomBytes: (length: number) => randomBytes(length),
    };
    const [own, other] = [hearing(bmcs.driver), hearing(redfish.driver)];
    const drivers = { ipmi: own, wol: own, redfish: other };
    const run = openRun(deps, clock, drivers, (error) => unexpected.push(error));
    runs.push(run);
    return run;
  };
  const world: PowerUpWorld = {
    store,
    systemId,
    bmc: bmcs.at(BMC_ADDRESS),
    redfish: redfish.at(BMC_ADDRESS),
    unexpected,
    run: begin(NOW_MS),
    async arm(input = {}) {
      const arming = world.run.installs.arm('web001', input, ADA);
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      arming.then(over, over);
      await settle();
      // Sessions with the BMC wait for their turn.
      while (!isOver) await world.run.clock.advance(1000);
      const install = await arming;
      await look(world.run);
      return install;
    },
    async pass(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        await world.run.clock.advance(1000);
        await look(world.run);
      }
    },
    async passUntil(step) {
      for (let second = 0; second < TEN_MINUTES; second += 1) {
        if ((await world.install()).powerUp?.step === step) return;
        await world.pass(1);
      }
      throw new Error(`never came to ${step}: ${JSON.stringify(await world.install())}`);
    },
    async hear(stage, data = {}) {
      const { id } = await world.install();
      const whose = { systemId, installId: id, mac: null };
      world.run.events.record({ ...whose, stage, outcome: 'ok', message: 'heard', data });
      await look(world.run);
    },
    hang: () =>
      new Promise((_, reject) => end.signal.addEventListener('abort', () => reject(new Error('gone')))),
    begin: () => begin(world.run.clock.nowMs),
    async crash() {
      await world.run.events.flush();
      world.run = world.begin();
      await world.run.power.jobs.resume();
      await world.run.powerUps.start();
      await look(world.run);
    },
    async install() {
      const found = await store.read.installs.findLatest(systemId);
      if (found === undefined) throw new Error('it was never armed');
      return found.install;
    },
    async timeline() {
      const all = await world.run.events.timeline('web001', 0, 1000);
      const events = all.filter(({ stage }) => stage !== 'state');
      return events.map(
        ({ stage, outcome, message }) => `${outcome === 'ok' ? '' : `${outcome} `}${stage}: ${message}`,
      );
    },
    async dispose() {
      const stopped = runs.flatMap(({ power, powerUps }) => [power.stop(), powerUps.end()]);
      end.abort();
      await Promise.all(stopped);
      for (const { events } of runs) await events.flush();
      await dispose();
    },
  };
  return world;
}

function openRun(
  deps: Deps,
  clock: FakeClock,
  drivers: Record<'ipmi' | 'wol' | 'redfish', BmcDriver>,
  onError: (error: unknown) => void,
): Run {
  const events = eventService(deps, onError, (event) => powerUps.notice(event));
  const power = powerService({
    deps,
    events,
    drivers,
    clock,
    limits: LIMITS,
    openConsoleLog: noConsoleLog,
    onError,
  });
  const control = createBmcControl(deps, { ...power, clock, timeoutSeconds: LIMITS.timeoutSeconds });
  const edges = { control, record: events.record, onUnexpected: onError, timeoutSeconds: 300 };
  const powerUps: PowerUpService = powerUpService(deps, edges);
  const installs = installService(deps, events, async () => {}, powerUps);
  return { clock, events, power, powerUps, installs };
}

/** A driver whose sessions end when they are told to, whatever the test keeps them waiting for. */
function hearing(driver: BmcDriver): BmcDriver {
  return {
    ...driver,
    withSession: (target, work, { signal }) =>
      Promise.race([
        driver.withSession(target, work, { signal }),
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ]),
  };
}

async function look({ powerUps }: Run): Promise<void> {
  powerUps.tick();
  await settle();
}

async function addMachine(
  store: Store,
  change: Partial<BmcWrite>,
  more: Partial<SystemWrite>,
): Promise<number> {
  const profileId = await addCatalogue(store);
  const bmc = bmcWrite(BMC_ADDRESS, { driver: 'ipmi', firmware: 'uefi', user: 'lab', ...change });
  return store.transaction(
    async (tx) => (await tx.systems.add(systemWrite(profileId, 1, { bmc, ...more }), NOW_MS)).id,
  );
}
