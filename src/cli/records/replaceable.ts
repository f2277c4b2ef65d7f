import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * May a new file take the place of what is at this path? Not of a device or a pipe, which are written to, nor of what stands for
 * them (/dev/stdout): root could replace /dev/null for the whole machine.
 */
export async function isReplaceable(path: string): Promise<boolean> {
  if (/^\/(dev|proc)\//.test(resolve(path))) return false;
  const there = await stat(path).catch(() => undefined);
  return there === undefined || there.isFile() || there.isDirectory();
}
