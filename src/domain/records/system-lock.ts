import { z } from 'zod';
import type { Problem } from '../errors.ts';
import type { InstallInput } from '../install/install-input.ts';
import type { System } from './system.ts';

/** Somebody's word that a system must not be installed. */
export interface SystemLock {
  readonly reason: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

export const lockInput = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1, { message: 'must say why' })
    .max(500)
    .regex(/^[^\p{Cc}]*$/u, { message: 'must be one line without control characters' }),
});

/** What stands against wiping the disk of a system, whatever state its records are in. Nothing opens a lock but unlocking. */
export function wipeProblems(
  { name, lock, inService }: Pick<System, 'name' | 'lock' | 'inService'>,
  { yesWipe }: Pick<InstallInput, 'yesWipe'>,
): Problem[] {
  const problems: Problem[] = [];
  if (lock !== null) {
    const { by, at, reason } = lock;
    const message = `it was locked by ${by} at ${at}: ${reason}; provision system unlock ${name} takes that away`;
    problems.push({ path: 'lock', message });
  }
  if (yesWipe !== undefined && yesWipe !== name)
    problems.push({ path: 'yesWipe', message: `'${yesWipe}' is not its name` });
  else if (inService !== null && yesWipe === undefined)
    problems.push({
      path: 'yesWipe',
      message: `it is in service since ${inService}, and its disk would be overwritten; its name says that you mean it: --yes-wipe ${name}`,
    });
  return problems;
}
