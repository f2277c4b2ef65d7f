import { mkdirSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackupFact } from '../../src/services/doctor/facts.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import type { UpkeepStore } from '../../src/store/interfaces/upkeep-store.ts';
import { type Archive, makeArchive, UNFINISHED, writeArchive } from './archive.ts';
import { flushFolder } from './flush-folder.ts';

export interface BackupParts {
  readonly dir: string;
  readonly everyHours: number;
  readonly keep: number;
  readonly keyPath: string;
  readonly version: string;
  readonly now: () => number;
}

/** Names of backups in their folder; the dates in them sort. */
const REGULAR = 'provision-';
const BEFORE_MIGRATION = 'before-migration-';
const NAME = /^(provision|before-migration)-.*\.tar$/;

/** The backups of a service: those that are asked for, and those that it makes by itself and keeps some of. */
export function openBackups(parts: BackupParts) {
  const { dir, everyHours, keep, keyPath, version, now } = parts;
  let failure: string | null = null;
  let isNew = mkdirSync(dir, { recursive: true, mode: 0o700 }) !== undefined;

  const make = (upkeep: UpkeepStore, withKey: boolean): Promise<Archive> =>
    makeArchive({ upkeep, workDir: dir, keyPath: withKey ? keyPath : null, version, nowMs: now() });
  const list = async (): Promise<string[]> => (await readdir(dir)).filter((name) => NAME.test(name)).sort();
  const keepOnly = async (kind: string): Promise<void> => {
    const names = (await list()).filter((name) => name.startsWith(kind));
    for (const name of names.slice(0, -keep)) await rm(join(dir, name), { force: true });
  };
  const writeOne = async (upkeep: UpkeepStore, kind: string): Promise<void> => {
    // What is flushed into a folder is not found without the folder's own name.
    if (isNew) await flushFolder(dirname(dir));
    isNew = false;
    const archive = await make(upkeep, true);
    try {
      const at = archive.manifest.createdAt.replace(/[:.]/g, '-');
      await writeArchive(archive, join(dir, `${kind}${at}.tar`));
    } finally {
      await archive.discard();
    }
    await keepOnly(kind);
  };
  const newestMs = async (): Promise<number | null> => {
    const times = (await list()).map((name) => statSync(join(dir, name)).mtimeMs);
    return times.length === 0 ? null : Math.max(...times);
  };
  const isDue = async (): Promise<boolean> => {
    if (everyHours === 0) return false;
    const newest = await newestMs();
    return newest === null || now() - newest >= everyHours * 3_600_000;
  };

  return {
    /** A backup for whoever asks; to be discarded afterwards. */
    make: ({ upkeep }: Pick<Store, 'upkeep'>, withKey: boolean) => make(upkeep, withKey),

    /** For `beforeMigration` of the store: without it the schema is not changed. */
    beforeMigration: (upkeep: UpkeepStore) => writeOne(upkeep, BEFORE_MIGRATION),

    /** Makes one if it is time. Throws DomainError 'storage', which `facts` tells as well. */
    async tick({ upkeep }: Pick<Store, 'upkeep'>): Promise<void> {
      if (!(await isDue())) return;
      try {
        await writeOne(upkeep, REGULAR);
        failure = null;
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        throw error;
      }
    },

    facts: async (): Promise<BackupFact> => ({ dir, everyHours, newestMs: await newestMs(), failure }),

    /** Takes away what a process that was killed has left behind. */
    async tidy(): Promise<void> {
      for (const name of await readdir(dir))
        if (name.startsWith(UNFINISHED)) await rm(join(dir, name), { recursive: true, force: true });
    },
  };
}

export type Backups = ReturnType<typeof openBackups>;
