import type { Arch } from '../domain/arch.ts';
import { formatIpv4, type Ipv4 } from '../domain/ipv4.ts';
import { type Mac, macWithDashes } from '../domain/mac.ts';

/** How this very packet's sender boots: its firmware, or iPXE that the firmware has loaded already. */
export interface Booter {
  readonly arch: Arch;
  readonly transport: 'tftp' | 'http';
  readonly isIpxe: boolean;
  readonly mac: Mac;
}

/** Where the boot listener answers. */
export interface BootServer {
  readonly address: Ipv4;
  readonly httpPort: number;
}

export interface Bootfile {
  readonly nextServer: Ipv4;
  /** A TFTP name, or a whole URL for clients that speak HTTP. */
  readonly bootfile: string;
}

/**
 * The one table of loaders. All of them are iPXE: it fetches its script by HTTP, where the policy is asked again.
 * snponly.efi uses the firmware's own network driver, which is what just worked; ipxe.efi brings its own.
 */
export const LOADERS: Readonly<Record<Arch, string | null>> = {
  'x86-bios': 'undionly.kpxe',
  'x86-uefi': null,
  'x64-uefi': 'snponly.efi',
  'arm64-uefi': 'snponly-arm64.efi',
};

/**
 * Loaders that start the operating system on the machine's own disk. A UEFI firmware that is told `exit` by a network
 * loader either stops in its menu or tries the network again and again (measured with OVMF); a small GRUB that looks
 * for the EFI loaders on the disks gets there at once. A BIOS goes on to the next device by itself.
 */
export const LOCAL_BOOT_LOADERS: Readonly<Record<Arch, string | null>> = {
  'x86-bios': null,
  'x86-uefi': null,
  'x64-uefi': 'local-x64.efi',
  'arm64-uefi': null,
};

/** Base URL of the boot listener; addresses only, since firmware often has no DNS (F13). */
export function bootUrl(server: BootServer): string {
  const port = server.httpPort === 80 ? '' : `:${server.httpPort}`;
  return `http://${formatIpv4(server.address)}${port}`;
}

/** Next-server and bootfile together, or the reason why there is none. */
export function chooseBootfile(
  booter: Booter,
  server: BootServer,
): Bootfile | { readonly unsupported: string } {
  const nextServer = server.address;
  if (booter.isIpxe) {
    return { nextServer, bootfile: `${bootUrl(server)}/boot/ipxe/${macWithDashes(booter.mac)}` };
  }
  const loader = LOADERS[booter.arch];
  if (loader === null) return { unsupported: `there is no loader for ${booter.arch} firmware` };
  return {
    nextServer,
    bootfile: booter.transport === 'http' ? `${bootUrl(server)}/loaders/${loader}` : loader,
  };
}
