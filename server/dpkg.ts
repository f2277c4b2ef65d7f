import { readFile } from 'node:fs/promises';
import type { InstalledPackages } from '../src/services/boot/loaders.ts';

const STATUS_FILE = '/var/lib/dpkg/status';

/**
 * The Debian packages of this machine, from dpkg's own list: no program has to be run for it. On a machine without
 * dpkg nothing is installed.
 */
export function createInstalledPackages(statusFile = STATUS_FILE): InstalledPackages {
  return {
    async versions(names) {
      const text = await readFile(statusFile, 'utf8').catch(() => '');
      const installed = parseDpkgStatus(text);
      return new Map(names.flatMap((name) => pairOf(name, installed.get(name))));
    },
    read: (path) => readFile(path).catch(() => undefined),
  };
}

function pairOf(name: string, version: string | undefined): [string, string][] {
  return version === undefined ? [] : [[name, version]];
}

/**
 * Versions of the packages that a text of `/var/lib/dpkg/status` says are installed, by name and by `name:arch`: of
 * some the package of another architecture can be installed beside the machine's own.
 */
export function parseDpkgStatus(text: string): Map<string, string> {
  const versions = new Map<string, string>();
  for (const record of text.split('\n\n')) {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(record)?.[1];
    const [name, arch, version] = [field('Package'), field('Architecture'), field('Version')];
    const isInstalled = field('Status')?.endsWith(' installed') === true;
    if (name === undefined || version === undefined || !isInstalled) continue;
    versions.set(name, version);
    if (arch !== undefined) versions.set(`${name}:${arch}`, version);
  }
  return versions;
}
