import type { Install } from '../../domain/install/install.ts';
import { BmcError } from '../../domain/power/bmc-error.ts';
import type { BootOverride } from '../../domain/power/power.ts';
import { NETBOOT_WAYS, type NetbootWay, type PowerUp } from '../../domain/power/power-up.ts';
import type { PowerUpSeen } from '../../domain/power/power-up-move.ts';
import type { Store, StoredInstall, StoreTransaction } from '../../store/interfaces/store.ts';
import type { Heard } from './heard.ts';
import { isOpenAt } from './overruled.ts';
import type { PowerControl } from './power-control.ts';

/** One machine that is brought up. */
export interface UnderWay {
  readonly installId: number;
  readonly system: string;
  readonly systemId: number;
  /** Ends the session with its BMC that is under way. */
  session: AbortController;
  heard: Heard | undefined;
  /** When to look again. */
  atMs: number;
  /** Sessions in a row that failed. */
  tries: number;
  busy: boolean;
}

export interface StepEdges {
  readonly store: Store;
  readonly control: PowerControl;
  readonly now: () => number;
}

/** At most between two looks where nothing is heard: a job and a machine tell by themselves. */
const LOOK_MS = 10_000;
/** Sessions for a boot device, and what is waited for after the first that failed. */
const TRIES = 3;
const BACK_OFF_MS = 2_000;
/** So long another job of the machine may be in the way. */
const OTHER_JOB_MS = 10 * 60_000;

/** Does what the step is about, or looks how far it is; undefined: not yet, `one.atMs` says when to look again. */
export function lookAtStep(
  one: UnderWay,
  stored: StoredInstall,
  powerUp: PowerUp,
  edges: StepEdges,
): Promise<PowerUpSeen | undefined> {
  switch (powerUp.step) {
    case 'off':
    case 'on':
      return lookAtPower(one, stored, powerUp, edges);
    case 'boot-device':
      return setBootDevice(one, wayOf(powerUp), edges);
    case 'clear':
      return clearBootDevice(one, powerUp, edges);
    default:
      return watch(one, powerUp, edges);
  }
}

/**
 * Asks for the power that the step wants, in the transaction that writes the step, so that there is one job for it and
 * none for an install that is over. The record with the job, or undefined where there is none to be had now.
 */
export async function requestPower(
  tx: StoreTransaction,
  { install, systemId }: StoredInstall,
  { control, now }: Pick<StepEdges, 'control' | 'now'>,
): Promise<PowerUp | undefined> {
  const { powerUp } = install;
  const action = powerUp?.step;
  if (powerUp === null || (action !== 'off' && action !== 'on')) return undefined;
  if (powerUp.job !== null || !isOpenAt(install, now())) return undefined;
  const job = await control.request(tx, { systemId, action, by: install.armedBy });
  if (job === undefined) return undefined;
  await tx.installs.setPowerUp(install.id, { ...powerUp, job });
  return { ...powerUp, job };
}

async function lookAtPower(
  one: UnderWay,
  { install }: StoredInstall,
  powerUp: PowerUp,
  edges: StepEdges,
): Promise<PowerUpSeen | undefined> {
  one.atMs = edges.now() + LOOK_MS;
  if (powerUp.job === null) return requestLater(install, powerUp, edges);
  const stand = await edges.control.job(powerUp.job);
  if (stand.kind === 'open') return undefined;
  if (stand.kind === 'done') return { kind: 'done' };
  return { kind: 'not-done', failure: stand.failure, detail: stand.message };
}

/** Another job of the machine was open when the step was written, or its install was just armed. */
async function requestLater(
  { id }: Install,
  { since }: PowerUp,
  { store, control, now }: StepEdges,
): Promise<PowerUpSeen | undefined> {
  const asked = await store.transaction(async (tx) => {
    const stored = await tx.installs.findById(id);
    return stored === undefined ? undefined : requestPower(tx, stored, { control, now });
  });
  if (asked !== undefined) await control.wake();
  else if (now() > Date.parse(since) + OTHER_JOB_MS)
    return { kind: 'not-done', failure: 'busy', detail: 'another power job of this machine does not end' };
  return undefined;
}

async function setBootDevice(
  one: UnderWay,
  { override, by }: NetbootWay,
  edges: StepEdges,
): Promise<PowerUpSeen | undefined> {
  if (override === null) return { kind: 'done' };
  return inSession(one, edges, by === 'own' ? TRIES : 1, async () => {
    const { signal } = one.session;
    const read = await edges.control.setBootDevice(one.systemId, override, { by, signal });
    return read === null || read.device === override.device ? undefined : `reads back as '${read.device}'`;
  });
}

/** By each driver that may have set it: a machine that goes on to boot from the network is somebody's riddle later. */
function clearBootDevice(
  one: UnderWay,
  powerUp: PowerUp,
  edges: StepEdges,
): Promise<PowerUpSeen | undefined> {
  const { override, by } = wayOf(powerUp);
  const none: BootOverride = { device: 'none', firmware: override?.firmware ?? 'uefi', persistent: false };
  return inSession(one, edges, TRIES, async () => {
    const { signal } = one.session;
    // What could not be reached by it did not set it either.
    if (by === 'redfish')
      await edges.control.setBootDevice(one.systemId, none, { by, signal }).catch(ignoreBmcError);
    if (powerUp.canSet) await edges.control.setBootDevice(one.systemId, none, { by: 'own', signal });
    return undefined;
  });
}

function ignoreBmcError(error: unknown): void {
  if (!(error instanceof BmcError)) throw error;
}

/** Some tries, each in a session of its own. */
async function inSession(
  one: UnderWay,
  { now }: StepEdges,
  most: number,
  work: () => Promise<string | undefined>,
): Promise<PowerUpSeen | undefined> {
  try {
    const note = await work();
    return note === undefined ? { kind: 'done' } : { kind: 'done', note };
  } catch (error) {
    if (!(error instanceof BmcError)) throw error;
    one.tries += 1;
    if (!error.retry || one.tries >= most)
      return { kind: 'not-done', failure: error.failure, detail: error.message };
    one.atMs = now() + BACK_OFF_MS * 3 ** (one.tries - 1);
    return undefined;
  }
}

async function watch(
  one: UnderWay,
  { deadline }: PowerUp,
  { now }: StepEdges,
): Promise<PowerUpSeen | undefined> {
  if (one.heard === 'disk-booted') return { kind: 'disk-booted' };
  const deadlineMs = deadline === null ? 0 : Date.parse(deadline);
  if (now() >= deadlineMs) return { kind: 'time' };
  one.atMs = Math.min(deadlineMs, now() + LOOK_MS);
  return undefined;
}

function wayOf({ ways, at }: PowerUp): NetbootWay {
  return NETBOOT_WAYS[ways[at] ?? 'own-order'];
}
