import type { PowerUp } from '../power/power-up.ts';

export const INSTALL_STATES = [
  'queued',
  'armed',
  'booting',
  'loading',
  'installing',
  'installed',
  'configuring',
  'ready',
  'failed',
  'expired',
  'cancelled',
] as const;
export type InstallState = (typeof INSTALL_STATES)[number];

/** States in which a machine may still be given installer files. */
export const OPEN_STATES: readonly InstallState[] = ['armed', 'booting', 'loading', 'installing'];

/** States of an install that is not over yet; a system has at most one such install. */
export const LIVE_STATES: readonly InstallState[] = ['queued', ...OPEN_STATES, 'installed', 'configuring'];

/** States after which the disk of the machine may still be wiped. */
export const MAY_WIPE_STATES: readonly InstallState[] = ['queued', 'armed', 'booting', 'loading'];

/** Why an install has failed, by name. */
export const INSTALL_FAILURES = [
  /** The installer said so. */
  'reported',
  /** A stage did not come in its time. */
  'overdue',
  /** The machine began to boot anew without having reported the end. */
  'netbooted',
  /** All boot scripts were handed out, and the answer file was never fetched. */
  'no-answer-file',
  /** When its turn in the queue came, it could not begin. */
  'not-ready',
  /** Its BMC did not bring it to boot from the network. */
  'power',
  /** What configures the new system did not succeed. */
  'handoff',
] as const;
export type InstallFailure = (typeof INSTALL_FAILURES)[number];

/** The hand-off of a system that is ready as soon as it runs. */
export const NO_HANDOFF = 'none';

/**
 * One permission to install. The budget of attempts, not a callback, ends it: an attempt is spent when the answer
 * file is handed out, and once all are spent every loader is told to boot the local disk.
 */
export interface Install {
  readonly id: number;
  readonly system: string;
  readonly state: InstallState;
  /** When the state was entered, RFC 3339. */
  readonly stateAt: string;
  /** The installs that were asked for together; null: it was asked for alone. */
  readonly batch: string | null;
  /** Place in the queue while it is queued, smallest first; null otherwise. */
  readonly position: number | null;
  readonly attempts: number;
  readonly attemptsUsed: number;
  /** How often a boot script was handed out in all; capped, so that a machine that never gets further ends too. */
  readonly scriptsServed: number;
  readonly armedAt: string;
  readonly armedBy: string;
  readonly expiresAt: string;
  readonly updatedAt: string;
  /** Last stage seen, in the words of the timeline; of a failed install the one that was not reached, or that failed. */
  readonly stage: string | null;
  readonly reason: string | null;
  /** Null unless it is failed. */
  readonly failure: InstallFailure | null;
  /** What to do about a failure; null where the reason says it all. */
  readonly hint: string | null;
  /** Name of the hand-off that was chosen when it was armed. */
  readonly handoff: string;
  /** Public keys of its SSH server, as the new system reported them at its first boot. */
  readonly hostKeys: readonly string[];
  /** How its BMC brings the machine to boot from the network; null where somebody else switches it on. */
  readonly powerUp: PowerUp | null;
}

/** Boot scripts allowed for each attempt: iPXE retries, and a kernel that fails to load deserves another try. */
export const SCRIPTS_PER_ATTEMPT = 8;
