import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DomainError } from '../../src/domain/errors.ts';
import type { UpkeepStore } from '../../src/store/interfaces/upkeep-store.ts';
import { flushFolder } from './flush-folder.ts';
import { DATABASE, KEY, MANIFEST, type Manifest } from './manifest.ts';
import { BLOCK_BYTES, END_BYTES, encodeTarHeader, paddingOf } from './tar.ts';

/** A backup that is ready to be written: an archive of a known length. */
export interface Archive {
  readonly manifest: Manifest;
  readonly bytes: number;
  /** To be read once. */
  content(): AsyncGenerator<Buffer>;
  /** Takes away the copy that it is made of. */
  discard(): Promise<void>;
}

export interface ArchiveParts {
  readonly upkeep: Pick<UpkeepStore, 'snapshot'>;
  /** Where the copy of the database lies meanwhile; only its owner may read it. */
  readonly workDir: string;
  /** Null: a backup without the key. */
  readonly keyPath: string | null;
  readonly version: string;
  readonly nowMs: number;
}

/** Begins the names of folders that hold what is not finished. */
export const UNFINISHED = '.unfinished-';

/** Copies the database as it is now, and makes the archive of it. Throws DomainError 'storage'. */
export async function makeArchive(parts: ArchiveParts): Promise<Archive> {
  const folder = await mkdtemp(join(parts.workDir, UNFINISHED));
  const copy = join(folder, DATABASE);
  const discard = () => rm(folder, { recursive: true, force: true });
  try {
    const schema = await parts.upkeep.snapshot(copy);
    const key = parts.keyPath === null ? null : await readKey(parts.keyPath);
    const files: Manifest['files'] = [{ name: DATABASE, ...(await digestOf(copy)) }];
    if (key !== null) files.push({ name: KEY, bytes: key.length, sha256: sha256(key) });
    const createdAt = new Date(parts.nowMs).toISOString();
    const manifest: Manifest = { format: 1, version: parts.version, schema, createdAt, files };
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    const sizes = [text.length, ...files.map(({ bytes }) => bytes)];
    const mtimeSeconds = Math.floor(parts.nowMs / 1000);
    return {
      manifest,
      bytes: sizes.reduce((sum, size) => sum + BLOCK_BYTES + size + paddingOf(size), END_BYTES),
      discard,
      async *content() {
        yield* member({ name: MANIFEST, bytes: text.length, mtimeSeconds }, [text]);
        for (const { name, bytes } of files)
          yield* member({ name, bytes, mtimeSeconds }, name === KEY ? [key ?? ''] : createReadStream(copy));
        yield Buffer.alloc(END_BYTES);
      },
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** Writes an archive to a file that is there whole or not at all, mode 0600, and on the disk. */
export async function writeArchive(archive: Archive, path: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), UNFINISHED));
  const unfinished = join(folder, 'backup.tar');
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      for await (const chunk of archive.content()) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await flushFolder(dirname(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readKey(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new DomainError(
      'storage',
      `the key cannot be put into the backup: ${path} cannot be read (${error.code})`,
      {
        hint: 'restore the key file that belongs to this database',
      },
    );
  });
}

async function* member(
  entry: Parameters<typeof encodeTarHeader>[0],
  content: Iterable<Buffer | string> | AsyncIterable<Buffer | string>,
): AsyncGenerator<Buffer> {
  yield encodeTarHeader(entry);
  for await (const chunk of content) yield Buffer.from(chunk as Buffer);
  yield Buffer.alloc(paddingOf(entry.bytes));
}

async function digestOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
