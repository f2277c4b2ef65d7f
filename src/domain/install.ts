import { z } from 'zod';
import type { PowerUp } from './power-up.ts';

export const INSTALL_STATES = [
  'armed',
  'booting',
  'loading',
  'installing',
  'installed',
  'failed',
  'expired',
  'cancelled',
] as const;
export type InstallState = (typeof INSTALL_STATES)[number];

/** States in which a machine may still be given installer files. */
export const OPEN_STATES: readonly InstallState[] = ['armed', 'booting', 'loading', 'installing'];

/** What one asks for when arming: how many attempts, how long the permission lasts, and in spite of what. */
export const installInput = z.strictObject({
  attempts: z.int().min(1).max(10).default(1),
  expiresInMinutes: z.int().min(5).max(10_080).default(240),
  /** Arm although another machine answers for an address of this one. */
  allowAddressInUse: z.boolean().default(false),
  /** Have the BMC switch the machine on, from the network; false: arm only. */
  power: z.boolean().default(true),
  /** Switch a machine off that is on. */
  cycle: z.boolean().default(false),
  /** How long after it is on its DISCOVER may take; absent: what the configuration says. */
  netbootTimeoutSeconds: z.int().min(30).max(3600).optional(),
});
export type InstallInput = z.infer<typeof installInput>;

/**
 * One permission to install. The budget of attempts, not a callback, ends it: an attempt is spent when the answer
 * file is handed out, and once all are spent every loader is told to boot the local disk.
 */
export interface Install {
  readonly id: number;
  readonly system: string;
  readonly state: InstallState;
  readonly attempts: number;
  readonly attemptsUsed: number;
  /** How often a boot script was handed out in all; capped, so that a machine that never gets further ends too. */
  readonly scriptsServed: number;
  readonly armedAt: string;
  readonly armedBy: string;
  readonly expiresAt: string;
  readonly updatedAt: string;
  /** Last stage seen, in the words of the timeline. */
  readonly stage: string | null;
  readonly reason: string | null;
  /** How its BMC brings the machine to boot from the network; null where somebody else switches it on. */
  readonly powerUp: PowerUp | null;
}

/** Boot scripts allowed for each attempt: iPXE retries, and a kernel that fails to load deserves another try. */
export const SCRIPTS_PER_ATTEMPT = 8;
