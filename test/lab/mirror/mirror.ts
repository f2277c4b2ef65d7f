import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { assemble } from './assemble.ts';
import * as lists from './package-lists.ts';
import { MODULE_UDEBS, PROGRAM_UDEBS } from './repack-recipes.ts';
import { treeSize } from './tree.ts';

export { needs } from './package-lists.ts';

/** A small Debian mirror that serves unattended installs of BIOS and UEFI machines, and the installer that uses it. */
export interface Mirror {
  /** Serve this directory by HTTP; it holds dists/ and pool/. */
  readonly root: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly suite: string;
  /** The release of the installer's kernel. */
  readonly kernelVersion: string;
  readonly bytes: number;
}

export interface MirrorOptions {
  readonly cacheDir: string;
  readonly log: (line: string) => void;
}

/** Raise it when the builder's code changes what it makes out of the same lists. */
const LAYOUT = 1;

/** Where the mirror is kept between test runs: outside the checkout, which it would blow up by 600 MB. */
export function defaultCacheDir(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'provision-lab');
}

/** A mirror made of other lists, or by another builder, has another name: a stale one is never found. */
function recipeKey(): string {
  const parts = [LAYOUT, lists.SUITE, lists.NETBOOT_PACKAGE, [...lists.KEPT_IMPORTANT], lists.RESOLVE_GROUPS];
  const recipe = JSON.stringify([...parts, [...lists.DROPPED_UDEBS], MODULE_UDEBS, PROGRAM_UDEBS]);
  return createHash('sha256').update(recipe).digest('hex').slice(0, 12);
}

/** The mirror a former call completed; mirror.json is the last file written, so it stands for all of them. */
async function findComplete(directory: string): Promise<Mirror | undefined> {
  try {
    const stored = JSON.parse(await readFile(join(directory, 'mirror.json'), 'utf8')) as Mirror;
    const mirror = { ...stored, ...pathsIn(directory) };
    await Promise.all([mirror.root, mirror.kernel, mirror.initrd].map((path) => access(path)));
    return mirror;
  } catch {
    return undefined;
  }
}

function pathsIn(directory: string): Pick<Mirror, 'root' | 'kernel' | 'initrd'> {
  return {
    root: join(directory, 'mirror'),
    kernel: join(directory, 'netboot/linux'),
    initrd: join(directory, 'netboot/initrd.gz'),
  };
}

/**
 * Finds the mirror in the cache, or makes it (about a minute, and 400 MB of downloads). It is a snapshot: once made it
 * is kept as it is, so that tests do not change with the archive; remove the cache directory to make a new one.
 */
export async function buildMirror({ cacheDir, log }: MirrorOptions): Promise<Mirror> {
  const directory = join(cacheDir, `debian-13-${recipeKey()}`);
  const found = await findComplete(directory);
  if (found !== undefined) return found;
  await mkdir(cacheDir, { recursive: true });
  // Built aside and moved into place when it is whole: a build that is killed half way leaves nothing to be found.
  const building = await mkdtemp(join(cacheDir, 'building-'));
  try {
    const { kernelVersion } = await assemble(cacheDir, building, log);
    await rm(join(building, 'work'), { recursive: true, force: true });
    const bytes = await treeSize(join(building, 'mirror'));
    const mirror: Mirror = { ...pathsIn(directory), suite: lists.SUITE, kernelVersion, bytes };
    await writeFile(join(building, 'mirror.json'), `${JSON.stringify(mirror, null, 2)}\n`);
    await rm(directory, { recursive: true, force: true });
    await rename(building, directory);
    log(`mirror of ${Math.round(bytes / 1e6)} MB in ${directory}`);
    return mirror;
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
}
