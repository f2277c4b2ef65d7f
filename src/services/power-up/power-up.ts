import type { NewBootEvent } from '../../domain/boot/boot-event.ts';
import type { PowerUp, PowerUpStep } from '../../domain/power/power-up.ts';
import { movePowerUp, type PowerUpMove, type PowerUpSeen } from '../../domain/power/power-up-move.ts';
import type { StoredInstall, StoreTransaction } from '../../store/interfaces/store.ts';
import type { Deps } from '../deps.ts';
import type { PowerUps } from '../installs/installs.ts';
import { hearOf } from './heard.ts';
import { heardBefore, isOpenAt, overruled } from './overruled.ts';
import type { PowerControl } from './power-control.ts';
import { preparePowerUp } from './prepare.ts';
import { lookAtStep, requestPower, type UnderWay } from './steps.ts';

export interface PowerUpEdges {
  readonly control: PowerControl;
  /** How long after it is on a machine's DISCOVER may take, where its install does not say. */
  readonly timeoutSeconds: number;
  readonly record: (event: NewBootEvent) => void;
  /** Hears of what nobody foresaw; that machine is looked at again later. */
  readonly onUnexpected: (error: unknown, system: string) => void;
}

/** Brings machines to boot from the network for their installs, each from where its record says that it is. */
export interface PowerUpService extends PowerUps {
  /** Takes up what an earlier run of the service has left. */
  start(): Promise<void>;
  /** Hears every event; returns at once. */
  notice(event: NewBootEvent): void;
  /** Looks at those whose time it is, about once a second; returns at once. */
  tick(): void;
  /** Ends waiting for BMCs. What is under way goes on at the next start. */
  end(): Promise<void>;
}

/** After an error that nobody foresaw. */
const LATER_MS = 30_000;
/** More than is kept of one machine. */
const WHOLE_TIMELINE = 10_000;

