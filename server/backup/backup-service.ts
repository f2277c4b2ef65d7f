import { z } from 'zod';
import type { Actor, Deps } from '../../src/services/deps.ts';
import { parseInput } from '../../src/services/records/input.ts';
import type { Archive } from './archive.ts';
import type { Backups } from './backups.ts';

export const backupInput = z.strictObject({
  /** False: without the key that opens the secrets, to be kept elsewhere. */
  key: z.boolean().default(true),
});

/** Backups for whoever may have them. */
export function backupService({ store, now }: Pick<Deps, 'store' | 'now'>, backups: Pick<Backups, 'make'>) {
  return {
    /** A backup as of now, on the audit trail before a byte of it leaves. To be discarded afterwards. */
    async make(body: unknown, actor: Actor): Promise<Archive> {
      const { key } = parseInput(backupInput, body ?? {});
      const archive = await backups.make(store, key);
      const { schema, createdAt } = archive.manifest;
      await store.transaction((tx) =>
        tx.audit.add(
          { by: actor, action: 'backup', noun: 'service', name: createdAt, detail: { key, schema } },
          now(),
        ),
      );
      return archive;
    },
  };
}

export type BackupService = ReturnType<typeof backupService>;
