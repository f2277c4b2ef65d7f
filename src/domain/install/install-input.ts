import { z } from 'zod';

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
  /** The name of a system that is in service: its disk may be overwritten. */
  yesWipe: z.string().max(255).optional(),
  /** How long after it is on its DISCOVER may take; absent: what the configuration says. */
  netbootTimeoutSeconds: z.int().min(30).max(3600).optional(),
});
export type InstallInput = z.infer<typeof installInput>;
