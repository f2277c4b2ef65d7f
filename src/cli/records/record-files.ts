import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RecordFiles } from '../deps.ts';
import { LocalError } from '../errors.ts';
import { isReplaceable } from './replaceable.ts';

/** Files of records on the real file system. Throws LocalError where the system refuses. */
export const recordFiles: RecordFiles = {
  list: async (folder) => {
    try {
      if (!(await stat(folder)).isDirectory()) return undefined;
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.replace(/\/+$/, '').length + 1));
      return paths.filter((path) => !path.split('/').some((part) => part.startsWith('.'))).sort();
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw refusal('read', folder, cause);
    }
  },
  write: async (path, text) => {
    const next = `${path}.${process.pid}.new`;
    try {
      if (!(await isReplaceable(path))) return await writeFile(path, text);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(next, text, { flag: 'wx' });
      await rename(next, path);
    } catch (cause) {
      await rm(next, { force: true }).catch(() => undefined);
      throw refusal('write', path, cause);
    }
  },
  remove: async (path) => {
    await rm(path).catch((cause: unknown) => {
      throw refusal('remove', path, cause);
    });
  },
};

function refusal(what: string, path: string, cause: unknown): LocalError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new LocalError(`cannot ${what} ${path} (${code})`, undefined, { cause });
}
