import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { unpackPackages } from '../lab/packages.ts';
import { findProjectRoot } from '../lab/project-root.ts';

/** Programs of Debian packages that are unpacked beside the machine's own files: no daemon is started by it. */
export interface PeerPackages {
  /** The command line of a program of these packages (`kea-dhcp4`), with the libraries that came with it. */
  command(program: string, ...args: readonly string[]): readonly string[];
  /** Where a file of the packages lies now: `usr/lib/x` of the first package that has it. Throws if none has. */
  file(path: string): string;
}

const PROGRAM_FOLDERS = ['usr/sbin', 'usr/bin', 'sbin', 'bin'];
const LIBRARY_FOLDERS = ['usr/lib', 'lib'];

/**
 * Unpacks packages and what they need that this machine has not. Packages of one call may contradict each other
 * (atftpd and tftpd-hpa do), as they are never installed. Downloads once; throws with apt's words.
 */
export function unpackPeers(...names: readonly string[]): Promise<PeerPackages> {
  const key = names.join(' ');
  const packages = unpacked.get(key) ?? unpack(names);
  unpacked.set(key, packages);
  return packages;
}

/** Asking apt takes seconds, and a peer is started anew for every sample. */
const unpacked = new Map<string, Promise<PeerPackages>>();

async function unpack(names: readonly string[]): Promise<PeerPackages> {
  const cacheDir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'provision-lab');
  const all = [...new Set([...names, ...names.flatMap(missingNeeds)])];
  const roots = Object.values(await unpackPackages(findProjectRoot(), all, cacheDir));
  const find = (path: string) => roots.map((root) => join(root, path)).find((found) => existsSync(found));
  const libraries = libraryPath(roots);
  return {
    command(program, ...args) {
      const found = PROGRAM_FOLDERS.map((folder) => find(join(folder, program))).find((path) => path);
      if (found === undefined) throw new Error(`${program} is in none of ${all.join(', ')}`);
      return ['env', `LD_LIBRARY_PATH=${libraries}`, found, ...args];
    },
    file(path) {
      const found = find(path);
      if (found === undefined) throw new Error(`${path} is in none of ${all.join(', ')}`);
      return found;
    },
  };
}

/** What apt would install besides: libraries that are already there are not among it. */
function missingNeeds(name: string): string[] {
  const plan = execFileSync('apt-get', ['install', '--simulate', '--no-install-recommends', name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return [...plan.matchAll(/^Inst (\S+)/gm)].flatMap(([, found]) => found ?? []);
}

/** Folders of shared objects, the multiarch ones as well. */
function libraryPath(roots: readonly string[]): string {
  const folders = roots.flatMap((root) => LIBRARY_FOLDERS.map((folder) => join(root, folder)));
  const existing = folders.filter((folder) => existsSync(folder));
  const multiarch = existing.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('-linux-gnu'))
      .map((name) => join(folder, name)),
  );
  return [...multiarch, ...existing].join(':');
}
