import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BootLoader } from './boot-loader.ts';
import { unpackPackages } from './packages.ts';
import type { Processes } from './processes.ts';

const SECTOR = 512;
const MIB = 1024 * 1024;
const ESP_START_MIB = 1;
/** Room for one small loader; with more files in it, for signed ones of 4 MiB. */
const espMib = ({ efiFiles }: DiskSpec): number => (efiFiles === undefined ? 4 : 12);
const rootStartMib = (spec: DiskSpec): number => ESP_START_MIB + espMib(spec);
/** The boot code of a master boot record; the disk's signature and partition table follow it. */
const BOOT_CODE_BYTES = 440;

export interface DiskSpec {
  readonly path: string;
  readonly sizeMib: number;
  readonly loader: BootLoader;
  /** Becomes an ext4 file system, as far as the disk goes. */
  readonly rootFolder?: string;
  readonly rootLabel?: string;
  /** More files for the EFI system partition, in folders of their own below /EFI: their path in it, and the file. */
  readonly efiFiles?: ReadonlyMap<string, string>;
}

/**
 * Makes a disk that boots under BIOS and under UEFI, in a plain file and without loop devices or mounts:
 * boot code, GRUB's core in the gap before the first partition, an EFI system partition, an ext4 root.
 */
export async function createDiskImage(
  processes: Processes,
  paths: { root: string; cacheDir: string; workDir: string },
  spec: DiskSpec,
): Promise<void> {
  await writeFile(spec.path, '');
  await truncate(spec.path, spec.sizeMib * MIB);
  const sectors = (mib: number) => (mib * MIB) / SECTOR;
  const table = [
    'label: dos',
    // the root is partition 1 whatever lies before it, as in the cloud images of the distributions
    `1: start=${sectors(rootStartMib(spec))}, type=83, bootable`,
    `2: start=${sectors(ESP_START_MIB)}, size=${sectors(espMib(spec))}, type=ef`,
  ];
  await processes.run('sfdisk', ['--quiet', spec.path], { input: `${table.join('\n')}\n` });
  await writeBootCode(spec);
  await writeEspPartition(processes, paths, spec);
  if (spec.rootFolder !== undefined) await writeRootPartition(processes, spec, spec.rootFolder);
}

async function writeBootCode(spec: DiskSpec): Promise<void> {
  const core = await readFile(spec.loader.core);
  if (core.length > ESP_START_MIB * MIB - SECTOR)
    throw new Error('GRUB does not fit before the first partition');
  const bootSector = await readFile(spec.loader.bootSector);
  await writeAt(spec.path, bootSector.subarray(0, BOOT_CODE_BYTES), 0);
  await writeAt(spec.path, core, SECTOR);
}

async function writeEspPartition(
  processes: Processes,
  paths: { root: string; cacheDir: string; workDir: string },
  spec: DiskSpec,
): Promise<void> {
  const esp = join(paths.workDir, 'esp.img');
  await writeFile(esp, Buffer.alloc(espMib(spec) * MIB));
  const { mtools: folder } = await unpackPackages(paths.root, ['mtools'], paths.cacheDir);
  const bin = join(folder, 'usr/bin');
  const mtools = (name: string, ...args: string[]) => processes.run(join(bin, name), ['-i', esp, ...args]);
  await mtools('mformat', '-v', 'ESP', '-T', String((espMib(spec) * MIB) / SECTOR), '::');
  await mtools('mmd', '::/EFI', '::/EFI/BOOT');
  await mtools('mcopy', spec.loader.efi, '::/EFI/BOOT/BOOTX64.EFI');
  const files = [...(spec.efiFiles ?? [])];
  for (const folder of new Set(files.map(([path]) => dirname(path)))) await mtools('mmd', `::${folder}`);
  for (const [path, file] of files) await mtools('mcopy', file, `::${path}`);
  await writeAt(spec.path, await readFile(esp), ESP_START_MIB * MIB);
}

async function writeRootPartition(processes: Processes, spec: DiskSpec, folder: string): Promise<void> {
  const label = spec.rootLabel ?? 'root';
  const options = ['-q', '-F', '-t', 'ext4', '-L', label, '-d', folder];
  const offset = ['-E', `offset=${rootStartMib(spec) * MIB}`];
  const size = `${spec.sizeMib - rootStartMib(spec)}M`;
  await processes.run('mke2fs', [...options, ...offset, spec.path, size], { timeoutMs: 300_000 });
}

async function writeAt(path: string, bytes: Uint8Array, offset: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(bytes, 0, bytes.length, offset);
  } finally {
    await file.close();
  }
}
