import { z } from 'zod';
import { LOADER_FILES, waysToLoader } from '../../boot/loaders.ts';
import {
  type Loader,
  type LoaderRecord,
  type LoaderState,
  loaderVersion,
  refuseLoader,
  sha256Of,
} from '../../domain/boot/loader.ts';
import { DomainError, invalid } from '../../domain/errors.ts';
import type { Actor, Deps } from '../deps.ts';
import { parseInput } from '../records/input.ts';

/** The files of loaders, as server/loaders.ts reaches them. */
export interface LoaderFiles {
  /** Every name that machines may ask for. */
  readonly names: readonly string[];
  /** What machines are sent under this name; `own` when it lies in the data folder. */
  inspect(name: string): Promise<{ path: string; own: boolean; sha256: string; bytes: number } | undefined>;
  /** Writes a loader to the disk of the data folder, where no machine sees it yet. */
  stage(name: string, bytes: Uint8Array): Promise<StagedLoader>;
  /** Takes a loader out of the data folder; none there is no error. */
  remove(name: string): Promise<void>;
}

/** A loader that is on the disk and not yet in its place. */
export interface StagedLoader {
  /** In one step: machines get the old one or the new one. */
  putInPlace(): Promise<void>;
  discard(): Promise<void>;
}

/** The packages that are installed on the machine of the service. */
export interface InstalledPackages {
  /** Versions by name, of those that are installed. */
  versions(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The bytes of a file of a package, if it can be read. */
  read(path: string): Promise<Buffer | undefined>;
}

/** What `loaders install` did about one loader. */
export interface LoaderInstall {
  readonly name: string;
  readonly outcome: 'installed' | 'unchanged' | 'not-found';
  readonly version: string | null;
  readonly source: string | null;
  readonly sha256: string | null;
  /** What has to be done for it to be found; null when it was. */
  readonly remedy: string | null;
}

export const loadersInput = z.strictObject({
  names: z.array(z.string().max(128)).min(1).max(100).optional(),
});
export const loaderFileQuery = z.strictObject({
  version: loaderVersion.optional(),
  /** The name that its giver knows the file by. */
  file: z
    .string()
    .max(255)
    .regex(/^[^\p{Cc}]*$/u, { message: 'must be one line without control characters' })
    .optional(),
});

/** Use cases of boot loaders: taken from packages or files, recorded, and looked at again. */
export function loaderService({ store, now }: Deps, files: LoaderFiles, packages: InstalledPackages) {
  const refuseUnknown = (names: readonly string[]): void => {
    const unknown = names.find((name) => !files.names.includes(name));
    if (unknown === undefined) return;
    throw new DomainError('not-found', `no machine asks for a loader named '${unknown}'`, {
      hint: `there are ${files.names.join(', ')}`,
    });
  };

  /**
   * The bytes are written before the transaction, since a slow disk must not hold up every writer, and go into place
   * inside it: what is on record has been on the disk before.
   */
  const save = async (
    loader: Omit<LoaderRecord, 'installedAt' | 'installedBy'>,
    actor: Actor,
    bytes: Uint8Array,
  ): Promise<void> => {
    const { name, ...detail } = loader;
    const record = { ...loader, installedBy: actor.name };
    const staged = await files.stage(name, bytes);
    const saving = store.transaction(async (tx) => {
      await tx.loaders.put(record, now());
      await tx.audit.add({ by: actor, action: 'add', noun: 'loader', name, detail }, now());
      await staged.putInPlace();
    });
    await saving.catch(async (error) => {
      await staged.discard();
      throw error;
    });
  };

  const look = async (name: string, record: LoaderRecord | null): Promise<Loader> => {
    const found = await files.inspect(name);
    const state = stateOf(found, record);
    const { path = null, sha256 = null, bytes = null } = found ?? {};
    return { name, state, path, sha256, bytes, record, remedy: remedyOf(name, state) };
  };

  const list = async (): Promise<Loader[]> => {
    const records = new Map((await store.read.loaders.list()).map((record) => [record.name, record]));
    return Promise.all(files.names.map((name) => look(name, records.get(name) ?? null)));
  };

  const installOne = async (
    before: Loader,
    version: string | undefined,
    actor: Actor,
  ): Promise<LoaderInstall> => {
    const { name } = before;
    const source = packageOf(name);
    const bytes = source === null || version === undefined ? undefined : await packages.read(source.path);
    if (source === null || version === undefined || bytes === undefined) return notFound(name);
    const problem = refuseLoader(name, bytes);
    if (problem !== undefined) throw invalid([{ path: name, message: `${source.path}: ${problem}` }]);
    const told = {
      name,
      version,
      source: `package ${source.package}: ${source.path}`,
      sha256: sha256Of(bytes),
    };
    if (isSame(before, told)) return { ...told, outcome: 'unchanged', remedy: null };
    await save({ ...told, bytes: bytes.length }, actor, bytes);
    return { ...told, outcome: 'installed', remedy: null };
  };

  return {
    list,

    /** Copies loaders from the packages of this machine: those named, or every one that a package has. */
    async installFromPackages(body: unknown, actor: Actor): Promise<LoaderInstall[]> {
      const { names = files.names } = parseInput(loadersInput, body ?? {});
      refuseUnknown(names);
      const wanted = new Set(names.flatMap((name) => packageOf(name)?.package ?? []));
      const versions = await packages.versions([...wanted]);
      const results: LoaderInstall[] = [];
      for (const loader of await list()) {
        if (!names.includes(loader.name)) continue;
        // What was given as a file is somebody's decision: only who names it has it replaced.
        if (names === files.names && loader.record?.source.startsWith('file ')) continue;
        const version = versions.get(packageOf(loader.name)?.package ?? '');
        results.push(await installOne(loader, version, actor));
      }
      return results;
    },

    /** Takes a loader from bytes that were sent. `query` may hold its version and the name of its file. */
    async installFile(name: string, bytes: Uint8Array, query: unknown, actor: Actor): Promise<Loader> {
      refuseUnknown([name]);
      const { version, file } = parseInput(loaderFileQuery, query);
      const problem = refuseLoader(name, bytes);
      if (problem !== undefined) throw invalid([{ path: 'file', message: problem }]);
      const record = {
        name,
        version: version ?? null,
        source: `file ${file ?? name}`,
        sha256: sha256Of(bytes),
        bytes: bytes.length,
      };
      await save(record, actor, bytes);
      return look(name, { ...record, installedBy: actor.name, installedAt: new Date(now()).toISOString() });
    },

    /** Takes a loader out of the data folder and off the record; a folder of the configuration may have another. */
    async remove(name: string, actor: Actor): Promise<void> {
      refuseUnknown([name]);
      await store.transaction(async (tx) => {
        await tx.loaders.remove(name);
        await tx.audit.add({ by: actor, action: 'remove', noun: 'loader', name, detail: {} }, now());
        await files.remove(name);
      });
    },
  };
}

export type LoaderService = ReturnType<typeof loaderService>;

function stateOf(
  found: { own: boolean; sha256: string } | undefined,
  record: LoaderRecord | null,
): LoaderState {
  if (record !== null) return found?.own && found.sha256 === record.sha256 ? 'installed' : 'changed';
  return found === undefined ? 'missing' : 'unrecorded';
}

function isSame(before: Loader, record: { version: string; source: string; sha256: string }): boolean {
  const { state, record: old } = before;
  return (
    state === 'installed' &&
    old?.version === record.version &&
    old.source === record.source &&
    old.sha256 === record.sha256
  );
}

function remedyOf(name: string, state: LoaderState): string | null {
  switch (state) {
    case 'installed':
    case 'unrecorded':
      return null;
    case 'changed':
      return `its file is not the one that was installed: install it again (provision loaders install --only ${name}), and find out who changed it`;
    case 'missing':
      return waysToLoader(name) ?? null;
  }
}

function notFound(name: string): LoaderInstall {
  return {
    name,
    outcome: 'not-found',
    version: null,
    source: null,
    sha256: null,
    remedy: waysToLoader(name) ?? null,
  };
}

const packageOf = (name: string) => LOADER_FILES.find((file) => file.name === name)?.debian ?? null;
