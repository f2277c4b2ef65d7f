import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildBootLoader } from './boot-loader.ts';
import { createDiskImage } from './disk-image.ts';
import type { Lab } from './lab.ts';
import { loaderFile } from './loader-files.ts';

/** What the disk says on the serial port when it is booted. */
export const DISK_MARKER = 'LAB-DISK-BOOTED';

const SERIAL = ['serial --unit=0 --speed=115200', 'terminal_output serial'];
const SAY = `echo ${DISK_MARKER}`;
const SAY_AND_HALT = [SAY, 'halt', ''];

/**
 * A disk that says when it is booted. Where Secure Boot is on, it is one as Debian's installer leaves it: shim and the
 * signed GRUB in their own folder, since nothing else would be started.
 */
export async function createMarkerDisk(lab: Lab, path: string): Promise<void> {
  // A machine with a BMC stays on until that switches it off.
  const words = lab.scenario.bmc ? [SAY, ''] : SAY_AND_HALT;
  const loader = await buildBootLoader(lab.processes, lab, [...SERIAL, ...words].join('\n'));
  if (lab.scenario.firmware !== 'uefi-secure') {
    await createDiskImage(lab.processes, lab, { path, sizeMib: 8, loader });
    return;
  }
  const config = join(lab.workDir, 'signed-grub.cfg');
  // OVMF's console is the serial port already
  await writeFile(config, SAY_AND_HALT.join('\n'));
  const grub = await loaderFile(
    lab,
    'grub-efi-amd64-signed',
    '/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed',
  );
  const efiFiles = new Map([
    ['/EFI/debian/shimx64.efi', await loaderFile(lab, 'shim-signed', '/usr/lib/shim/shimx64.efi.signed')],
    ['/EFI/debian/grubx64.efi', grub],
    ['/EFI/debian/grub.cfg', config],
  ]);
  await createDiskImage(lab.processes, lab, { path, sizeMib: 16, loader, efiFiles });
}
