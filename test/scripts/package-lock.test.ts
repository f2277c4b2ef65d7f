import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface LockEntry {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, LockEntry>;
};

/** Is the package found from the folder of `path` or one above it, as Node looks for it? */
function isLocked(path: string, name: string): boolean {
  if (`${path === '' ? '' : `${path}/`}node_modules/${name}` in lock.packages) return true;
  if (path === '') return false;
  const parent = path.lastIndexOf('/node_modules/');
  return isLocked(parent === -1 ? '' : path.slice(0, parent), name);
}

// npm leaves out what its registry does not have (binaries of other platforms), and npm ci then refuses the lock.
it('package-lock.json names every package, of every platform', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.entries({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter(([name]) => !isLocked(path, name))
      .map(([name, version]) => `${name} ${version}, needed by ${path}`),
  );
  expect(missing).toEqual([]);
});
