import { join } from 'node:path';
import { type BackupService, backupService } from '../../server/backup/backup-service.ts';
import { openBackups } from '../../server/backup/backups.ts';
import type { Deps } from '../../src/services/deps.ts';

/** Backups of a world, which makes none by itself. */
export function worldBackups(deps: Deps, dataDir: string): BackupService {
  const files = { dir: join(dataDir, 'backups'), keyPath: join(dataDir, 'secret.key') };
  return backupService(
    deps,
    openBackups({ ...files, everyHours: 0, keep: 7, version: '0.0.0', now: deps.now }),
  );
}
