import type { Install, InstallState } from './install.ts';
import { OPEN_STATES, SCRIPTS_PER_ATTEMPT } from './install.ts';

/** What a decision needs to know of an install. */
export interface InstallFacts {
  readonly id: number;
  readonly state: InstallState;
  readonly attempts: number;
  readonly attemptsUsed: number;
  readonly scriptsServed: number;
  readonly expiresAtMs: number;
}

/** One thing that was seen of a machine and that may move its install on. */
export type Observation =
  | { readonly kind: 'script-served' }
  | { readonly kind: 'kernel-served' }
  | { readonly kind: 'initrd-served' }
  | { readonly kind: 'answer-served' }
  | { readonly kind: 'progress'; readonly stage: string }
  | { readonly kind: 'installed' }
  | { readonly kind: 'first-boot' }
  | { readonly kind: 'failed'; readonly stage: string; readonly reason: string }
  | { readonly kind: 'netbooted' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'cancelled'; readonly by: string };

export type InstallChange = Partial<
  Pick<Install, 'state' | 'attemptsUsed' | 'scriptsServed' | 'stage' | 'reason'>
>;

/** `change` is null where nothing changes; `refused` says why the observation is not allowed now. */
export type Advance =
  | { readonly change: InstallChange | null; readonly refused?: undefined }
  | { readonly refused: string };

/** May the machine still be given anything of this install? */
export function isOpen(install: Pick<InstallFacts, 'state' | 'expiresAtMs'>, nowMs: number): boolean {
  return OPEN_STATES.includes(install.state) && nowMs < install.expiresAtMs;
}

/** Is there an attempt left that a netbooting machine could begin? */
export function hasAttemptLeft(install: InstallFacts): boolean {
  return (
    install.attemptsUsed < install.attempts && install.scriptsServed < install.attempts * SCRIPTS_PER_ATTEMPT
  );
}

/**
 * The life of an install: armed -> booting -> loading -> installing -> installed, or failed | expired | cancelled.
 * Pure; the caller writes the change before it hands anything out (persist before you promise).
 */
export function advance(install: InstallFacts, seen: Observation, nowMs: number): Advance {
  if (seen.kind === 'expired') return expire(install, nowMs);
  if (!isOpen(install, nowMs)) return { refused: closedReason(install) };
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
    case 'installed':
      return { change: { state: 'installed', stage: 'installed', reason: null } };
    case 'first-boot':
      return firstBoot(install);
    case 'failed':
      return { change: { state: 'failed', stage: seen.stage, reason: seen.reason } };
    case 'cancelled':
      return { change: { state: 'cancelled', reason: `cancelled by ${seen.by}` } };
    case 'netbooted':
      return netbooted(install);
  }
}

/** Kernel and initrd belong to an attempt that is not spent yet: who asks afterwards follows an old boot script. */
function serveLoaderFile(install: InstallFacts, stage: 'kernel' | 'initrd'): Advance {
  if (install.attemptsUsed >= install.attempts) return { refused: 'all attempts are used up' };
  return { change: install.state === 'installing' ? null : { state: 'loading', stage } };
}

/** The new system runs, so the install is done, even if its last report was lost. */
function firstBoot(install: InstallFacts): Advance {
  if (install.state !== 'installing') return { refused: 'the answer file of this install was never fetched' };
  return { change: { state: 'installed', stage: 'first-boot', reason: null } };
}

/** How long after the end of an install the new system may report its first boot. */
const FIRST_BOOT_MS = 24 * 60 * 60_000;

/**
 * May the new system still report its first boot? It does so after the install is done, which changes nothing any
 * more; for 24 hours, so that a token on a disk does not stay good for ever. Nothing is written to an install that is
 * over, so the time of its last change is the time at which it was done.
 */
export function awaitsFirstBoot(
  install: { readonly state: InstallState; readonly updatedAtMs: number },
  nowMs: number,
): boolean {
  return install.state === 'installed' && nowMs < install.updatedAtMs + FIRST_BOOT_MS;
}

/** The answer file is the point of no return (it wipes the disk), so this is where an attempt is spent. */
function spendAttempt(install: InstallFacts): Advance {
  // Installers fetch their answer file more than once; the same attempt may.
  if (install.state === 'installing') return { change: null };
  if (install.attemptsUsed >= install.attempts) return { refused: 'all attempts are used up' };
  return { change: { state: 'installing', stage: 'answer-file', attemptsUsed: install.attemptsUsed + 1 } };
}

/** The firmware asks again although the last attempt was under way: it ended without a word. */
function netbooted(install: InstallFacts): Advance {
  if (hasAttemptLeft(install)) return { change: null };
  const reason =
    install.state === 'installing'
      ? 'the machine netbooted again without having reported that the install was done; it is sent to its disk'
      : `the boot script was fetched ${install.scriptsServed} times but the answer file never`;
  return { change: { state: 'failed', reason } };
}

function expire(install: InstallFacts, nowMs: number): Advance {
  if (!OPEN_STATES.includes(install.state) || nowMs < install.expiresAtMs) return { change: null };
  return { change: { state: 'expired', reason: `its time was over in state '${install.state}'` } };
}

function closedReason(install: InstallFacts): string {
  return OPEN_STATES.includes(install.state)
    ? 'the install has expired'
    : `the install is over (${install.state})`;
}
