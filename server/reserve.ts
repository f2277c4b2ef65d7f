import { existsSync, rmSync } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Enough for what the database writes when it is opened; the log takes what is left. */
const RESERVE_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** Room on the disk that is kept for a start when others have filled it. */
export interface Reserve {
  /** Gives the room to whoever writes next; false where none was kept. */
  giveUp(): boolean;
  /** Keeps it (again) where as much is left for others. Never throws: `warnings` tells. */
  keep(): Promise<void>;
  /** The same, whatever is left: to be called when the database has given back the room of its log. */
  takeBack(): Promise<void>;
  warnings(): string[];
}

/**
 * SQLite needs some pages to open a database, also to read only, and without them a service that was merely restarted would leave
 * its machines without an answer. So a file beside the database keeps them.
 */
export function openReserve(
  dataDir: string,
  randomBytes: (length: number) => Uint8Array,
  bytes = RESERVE_BYTES,
): Reserve {
  const path = join(dataDir, 'provision.reserve');
  let isKept = false;
  const take = async (leastFreeBytes: number): Promise<void> => {
    try {
      const file = await open(path, 'a', 0o600);
      try {
        let { size } = await file.stat();
        const { bavail, bsize } = await statfs(dataDir);
        isKept = size >= bytes;
        if (isKept || bavail * bsize < leastFreeBytes) return;
        // Not of zeros, for which some file systems keep no room.
        while (size < bytes)
          size += (await file.write(randomBytes(Math.min(CHUNK_BYTES, bytes - size)))).bytesWritten;
        await file.sync();
        isKept = true;
      } finally {
        await file.close();
      }
    } catch {
      isKept = false;
    }
  };
  return {
    giveUp() {
      if (!existsSync(path)) return false;
      rmSync(path);
      isKept = false;
      return true;
    },
    keep: () => take(2 * bytes),
    takeBack: () => take(0),
    warnings() {
      if (isKept) return [];
      const mebibytes = Math.ceil(bytes / (1024 * 1024));
      return [
        `the ${mebibytes} MiB that are kept for a start on a full disk (${path}) are not there; make room where ${dataDir} is, and they are kept again by themselves`,
      ];
    },
  };
}
