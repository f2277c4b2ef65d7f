import { open } from 'node:fs/promises';

/** What network file systems say that flush no folders, and folders that may be written and not read. */
const NO_SUCH_FLUSH: readonly unknown[] = ['EINVAL', 'ENOTSUP', 'EACCES'];

/**
 * The names in a folder are on the disk afterwards, as far as its file system does that: a file that was flushed is not found
 * without its name. Throws what the system says of a disk that fails.
 */
export async function flushFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    if (!NO_SUCH_FLUSH.includes((error as NodeJS.ErrnoException).code)) throw error;
  }
}
