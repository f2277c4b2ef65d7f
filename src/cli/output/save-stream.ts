import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CliDeps } from '../deps.ts';
import { LocalError } from '../errors.ts';
import { isReplaceable } from '../records/replaceable.ts';

/** What network file systems say that flush no folders, and folders that may only be written. */
const NO_SUCH_FLUSH = ['EINVAL', 'ENOTSUP', 'EACCES'];

/** On the real file system. Throws LocalError where that refuses, and what the stream throws. */
export const saveStream: CliDeps['saveStream'] = async (path, chunks) => {
  const isNew = await isReplaceable(path);
  const next = isNew ? `${path}.${process.pid}.new` : path;
  const refuse = (cause: NodeJS.ErrnoException): never => {
    throw new LocalError(`cannot write ${path} (${cause.code ?? 'unknown error'})`, undefined, { cause });
  };
  const file = await open(next, isNew ? 'wx' : 'w', 0o600).catch(refuse);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      await file.writeFile(chunk).catch(refuse);
      bytes += chunk.length;
    }
    if (!isNew) return bytes;
    await file.sync().catch(refuse);
    await rename(next, path).catch(refuse);
    await flushFolder(dirname(path)).catch((cause) => {
      if (!NO_SUCH_FLUSH.includes(cause.code)) refuse(cause);
    });
    return bytes;
  } finally {
    await file.close();
    if (isNew) await rm(next, { force: true });
  }
};

/** A file that was flushed is not found without its name. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