export function powerUpService({ store, now }: Deps, edges: PowerUpEdges): PowerUpService {
  const { control } = edges;
  /** One a system: of two installs of it only the newer one is brought up. */
  const all = new Map<number, UnderWay>();
  const running = new Set<Promise<void>>();
  let stopped = false;

  const look = async (one: UnderWay): Promise<void> => {
    const stored = await store.read.installs.findById(one.installId);
    const powerUp = stored?.install.powerUp ?? null;
    if (stored === undefined || powerUp === null || powerUp.step === 'done') {
      forget(one);
      return;
    }
    const heard = one.heard === 'netbooted' && powerUp.step !== 'clear';
    const seen = heard
      ? ({ kind: 'netbooted' } as const)
      : (overruled(stored.install, powerUp, now()) ??
        (await lookAtStep(one, stored, powerUp, { store, control, now })));
    if (seen !== undefined) await apply(one, powerUp, seen);
  };

  /** Writes what comes next before anything of it is done, then says so. */
  const apply = async (one: UnderWay, judged: PowerUp, seen: PowerUpSeen): Promise<void> => {
    const written = await store.transaction(async (tx) => {
      const stored = await tx.installs.findById(one.installId);
      const powerUp = stored?.install.powerUp ?? null;
      // Somebody else has moved it on.
      if (stored === undefined || powerUp?.step !== judged.step || powerUp.at !== judged.at) return undefined;
      const move = movePowerUp(powerUp, overruled(stored.install, powerUp, now()) ?? seen, now());
      if (move !== null) await write(tx, stored, move);
      return move === null ? undefined : { stored, move };
    });
    if (written === undefined) return;
    one.tries = 0;
    one.atMs = 0;
    // What was heard of the way that is over says nothing about the next.
    if (one.heard === 'disk-booted') one.heard = undefined;
    await control.wake();
    for (const event of written.move.events)
      edges.record(eventOf(written.stored, event, written.move.powerUp.step));
    if (written.move.powerUp.step === 'done') forget(one);
  };

  const write = async (
    tx: StoreTransaction,
    { install }: StoredInstall,
    { powerUp, failed }: PowerUpMove,
  ): Promise<void> => {
    const { job, step } = install.powerUp ?? { job: null, step: 'done' };
    // A machine that is heard is on, whatever its BMC has said so far.
    const isNeedless = job !== null && !(step === 'on' && powerUp.outcome === 'netbooted');
    if (isNeedless) await control.cancel(tx, job, 'it is not wanted any more');
    const stored = await tx.installs.setPowerUp(install.id, powerUp);
    if (failed !== null && isOpenAt(install, now()))
      await tx.installs.update(
        install.id,
        { state: 'failed', stage: 'power', failure: 'power', reason: failed },
        now(),
      );
    await requestPower(tx, stored, { control, now });
  };

  const begin = (one: UnderWay): void => {
    one.busy = true;
    one.session = new AbortController();
    const work = look(one)
      .catch((error) => {
        if (one.session.signal.aborted) return;
        one.atMs = now() + LATER_MS;
        edges.onUnexpected(error, one.system);
      })
      .finally(() => {
        one.busy = false;
        running.delete(work);
      });
    running.add(work);
  };

  const forget = (one: UnderWay): void => {
    if (all.get(one.systemId) === one) all.delete(one.systemId);
  };

  const follow = ({ install, systemId }: StoredInstall): UnderWay => {
    const blank = { session: new AbortController(), heard: undefined, atMs: 0, tries: 0, busy: false };
    const one: UnderWay = { installId: install.id, systemId, system: install.system, ...blank };
    all.set(systemId, one);
    return one;
  };

  return {
    follow(stored) {
      if (stored.install.powerUp === null) return;
      all.get(stored.systemId)?.session.abort();
      follow(stored);
    },
    prepare: (system, input) =>
      preparePowerUp(system, input, { control, nowMs: now(), timeoutSeconds: edges.timeoutSeconds }),
    async stop(tx, { powerUp }) {
      if (powerUp?.job != null) await control.cancel(tx, powerUp.job, 'the install was cancelled');
    },
    async giveWay(tx, { id, powerUp }) {
      if (powerUp !== null && powerUp.step !== 'done')
        await tx.installs.setPowerUp(id, { ...powerUp, step: 'done', outcome: powerUp.outcome ?? 'stopped' });
    },
    async start() {
      for (const stored of await store.read.installs.listPowerUps()) {
        const timeline = await store.read.events.listForSystem(stored.systemId, 0, WHOLE_TIMELINE);
        const { install, systemId } = stored;
        // Armed anew while this was read: what is older has given way.
        if (install.powerUp === null || all.has(systemId)) continue;
        follow(stored).heard = heardBefore(install, install.powerUp, timeline);
      }
    },
    notice(event) {
      const one = event.systemId === null ? undefined : all.get(event.systemId);
      if (one === undefined) return;
      // Its job may be over.
      if (event.stage === 'power' && event.installId === null) one.atMs = 0;
      const heard = event.installId === one.installId ? hearOf(event) : undefined;
      if (heard === undefined || one.heard === 'netbooted') return;
      one.heard = heard;
      one.atMs = 0;
      // What the BMC is told now is for nothing.
      if (heard !== 'disk-booted') one.session.abort();
      if (heard === 'over') control.wake().catch((error) => edges.onUnexpected(error, one.system));
    },
    tick() {
      if (stopped) return;
      for (const one of all.values()) if (!one.busy && one.atMs <= now()) begin(one);
    },
    async end() {
      stopped = true;
      for (const one of all.values()) one.session.abort();
      while (running.size > 0) await Promise.all(running);
    },
  };
}

function eventOf(
  { install, systemId }: StoredInstall,
  { outcome, message }: PowerUpMove['events'][number],
  step: PowerUpStep,
): NewBootEvent {
  // The one error there is ends the install.
  const stage = outcome === 'error' ? 'failed' : 'power';
  return { systemId, mac: null, installId: install.id, stage, outcome, message, data: { step } };
}
