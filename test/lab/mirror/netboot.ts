import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseStanzas } from './control.ts';
import { run } from './exec.ts';

/** The installer's kernel and initrd, and what the initrd says about itself. */
export interface Netboot {
  readonly kernel: string;
  readonly initrd: string;
  /** The release of the installer's kernel: only module udebs built for it can be loaded. */
  readonly kernelVersion: string;
  /** The udebs that are already unpacked in the initrd. */
  readonly udebs: ReadonlySet<string>;
}

const IMAGES = 'usr/lib/debian-installer/images/13/amd64/text/debian-installer/amd64';
const CPIO_HEADER = 110;

function align4(offset: number): number {
  return (offset + 3) & ~3;
}

/** One file out of a "newc" cpio archive: every number in its header is 8 hex digits, names and data are padded to 4. */
function cpioMember(archive: Buffer, wanted: string): Buffer {
  const hex = (offset: number): number => Number.parseInt(archive.toString('latin1', offset, offset + 8), 16);
  let offset = 0;
  while (archive.toString('latin1', offset, offset + 5) === '07070') {
    const size = hex(offset + 54);
    const nameSize = hex(offset + 94);
    const nameStart = offset + CPIO_HEADER;
    const name = archive.toString('utf8', nameStart, nameStart + nameSize - 1).replace(/^\.\//, '');
    const data = align4(nameStart + nameSize);
    if (name === wanted) return archive.subarray(data, data + size);
    offset = align4(data + size);
  }
  throw new Error(`${wanted} is not in the installer's initrd`);
}

/** Unpacks the netboot package's kernel and initrd into `target`. */
export async function unpackNetboot(deb: string, work: string, target: string): Promise<Netboot> {
  const unpacked = join(work, 'netboot');
  await run('dpkg-deb', ['-x', deb, unpacked]);
  await mkdir(target, { recursive: true });
  const kernel = join(target, 'linux');
  const initrd = join(target, 'initrd.gz');
  await copyFile(join(unpacked, IMAGES, 'linux'), kernel);
  await copyFile(join(unpacked, IMAGES, 'initrd.gz'), initrd);
  await rm(unpacked, { recursive: true });
  const status = cpioMember(gunzipSync(await readFile(initrd)), 'var/lib/dpkg/status').toString('utf8');
  const udebs = new Set(parseStanzas(status).map(({ name }) => name));
  const image = [...udebs]
    .map((name) => /^kernel-image-(.+)-di$/.exec(name)?.[1])
    .find((v) => v !== undefined);
  if (image === undefined) throw new Error("the installer's initrd names no kernel");
  return { kernel, initrd, kernelVersion: image, udebs };
}
