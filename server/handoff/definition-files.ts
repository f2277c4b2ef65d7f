import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { CLEAN_ENVIRONMENT } from './ssh-options.ts';

/** Why a file that is only read cannot be used; undefined if it can. */
export async function readableProblem(what: string, path: string): Promise<string | undefined> {
  const found = await lookAt(path);
  if (typeof found === 'string') return `${what} ${path} ${found}`;
  // Whoever may write it decides what runs as root on the machines.
  if ((found.mode & 0o002) !== 0) return `${what} ${path} may be written by everybody: chmod o-w ${path}`;
  return undefined;
}

/** The same for one that holds a secret, which nobody else may read; ssh refuses such a key itself. */
export async function secretFileProblem(what: string, path: string): Promise<string | undefined> {
  const found = await lookAt(path);
  if (typeof found === 'string') return `${what} ${path} ${found}`;
  if ((found.mode & 0o077) === 0) return undefined;
  const mode = (found.mode & 0o777).toString(8).padStart(4, '0');
  return `${what} ${path} may be read by others (mode ${mode}): chmod 0600 ${path}`;
}

/** Why a program cannot be run; undefined if it can. */
export async function programProblem(program: string, from: string): Promise<string | undefined> {
  const folders = isAbsolute(program) ? [''] : (CLEAN_ENVIRONMENT['PATH'] ?? '').split(delimiter);
  for (const folder of folders)
    if (
      await access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return undefined;
  return `there is no program ${program}: ${from}`;
}

async function lookAt(path: string): Promise<{ mode: number } | string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return 'is no file';
    await access(path, constants.R_OK);
    return found;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'is not there';
    return code === 'EACCES' ? 'may not be read by the service' : `cannot be read (${code})`;
  }
}
