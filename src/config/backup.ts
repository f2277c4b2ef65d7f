import { z } from 'zod';

/** Backups that the service makes by itself, beside those that somebody asks for. */
export const backupSection = z
  .strictObject({
    /** 0 = none. */
    everyHours: z.int().min(0).max(8760).default(24),
    /** How many of them are kept, the newest; of those before a change of the schema as many again. */
    keep: z.int().min(1).max(1000).default(7),
    /** Null: <dataDir>/backups. Better on another disk. */
    dir: z.string().min(1).max(1024).nullable().default(null),
  })
  .prefault({});
