import { mkdir, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canFetchByHttp, LOADER_FILES } from '../src/boot/loaders.ts';
import { sha256Of } from '../src/domain/boot/loader.ts';
import type { LoaderFiles, StagedLoader } from '../src/services/boot/loaders.ts';

/** Boot loaders by their logical name, from memory. A name is looked up in a table, never joined to a path as it came. */
export interface Loaders extends LoaderFiles {
  find(name: string): Promise<Buffer | undefined>;
  /** Is this, when it was last read, a loader that can fetch by TFTP only? */
  isWithoutHttp(name: string): boolean;
}

/** Every loader that can be asked for. */
const NAMES: readonly string[] = LOADER_FILES.map(({ name }) => name);

interface Read {
  readonly path: string;
  readonly version: string;
  readonly bytes: Buffer;
  readonly isWithoutHttp: boolean;
  sha256?: string;
}

/** `ownDir`, then `dirs`, are searched in order; a file that changes on disk is read again. */
export function createLoaders(ownDir: string, dirs: () => readonly string[]): Loaders {
  const cache = new Map<string, Read>();
  const reading = new Map<string, Promise<Buffer>>();
  const load = async (name: string): Promise<Read | undefined> => {
    if (!NAMES.includes(name)) return undefined;
    for (const dir of [ownDir, ...dirs()]) {
      const path = join(dir, name);
      const facts = await stat(path).catch(() => undefined);
      if (!facts?.isFile()) continue;
      // The inode too: a file put in its place within the same tick, of the same size, is another one.
      const version = `${path} ${facts.size} ${facts.mtimeMs} ${facts.ino}`;
      const known = cache.get(name);
      if (known?.version === version) return known;
      // A rack that asks at once has the file read once, and all are sent the same bytes.
      const underWay = reading.get(version) ?? readFile(path).finally(() => reading.delete(version));
      reading.set(version, underWay);
      const bytes = await underWay;
      const read = { path, version, bytes, isWithoutHttp: !canFetchByHttp(name, bytes) };
      cache.set(name, read);
      return read;
    }
    return undefined;
  };
  return {
    names: NAMES,
    find: async (name) => (await load(name))?.bytes,
    isWithoutHttp: (name) => cache.get(name)?.isWithoutHttp ?? false,
    async inspect(name) {
      const read = await load(name);
      if (read === undefined) return undefined;
      read.sha256 ??= sha256Of(read.bytes);
      const { path, sha256, bytes } = read;
      return { path, sha256, bytes: bytes.length, own: path === join(ownDir, name) };
    },
    async stage(name, bytes) {
      const staged = await stageFile(join(ownDir, name), bytes);
      return {
        ...staged,
        async putInPlace() {
          await staged.putInPlace();
          await load(name);
        },
      };
    },
    remove: (name) => rm(join(ownDir, name), { force: true }),
  };
}

/** Every upload has a file of its own until it is put in place: two at once must not write into each other's. */
async function stageFile(path: string, bytes: Uint8Array): Promise<StagedLoader> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const workDir = await mkdtemp(join(folder, '.new-'));
  const part = join(workDir, 'loader');
  const discard = () => rm(workDir, { recursive: true, force: true });
  try {
    await writeDurably(part, bytes);
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    async putInPlace() {
      await rename(part, path);
      await discard();
      const opened = await open(folder, 'r');
      await opened.sync().finally(() => opened.close());
    },
    discard,
  };
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
