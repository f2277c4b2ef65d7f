import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../../src/config.ts';
import { DomainError } from '../../src/domain/errors.ts';
import { lockDataFolder } from '../../src/store/sqlite/lock.ts';
import { SCHEMAS } from '../../src/store/sqlite/sqlite.ts';
import { inspectDatabase } from '../../src/store/sqlite/sqlite-schema.ts';
import { flushFolder } from './flush-folder.ts';
import { DATABASE, KEY, MANIFEST, type Manifest, manifestSchema } from './manifest.ts';
import { BLOCK_BYTES, decodeTarHeader, paddingOf, type TarEntry } from './tar.ts';

const MAX_MANIFEST_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** What was taken out of the archive, until it is in its place. */
const STAGE = 'restore.new';
/** In the stage: all of it was checked, and it is being put in its place. */
const READY = 'ready';

export interface Restored {
  readonly manifest: Manifest;
  /** Where the files are that were there before; null where there were none. */
  readonly aside: string | null;
}

/**
 * Puts a backup in the place of a data folder's database and key, while no service runs on it. Everything is checked
 * before anything is touched: digests, the database itself, and that its schema is one of `schemas`. What was there is
 * kept aside. Throws DomainError 'storage', or 'invalid' for a file that is no backup.
 */
export async function restoreBackup(options: {
  readonly path: string;
  readonly dataDir: string;
  readonly schemas: readonly string[];
  readonly nowMs: number;
}): Promise<Restored> {
  const { path, dataDir, schemas, nowMs } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataFolder(dataDir);
  const stage = join(dataDir, STAGE);
  try {
    await rm(stage, { recursive: true, force: true });
    await mkdir(stage, { mode: 0o700 });
    const manifest = await unpack(path, stage);
    checkDatabase(join(stage, DATABASE), schemas, manifest);
    await writeFile(join(stage, READY), '');
    await flushFolder(stage);
    await flushFolder(dataDir);
    const names = manifest.files.map(({ name }) => name);
    const aside = await putAside(dataDir, names, nowMs);
    for (const name of names) await rename(join(stage, name), join(dataDir, name));
    await flushFolder(dataDir);
    await rm(stage, { recursive: true });
    return { manifest, aside };
  } catch (error) {
    // What was being put in its place when it failed is still needed.
    if (!existsSync(join(stage, READY))) await rm(stage, { recursive: true, force: true });
    throw error;
  } finally {
    lock.close();
  }
}

/** `provisiond restore FILE`: does it, and says what was done. */
export async function restoreInPlace(
  config: Pick<Config, 'dataDir'>,
  file: string,
  nowMs: number,
): Promise<string> {
  const dataDir = resolve(config.dataDir);
  const options = { path: resolve(file), dataDir, schemas: SCHEMAS, nowMs };
  const { manifest, aside } = await restoreBackup(options);
  const { createdAt, version, schema, files } = manifest;
  const hasKey = files.some(({ name }) => name === KEY);
  return [
    `restored ${dataDir} as of ${createdAt} (provision ${version}, schema ${schema})`,
    ...(aside === null ? [] : [`what was there before is in ${aside}`]),
    ...(hasKey ? [] : [`the backup has no key: ${join(dataDir, KEY)} has to be the one of that time`]),
    'leases and installs are as they were then; start the service: systemctl start provisiond',
    '',
  ].join('\n');
}

/** Throws DomainError 'storage' where a restore was interrupted between two files: they do not belong together. */
export function refuseHalfRestored(dataDir: string): void {
  if (!existsSync(join(dataDir, STAGE, READY))) return;
  throw new DomainError('storage', `a restore of ${dataDir} was interrupted`, {
    hint: `do it again: provisiond restore FILE; what was there before is in ${join(dataDir, 'before-restore-…')}`,
  });
}

async function unpack(path: string, stage: string): Promise<Manifest> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new DomainError('invalid', `cannot read ${path} (${error.code})`);
  });
  try {
    const manifest = await readManifest(file, path);
    for (const wanted of manifest.files) {
      const entry = await nextEntry(file, path);
      if (entry?.name !== wanted.name || entry.bytes !== wanted.bytes)
        throw notABackup(path, `'${wanted.name}' is not where its list says`);
      const digest = await copyOut(file, entry, join(stage, wanted.name), path);
      if (digest !== wanted.sha256)
        throw notABackup(path, `'${wanted.name}' is damaged: its SHA-256 is not that of the list`);
    }
    return manifest;
  } finally {
    await file.close();
  }
}

async function readManifest(file: FileHandle, path: string): Promise<Manifest> {
  const entry = await nextEntry(file, path);
  if (entry?.name !== MANIFEST || entry.bytes > MAX_MANIFEST_BYTES)
    throw notABackup(path, `it does not begin with '${MANIFEST}'`);
  const text = (await take(file, entry.bytes + paddingOf(entry.bytes), path)).subarray(0, entry.bytes);
  const judged = manifestSchema.safeParse(parseJson(text.toString()));
  if (judged.success && judged.data.files[0]?.name === DATABASE) return judged.data;
  throw notABackup(path, 'its list of files is not one that this version knows');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function nextEntry(file: FileHandle, path: string): Promise<TarEntry | null> {
  const header = await take(file, BLOCK_BYTES, path);
  try {
    return decodeTarHeader(header);
  } catch (error) {
    throw notABackup(path, (error as Error).message);
  }
}

/** The next bytes of the file. Throws where it ends before. */
async function take(file: FileHandle, bytes: number, path: string): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes);
  if (bytesRead < bytes) throw notABackup(path, 'it ends in the middle');
  return buffer;
}

/** Writes one file, flushed; gives its SHA-256. */
async function copyOut(file: FileHandle, entry: TarEntry, to: string, path: string): Promise<string> {
  const out = await open(to, 'wx', 0o600);
  const hash = createHash('sha256');
  try {
    for (let left = entry.bytes; left > 0; ) {
      const chunk = await take(file, Math.min(left, CHUNK_BYTES), path);
      hash.update(chunk);
      await out.writeFile(chunk);
      left -= chunk.length;
    }
    await take(file, paddingOf(entry.bytes), path);
    await out.sync();
  } finally {
    await out.close();
  }
  return hash.digest('hex');
}

function checkDatabase(path: string, schemas: readonly string[], { version }: Manifest): void {
  const { migrations, problems } = inspectDatabase(path);
  if (problems.length > 0)
    throw new DomainError('storage', `the database in the backup is damaged: ${problems.join('; ')}`);
  const unknown = migrations.filter((name) => !schemas.includes(name));
  if (unknown.length === 0) return;
  throw new DomainError(
    'storage',
    `the backup was made by provision ${version}, and its schema ${unknown.at(-1)} is newer than this program`,
    { hint: 'restore it with that version, or a newer one' },
  );
}

/** The log and its index belong to the database that goes. */
async function putAside(dataDir: string, names: readonly string[], nowMs: number): Promise<string | null> {
  const old = [...names, `${DATABASE}-wal`, `${DATABASE}-shm`].filter((name) =>
    existsSync(join(dataDir, name)),
  );
  if (old.length === 0) return null;
  const aside = join(dataDir, `before-restore-${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}`);
  await mkdir(aside, { mode: 0o700 });
  for (const name of old) await rename(join(dataDir, name), join(aside, name));
  await flushFolder(aside);
  return aside;
}

function notABackup(path: string, why: string): DomainError {
  return new DomainError('invalid', `${path} is no backup that can be restored: ${why}`, {
    hint: 'nothing was changed',
  });
}
