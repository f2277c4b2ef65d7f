import { open } from 'node:fs/promises';

/** The names in a folder are on the disk afterwards: a file that was flushed is not found without its name. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
