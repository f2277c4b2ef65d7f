import { existsSync, lchownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What root has made in a data folder while the service stood still becomes its owner's, or the service could not open it at its
 * next start. systemd does not see to it where the folder itself has the right owner.
 */
export function giveToOwner(dataDir: string): void {
  if (process.getuid?.() !== 0 || !existsSync(dataDir)) return;
  const { uid, gid } = statSync(dataDir);
  for (const name of readdirSync(dataDir)) {
    const path = join(dataDir, name);
    if (lstatSync(path).uid !== uid) lchownSync(path, uid, gid);
  }
}
