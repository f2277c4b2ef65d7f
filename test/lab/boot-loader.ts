import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackPackages } from './packages.ts';
import type { Processes } from './processes.ts';

export interface BootLoader {
  /** 440 bytes of boot code for the first sector. */
  readonly bootSector: string;
  /** What the boot sector loads: lies in the sectors right after it. */
  readonly core: string;
  /** The UEFI program for \EFI\BOOT\BOOTX64.EFI. */
  readonly efi: string;
}

const COMMON = [
  'part_msdos',
  'ext2',
  'fat',
  'search',
  'search_label',
  'linux',
  'echo',
  'halt',
  'serial',
  'terminal',
];

/**
 * GRUB for both firmwares, with its whole configuration inside the image, so that nothing has to be installed
 * into a mounted file system. grub-mkimage runs from its unpacked package.
 */
export async function buildBootLoader(
  processes: Processes,
  paths: { root: string; cacheDir: string; workDir: string },
  config: string,
): Promise<BootLoader> {
  const names = ['grub-common', 'libdevmapper1.02.1', 'grub-pc-bin', 'grub-efi-amd64-bin'] as const;
  const folders = await unpackPackages(paths.root, names, paths.cacheDir);
  const tools = folders['grub-common'];
  const library = join(folders['libdevmapper1.02.1'], 'lib/x86_64-linux-gnu');
  const bios = join(folders['grub-pc-bin'], 'usr/lib/grub/i386-pc');
  const uefi = join(folders['grub-efi-amd64-bin'], 'usr/lib/grub/x86_64-efi');
  const configFile = join(paths.workDir, 'grub.cfg');
  await writeFile(configFile, config);

  const build = async (format: string, modules: string, output: string, extra: readonly string[]) => {
    const path = join(paths.workDir, output);
    const args = [
      '-O',
      format,
      '-d',
      modules,
      '-o',
      path,
      '-c',
      configFile,
      '-p',
      '/boot/grub',
      ...COMMON,
      ...extra,
    ];
    await processes.run(join(tools, 'usr/bin/grub-mkimage'), args, {
      env: { ...process.env, LD_LIBRARY_PATH: library },
    });
    return path;
  };
  return {
    bootSector: join(bios, 'boot.img'),
    core: await build('i386-pc', bios, 'core.img', ['biosdisk']),
    efi: await build('x86_64-efi', uefi, 'BOOTX64.EFI', []),
  };
}
