import type { Install, InstallState } from './install.ts';
import { LIVE_STATES, NO_HANDOFF, OPEN_STATES, SCRIPTS_PER_ATTEMPT } from './install.ts';

/** What a decision about booting needs to know of an install. */
export interface InstallFacts {
  readonly id: number;
  readonly state: InstallState;
  readonly attempts: number;
  readonly attemptsUsed: number;
  readonly scriptsServed: number;
  readonly expiresAtMs: number;
}

/** What more its life depends on. */
export interface InstallLife extends InstallFacts, Pick<Install, 'stage' | 'failure' | 'handoff'> {
  readonly armedAtMs: number;
  readonly stateAtMs: number;
}

/** One thing that was seen of a machine, or done for it, and that may move its install on. */
export type Observation =
  /** Its turn in the queue has come. */
  | { readonly kind: 'promoted' }
  /** Its turn has come, and something is in the way. */
  | { readonly kind: 'not-ready'; readonly reason: string; readonly hint: string | null }
  | { readonly kind: 'script-served' }
  | { readonly kind: 'kernel-served' }
  | { readonly kind: 'initrd-served' }
  | { readonly kind: 'answer-served' }
  | { readonly kind: 'progress'; readonly stage: string }
  | { readonly kind: 'installed' }
  | { readonly kind: 'first-boot'; readonly hostKeys: readonly string[] }
  | { readonly kind: 'failed'; readonly stage: string; readonly reason: string }
  | { readonly kind: 'netbooted' }
  /** `stage` has not come in its time. */
  | { readonly kind: 'overdue'; readonly stage: string; readonly reason: string; readonly hint: string }
  | { readonly kind: 'handed-off' }
  | { readonly kind: 'handoff-failed'; readonly reason: string; readonly hint: string }
  | { readonly kind: 'handoff-retried' }
  | { readonly kind: 'expired' }
  /** `by` whom, or the whole reason in its place. */
  | { readonly kind: 'cancelled'; readonly by: string; readonly reason?: string };

export type InstallChange = Partial<
  Pick<
    Install,
    | 'state'
    | 'position'
    | 'attemptsUsed'
    | 'scriptsServed'
    | 'expiresAt'
    | 'handoff'
    | 'stage'
    | 'reason'
    | 'failure'
    | 'hint'
    | 'hostKeys'
  >
>;

/** `change` is null where nothing changes; `refused` says why the observation is not allowed now. */
export type Advance =
  | { readonly change: InstallChange | null; readonly refused?: undefined }
  | { readonly refused: string };

/** May the machine still be given anything of this install? */
export function isOpen(install: Pick<InstallFacts, 'state' | 'expiresAtMs'>, nowMs: number): boolean {
  return OPEN_STATES.includes(install.state) && nowMs < install.expiresAtMs;
}

/** Is it not over yet? One that is open and past its time is over, even if nobody has swept it yet. */
export function isLive(install: Pick<InstallFacts, 'state' | 'expiresAtMs'>, nowMs: number): boolean {
  return (
    LIVE_STATES.includes(install.state) && (!OPEN_STATES.includes(install.state) || isOpen(install, nowMs))
  );
}

/** Is there an attempt left that a netbooting machine could begin? */
export function hasAttemptLeft(install: InstallFacts): boolean {
  return (
    install.attemptsUsed < install.attempts && install.scriptsServed < install.attempts * SCRIPTS_PER_ATTEMPT
  );
}

/**
 * The life of an install: queued -> armed -> booting -> loading -> installing -> installed -> configuring -> ready, or failed |
 * expired | cancelled. Pure; the caller writes the change before it hands anything out (persist before you promise).
 */
