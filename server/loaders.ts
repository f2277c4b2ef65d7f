import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LOADER_FILES } from '../src/boot/loaders.ts';

/** Boot loaders by their logical name, from memory. A name is looked up in a table, never joined to a path as it came. */
export interface Loaders {
  find(name: string): Promise<Buffer | undefined>;
  /** Loaders that no folder has, for `provision status`. */
  missing(): Promise<string[]>;
}

/** Every loader that can be asked for. */
const NAMES: ReadonlySet<string> = new Set(LOADER_FILES.map(({ name }) => name));

/** `dirs` are searched in order; a file that changes on disk is read again. */
export function createLoaders(dirs: () => readonly string[]): Loaders {
  const cache = new Map<string, { version: string; bytes: Buffer }>();
  const locate = async (name: string): Promise<{ path: string; version: string } | undefined> => {
    for (const dir of dirs()) {
      const path = join(dir, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts?.isFile()) return { path, version: `${path} ${facts.size} ${facts.mtimeMs}` };
    }
    return undefined;
  };
  return {
    async find(name) {
      if (!NAMES.has(name)) return undefined;
      const found = await locate(name);
      if (found === undefined) return undefined;
      const known = cache.get(name);
      if (known?.version === found.version) return known.bytes;
      const bytes = await readFile(found.path);
      cache.set(name, { version: found.version, bytes });
      return bytes;
    },
    async missing() {
      const names: string[] = [];
      for (const name of NAMES) if ((await locate(name)) === undefined) names.push(name);
      return names;
    },
  };
}
