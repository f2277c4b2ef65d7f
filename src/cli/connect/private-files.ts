import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PrivateFiles } from '../deps.ts';
import { LocalError } from '../errors.ts';

/** Files for their owner only, on the real file system. Throws LocalError where the system refuses. */
export const privateFiles: PrivateFiles = {
  read: async (path) => {
    const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) =>
      cause.code === 'ENOENT' ? undefined : refuse('read', path, cause),
    );
    if (file === undefined) return undefined;
    try {
      // Mode and text of the same open file: nobody can put another one between the two.
      const { mode } = await file.stat();
      return { text: await file.readFile('utf8'), mode: mode & 0o777 };
    } finally {
      await file.close();
    }
  },

  write: async (path, text) => {
    const next = `${path}.${process.pid}.new`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(next, 'wx', 0o600);
      try {
        // The mode given to open() is cut by the umask; a umask like 0277 would make the file unreadable.
        await chmod(next, 0o600);
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(next, path);
    } catch (cause) {
      // What stood in the way may stand here too; the first error is the one to tell.
      await rm(next, { force: true }).catch(() => undefined);
      refuse('write', path, cause);
    }
  },
};

function refuse(what: 'read' | 'write', path: string, cause: unknown): never {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  throw new LocalError(`cannot ${what} ${path} (${code})`, undefined, { cause });
}