export function advance(install: InstallLife, seen: Observation, nowMs: number): Advance {
  switch (seen.kind) {
    case 'promoted':
      return promote(install, nowMs);
    case 'not-ready':
      return refuseTurn(install, seen.reason, seen.hint);
    case 'expired':
      return expire(install, nowMs);
    case 'cancelled':
      return whileLive(install, nowMs, {
        state: 'cancelled',
        position: null,
        reason: seen.reason ?? `cancelled by ${seen.by}`,
      });
    case 'overdue': {
      const { stage, reason, hint } = seen;
      return whileLive(install, nowMs, { state: 'failed', stage, failure: 'overdue', reason, hint });
    }
    case 'installed':
      return reportEnd(install, nowMs);
    case 'first-boot':
      return firstBoot(install, seen.hostKeys, nowMs);
    case 'handed-off':
    case 'handoff-failed':
    case 'handoff-retried':
      return configure(install, seen);
    default:
      return isOpen(install, nowMs) ? whileOpen(install, seen) : { refused: closedReason(install) };
  }
}

type SeenWhileOpen = Extract<
  Observation,
  { kind: `${'script' | 'kernel' | 'initrd' | 'answer'}-served` | 'progress' | 'failed' | 'netbooted' }
>;

/** What a machine does that may be given files. */
function whileOpen(install: InstallLife, seen: SeenWhileOpen): Advance {
  switch (seen.kind) {
    case 'script-served':
      if (!hasAttemptLeft(install)) return { refused: 'all attempts are used up' };
      return { change: { state: 'booting', stage: 'boot-script', scriptsServed: install.scriptsServed + 1 } };
    case 'kernel-served':
      return serveLoaderFile(install, 'kernel');
    case 'initrd-served':
      return serveLoaderFile(install, 'initrd');
    case 'answer-served':
      return spendAttempt(install);
    case 'progress':
      return { change: { stage: seen.stage } };
    case 'failed': {
      // Without its answer file a machine can say no more than that it did not get it.
      const stage = install.state === 'installing' ? seen.stage : 'answer-file';
      return { change: { state: 'failed', stage, failure: 'reported', reason: seen.reason, hint: null } };
    }
    case 'netbooted':
      return netbooted(install);
  }
}

function whileLive(install: InstallLife, nowMs: number, change: InstallChange): Advance {
  return isLive(install, nowMs) ? { change } : { refused: closedReason(install) };
}

/** Its time begins now, as long as it was asked for. */
function promote(install: InstallLife, nowMs: number): Advance {
  if (install.state !== 'queued') return { refused: `the install is not queued (${install.state})` };
  const expiresAt = new Date(nowMs + install.expiresAtMs - install.armedAtMs).toISOString();
  return { change: { state: 'armed', stage: 'armed', position: null, expiresAt } };
}

function refuseTurn({ state }: InstallLife, reason: string, hint: string | null): Advance {
  if (state !== 'queued') return { refused: `the install is not queued (${state})` };
  return { change: { state: 'failed', stage: 'armed', position: null, failure: 'not-ready', reason, hint } };
}

/** Kernel and initrd belong to an attempt that is not spent yet: who asks afterwards follows an old boot script. */
function serveLoaderFile(install: InstallFacts, stage: 'kernel' | 'initrd'): Advance {
  if (install.attemptsUsed >= install.attempts) return { refused: 'all attempts are used up' };
  return { change: install.state === 'installing' ? null : { state: 'loading', stage } };
}

/** The answer file is the point of no return (it wipes the disk), so this is where an attempt is spent. */
function spendAttempt(install: InstallFacts): Advance {
  // Installers fetch their answer file more than once; the same attempt may.
  if (install.state === 'installing') return { change: null };
  if (install.attemptsUsed >= install.attempts) return { refused: 'all attempts are used up' };
  return { change: { state: 'installing', stage: 'answer-file', attemptsUsed: install.attemptsUsed + 1 } };
}

/** How long after an install has come to its state the machine is believed that it goes on after all. */
const LATE_MS = 24 * 60 * 60_000;

/**
 * Did the install end only because nothing was heard? Then what the machine says afterwards proves it wrong, if it had the
 * answer file, for 24 hours, so that a token on a disk does not stay good for ever.
 */
