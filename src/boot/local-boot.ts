import type { LocalBootChoice } from '../domain/boot/boot-choice.ts';

/**
 * One way of a loader to the disk. `exit-ok` and `exit-failure`: it leaves, and says to the firmware that it has worked
 * or not. `disk`: it starts the first disk itself. `find`: it looks for the EFI loaders of known systems on all disks.
 */
export type DiskStep = 'exit-ok' | 'exit-failure' | 'disk' | 'find';

/** A loader on a kind of firmware. The other pairs do not exist: see the table of loaders. */
export type LocalBooter = 'ipxe-bios' | 'ipxe-efi' | 'grub-efi' | 'pxelinux-bios';

/**
 * The one table of local boot: what each loader does for each choice, in order; the next step is taken where one comes
 * back. Traps that are known (measured ones stand in docs/deviations.md):
 *
 * - EFI: a loader that leaves with success stops the boot manager (F34, Dell PowerEdge, Lenovo XCC), so it leaves with
 *   failure; OVMF then tries the network card's other options for minutes, so that is no first choice.
 * - EFI: `disk` starts the loader at the removable-media path, which on some systems is a fallback program that writes
 *   boot entries and restarts (F35); iPXE of 2019 cannot do it at all.
 * - EFI: disks that the firmware has not connected are seen by nobody (F35, VMware): put the disk behind the network in
 *   the boot order, and choose `exit`.
 * - BIOS: leaving goes to the next device of the boot order. Old PowerEdges hang on pxelinux' way of it (F36): choose
 *   `sanboot` there, which starts the disk's boot sector.
 * - `next` is decided before any loader is sent, by DHCP; what stands here is for one that runs all the same.
 */
export const LOCAL_BOOT: Readonly<
  Record<LocalBootChoice, Readonly<Record<LocalBooter, readonly DiskStep[]>>>
> = {
  auto: {
    'ipxe-bios': ['exit-ok'],
    'ipxe-efi': ['find', 'disk', 'exit-failure'],
    'grub-efi': ['find', 'exit-failure'],
    'pxelinux-bios': ['exit-ok'],
  },
  exit: {
    'ipxe-bios': ['exit-ok'],
    'ipxe-efi': ['exit-failure'],
    'grub-efi': ['exit-failure'],
    'pxelinux-bios': ['exit-ok'],
  },
  sanboot: {
    'ipxe-bios': ['disk', 'exit-ok'],
    'ipxe-efi': ['disk', 'exit-failure'],
    'grub-efi': ['disk', 'exit-failure'],
    'pxelinux-bios': ['disk'],
  },
  // A BIOS has no EFI loaders to look for; its disk's boot sector is where GRUB is.
  grub: {
    'ipxe-bios': ['disk', 'exit-ok'],
    'ipxe-efi': ['find', 'exit-failure'],
    'grub-efi': ['find', 'exit-failure'],
    'pxelinux-bios': ['disk'],
  },
  next: {
    'ipxe-bios': ['exit-ok'],
    'ipxe-efi': ['exit-failure'],
    'grub-efi': ['exit-failure'],
    'pxelinux-bios': ['exit-failure'],
  },
};
