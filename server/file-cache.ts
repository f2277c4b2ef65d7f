import { type FileHandle, open, readlink } from 'node:fs/promises';

/** What tells one content of a path from another. */
export interface FileVersion {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

/** A file in memory, for as long as somebody sends it. */
export interface HeldFile {
  readonly bytes: Buffer;
  readonly version: FileVersion;
  /** Once, when nothing of it is wanted any more. */
  release(): void;
}

/** Files that are asked for again and again, in memory: all answers send the same bytes. */
export interface FileCache {
  /**
   * The file in this version, if it is in memory; undefined = read it from the disk. A file that is asked for a second
   * time is taken into memory meanwhile.
   */
  hold(path: string, version: FileVersion): HeldFile | undefined;
  /** The file as it was when `hold` was told its version, if that is less than a second ago; else undefined. */
  holdRecent(path: string): HeldFile | undefined;
  /** Everything that is held: never more than the budget, however slowly it is sent. */
  bytesInUse(): number;
  /** Resolves when nothing is being read into memory. */
  settled(): Promise<void>;
}

interface Entry {
  readonly version: FileVersion;
  readonly size: number;
  bytes: Buffer | undefined;
  holders: number;
  seenMs: number;
  /** Nobody finds it any more; its bytes go with its last holder. */
  isOld: boolean;
}

/** Paths remembered as asked for once. */
const SEEN_LIMIT = 4096;
const READ_BYTES = 1024 * 1024;

export interface FileCacheOptions {
  /** Largest file that is kept, default half of the budget. */
  readonly largestBytes?: number;
  /** Milliseconds of any clock; without one, nothing is recent. */
  readonly nowMs?: () => number;
}

/** For how long a file is not looked at again. */
const RECENT_MS = 1000;

/** `budgetBytes` is for all files together; 0 = nothing is kept. */
export function createFileCache(
  budgetBytes: number,
  { largestBytes = budgetBytes / 2, nowMs }: FileCacheOptions = {},
): FileCache {
  // A Map keeps its order: the first entry is the one that was asked for the longest time ago.
  const entries = new Map<string, Entry>();
  const seen = new Map<string, string>();
  const loading = new Set<Promise<void>>();
  let inUse = 0;

  const retire = (path: string, entry: Entry): void => {
    if (entries.get(path) === entry) entries.delete(path);
    if (entry.isOld) return;
    entry.isOld = true;
    if (entry.holders === 0) inUse -= entry.size;
  };

  const makeRoom = (size: number): boolean => {
    for (const [path, entry] of entries) {
      if (inUse + size <= budgetBytes) break;
      if (entry.holders === 0) retire(path, entry);
    }
    return inUse + size <= budgetBytes;
  };

  const isWanted = (path: string, version: FileVersion): boolean => {
    if (version.size === 0 || version.size > Math.min(largestBytes, budgetBytes / 2)) return false;
    const text = JSON.stringify(version);
    const isSecond = seen.get(path) === text;
    seen.delete(path);
    if (isSecond) return true;
    seen.set(path, text);
    const [oldest] = seen.keys();
    if (seen.size > SEEN_LIMIT && oldest !== undefined) seen.delete(oldest);
    return false;
  };

  const load = async (path: string, entry: Entry): Promise<void> => {
    entry.bytes = await readWhole(path, entry.version).catch(() => undefined);
    // Whoever sends it from the disk says what is wrong with it.
    if (entry.bytes === undefined) retire(path, entry);
    entry.holders -= 1;
    if (entry.isOld && entry.holders === 0) inUse -= entry.size;
  };

  const begin = (path: string, { size, mtimeMs, ctimeMs, ino }: FileVersion): void => {
    const version = { size, mtimeMs, ctimeMs, ino };
    if (!isWanted(path, version) || !makeRoom(size)) return;
    // Held by its own reading, so that it keeps its place.
    const entry: Entry = { version, size, bytes: undefined, holders: 1, isOld: false, seenMs: 0 };
    entries.set(path, entry);
    inUse += size;
    const done: Promise<void> = load(path, entry).finally(() => loading.delete(done));
    loading.add(done);
  };

  const take = (path: string, entry: Entry): HeldFile | undefined => {
    const { bytes, version } = entry;
    if (bytes === undefined) return undefined;
    entries.delete(path);
    entries.set(path, entry);
    entry.holders += 1;
    return {
      bytes,
      version,
      release() {
        entry.holders -= 1;
        if (entry.isOld && entry.holders === 0) inUse -= entry.size;
      },
    };
  };

  return {
    hold(path, version) {
      const entry = entries.get(path);
      if (entry !== undefined && !isSame(entry.version, version)) retire(path, entry);
      if (entry === undefined || entry.isOld) {
        begin(path, version);
        return undefined;
      }
      entry.seenMs = nowMs?.() ?? 0;
      return take(path, entry);
    },
    holdRecent(path) {
      const entry = entries.get(path);
      if (entry === undefined || nowMs === undefined) return undefined;
      const ageMs = nowMs() - entry.seenMs;
      return ageMs >= 0 && ageMs < RECENT_MS ? take(path, entry) : undefined;
    },
    bytesInUse: () => inUse,
    async settled() {
      await Promise.all(loading);
    },
  };
}

export function isSame(one: FileVersion, other: FileVersion): boolean {
  return (
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs &&
    one.ino === other.ino
  );
}

/**
 * Opens a file by its real path; undefined where it lies somewhere else by now. Between finding a path below a root and
 * opening it, a folder on the way can become a link that leads outside: what was opened has to say where it is.
 */
export async function openLocated(path: string): Promise<FileHandle | undefined> {
  const file = await open(path, 'r');
  try {
    // Elsewhere than on Linux a descriptor does not know its path.
    if (process.platform !== 'linux' || (await readlink(`/proc/self/fd/${file.fd}`)) === path) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

/** Undefined where the file is another one, or becomes another one while it is read. */
async function readWhole(path: string, version: FileVersion): Promise<Buffer | undefined> {
  const file = await openLocated(path);
  if (file === undefined) return undefined;
  try {
    const bytes = Buffer.allocUnsafeSlow(version.size);
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await file.read(bytes, at, Math.min(READ_BYTES, bytes.length - at), at);
      if (bytesRead === 0) return undefined;
      at += bytesRead;
    }
    return isSame(version, await file.stat()) ? bytes : undefined;
  } finally {
    await file.close();
  }
}
