import { z } from 'zod';

/** The files of a backup, in their order in the archive. */
export const MANIFEST = 'manifest.json';
export const DATABASE = 'provision.db';
export const KEY = 'secret.key';

/** What a backup says of itself; `format` is raised when an older release could not restore it. */
export const manifestSchema = z.object({
  format: z.literal(1),
  /** Version of the program that made it. */
  version: z.string(),
  /** Newest migration of the database. */
  schema: z.string(),
  createdAt: z.string(),
  files: z
    .array(
      z.object({
        name: z.enum([DATABASE, KEY]),
        bytes: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(2),
});
export type Manifest = z.infer<typeof manifestSchema>;