function endedInSilence({ state, failure, attemptsUsed, stateAtMs }: InstallLife, nowMs: number): boolean {
  const isSilence =
    state === 'expired' || (state === 'failed' && (failure === 'overdue' || failure === 'netbooted'));
  return isSilence && attemptsUsed > 0 && nowMs < stateAtMs + LATE_MS;
}

/** What a change takes back that an end has written. */
const NO_FAILURE = { reason: null, failure: null, hint: null } as const;

/** The installer says that it is done. Once is enough: of an install that came as far already only its first boot is proof. */
function reportEnd(install: InstallLife, nowMs: number): Advance {
  const isAgain = install.failure === 'overdue' && install.stage === 'first-boot';
  if (!isOpen(install, nowMs) && (isAgain || !endedInSilence(install, nowMs)))
    return { refused: closedReason(install) };
  return { change: { state: 'installed', stage: 'installed', ...NO_FAILURE } };
}

/** The new system runs, so the install is done, even if its last report was lost; it may say so again. */
function firstBoot(install: InstallLife, hostKeys: readonly string[], nowMs: number): Advance {
  const { state, stateAtMs, handoff } = install;
  const isFresh = nowMs < stateAtMs + LATE_MS;
  if ((state === 'configuring' || state === 'ready') && isFresh) return { change: null };
  if (isOpen(install, nowMs) && state !== 'installing')
    return { refused: 'the answer file of this install was never fetched' };
  const may = isOpen(install, nowMs) || (state === 'installed' && isFresh) || endedInSilence(install, nowMs);
  if (!may) return { refused: closedReason(install) };
  const next = handoff === NO_HANDOFF ? 'ready' : 'configuring';
  return { change: { state: next, stage: 'first-boot', hostKeys, ...NO_FAILURE } };
}

type SeenOfHandoff = Extract<Observation, { kind: 'handed-off' | 'handoff-failed' | 'handoff-retried' }>;

/** The hand-off has ended, or begins anew. */
function configure(install: InstallLife, seen: SeenOfHandoff): Advance {
  if (seen.kind === 'handoff-retried') {
    if (install.state !== 'failed' || install.failure !== 'handoff')
      return { refused: `there is no failed hand-off to try again (${install.state})` };
    return { change: { state: 'configuring', stage: 'first-boot', ...NO_FAILURE } };
  }
  if (install.state !== 'configuring')
    return { refused: `the install is not being configured (${install.state})` };
  if (seen.kind === 'handed-off') return { change: { state: 'ready', stage: 'handoff', ...NO_FAILURE } };
  const { reason, hint } = seen;
  return { change: { state: 'failed', stage: 'handoff', failure: 'handoff', reason, hint } };
}

/** The firmware asks again although the last attempt was under way: it ended without a word. */
function netbooted(install: InstallFacts): Advance {
  if (hasAttemptLeft(install)) return { change: null };
  if (install.state === 'installing') {
    const reason =
      'the machine netbooted again without having reported that the install was done; it is sent to its disk';
    return { change: { state: 'failed', stage: 'installed', failure: 'netbooted', reason } };
  }
  const reason = `the boot script was fetched ${install.scriptsServed} times but the answer file never`;
  return { change: { state: 'failed', stage: 'answer-file', failure: 'no-answer-file', reason } };
}

function expire(install: InstallFacts, nowMs: number): Advance {
  if (!OPEN_STATES.includes(install.state) || nowMs < install.expiresAtMs) return { change: null };
  return { change: { state: 'expired', reason: `its time was over in state '${install.state}'` } };
}

/** Why nothing of this install is to be had. */
export function closedReason({ state }: Pick<InstallFacts, 'state'>): string {
  if (state === 'queued') return 'the install waits for its turn (queued)';
  return OPEN_STATES.includes(state) ? 'the install has expired' : `the install is over (${state})`;
}
