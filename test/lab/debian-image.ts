import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { buildBootLoader } from './boot-loader.ts';
import {
  createDebianRoot,
  type DebianSource,
  findDebianSource,
  PACKAGES,
  ROOT_LABEL,
} from './debian-root.ts';
import { createDiskImage } from './disk-image.ts';
import type { Processes } from './processes.ts';

/** Raise it when this code changes what it makes of the same packages. */
const LAYOUT = 1;
/** Room for logs, keys and a package or two; the rest of the machine's disk stays empty. */
const FREE_MIB = 96;

const GRUB_CONFIG = `serial --unit=0 --speed=115200
terminal_output serial
search --no-floppy --label --set=root ${ROOT_LABEL}
linux /vmlinuz root=LABEL=${ROOT_LABEL} ro console=ttyS0 quiet
initrd /initrd.img
boot
`;

/**
 * A raw disk image of a small Debian, gzip'ed, that boots under BIOS and UEFI. Built once (one to two minutes) and
 * then found in the cache; remove the file to have a newer one.
 */
export async function buildDebianImage(
  processes: Processes,
  paths: { root: string; cacheDir: string; diskDir: string },
  say: (text: string) => void,
): Promise<string> {
  const source = await findDebianSource(processes);
  const path = join(paths.cacheDir, `debian-${source.suite}-${recipeKey(source)}.img.gz`);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  // beside the disks, in memory if it can be: dpkg waits for the disk after every file it writes
  const workDir = await mkdtemp(join(paths.diskDir, 'image-'));
  // a cache entry is either whole or absent
  const part = `${path}.${process.pid}`;
  try {
    say(`no image in the cache: building one from ${source.suite}`);
    await build(processes, { ...paths, workDir }, source, part);
    await rename(part, path);
    return path;
  } finally {
    await rm(part, { force: true });
    await rm(workDir, { recursive: true, force: true });
  }
}

function recipeKey(source: DebianSource): string {
  const recipe = JSON.stringify([LAYOUT, source.suite, PACKAGES, GRUB_CONFIG, FREE_MIB]);
  return createHash('sha256').update(recipe).digest('hex').slice(0, 12);
}

async function build(
  processes: Processes,
  paths: { root: string; cacheDir: string; workDir: string },
  source: DebianSource,
  packed: string,
): Promise<void> {
  const rootFolder = join(paths.workDir, 'root');
  await createDebianRoot(processes, source, rootFolder);
  const used = await processes.run('du', ['-sm', '--apparent-size', rootFolder]);
  // ext4's own tables, and files rounded up to blocks
  const sizeMib = Math.ceil(Number.parseInt(used, 10) * 1.15) + FREE_MIB;
  const loader = await buildBootLoader(processes, paths, GRUB_CONFIG);
  const disk = join(paths.workDir, 'disk.img');
  await createDiskImage(processes, paths, { path: disk, sizeMib, loader, rootFolder, rootLabel: ROOT_LABEL });
  await pipeline(createReadStream(disk), createGzip({ level: 6 }), createWriteStream(packed));
}
