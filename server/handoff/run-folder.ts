import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a run's programs read, in a folder that only this user may enter, for as long as it lasts. */
export interface RunFolder {
  readonly path: string;
  /** Writes a file (0600) and gives its path. */
  write(name: string, text: string): Promise<string>;
}

/** Makes the folder, and removes it with everything in it whatever comes of the work. */
export async function withRunFolder<T>(
  parent: string,
  name: string,
  work: (folder: RunFolder) => Promise<T>,
): Promise<T> {
  const path = join(parent, `run-${name}`);
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  try {
    return await work({
      path,
      write: async (file, text) => {
        const to = join(path, file);
        await writeFile(to, text, { mode: 0o600, flag: 'wx' });
        return to;
      },
    });
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/** Removes what a service that was killed has left. */
export async function removeRunFolders(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => []))
    if (name.startsWith('run-')) await rm(join(parent, name), { recursive: true, force: true });
}
