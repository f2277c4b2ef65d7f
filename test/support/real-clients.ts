import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps administrators' programs, which a user's PATH often lacks. */
const ADMIN_DIRECTORIES = ['/usr/sbin', '/sbin'];

/** Full path of a program on PATH, /usr/sbin or /sbin; undefined where it is not installed. */
function findProgram(name: string): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), ...ADMIN_DIRECTORIES];
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

/** Is the program installed? Tests that need it skip with its name as the reason, and do not fail. */
export function haveProgram(name: string): boolean {
  return findProgram(name) !== undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
