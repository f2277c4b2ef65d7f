import type { Arch } from '../domain/boot/arch.ts';
import type { LoaderChoice } from '../domain/boot/boot-choice.ts';

/** One kind of firmware and one choice: the file that it is given, and what that file asks for next. */
export interface Chain {
  /** The TFTP name that the firmware is told. Its folder is where the loader looks for the rest. */
  readonly first: string;
  /** Every further file without which the chain does not get to its script. */
  readonly needs: readonly string[];
}

/** Why a choice cannot work on a firmware, as the end of a sentence: `… is for BIOS machines`. */
export interface NoChain {
  readonly none: string;
}

const chain = (first: string, ...needs: string[]): Chain => ({ first, needs });
const NO_GRUB: NoChain = { none: 'GRUB is for UEFI machines; on a BIOS choose ipxe or pxelinux' };
const NO_PXELINUX: NoChain = { none: 'pxelinux is for BIOS machines; on UEFI choose ipxe or grub' };

/**
 * The one table of loaders: what a firmware is given for each choice.
 *
 * snponly.efi and undionly.kpxe work through the firmware's own network driver, which is what just worked; ipxe.efi and
 * ipxe.pxe bring their own, for NICs whose firmware driver is slow or broken (F40). GRUB comes through shim, signed by
 * Microsoft's key and the distribution's, so that it starts with Secure Boot on as well as off. shim looks for GRUB in its
 * own folder (`x64/grubx64.efi`), pxelinux for its modules beside itself. lpxelinux.0 is the pxelinux that fetches by HTTP:
 * an installer's initrd is larger than what TFTP should carry.
 */
export const LOADERS: Readonly<
  Record<Exclude<LoaderChoice, 'none'>, Readonly<Record<Arch, Chain | NoChain>>>
> = {
  ipxe: {
    'x86-bios': chain('undionly.kpxe'),
    'x86-uefi': chain('snponly-ia32.efi'),
    'x64-uefi': chain('snponly.efi'),
    'arm64-uefi': chain('snponly-arm64.efi'),
  },
  'ipxe-native': {
    'x86-bios': chain('ipxe.pxe'),
    'x86-uefi': chain('ipxe-ia32.efi'),
    'x64-uefi': chain('ipxe.efi'),
    'arm64-uefi': chain('ipxe-arm64.efi'),
  },
  grub: {
    'x86-bios': NO_GRUB,
    'x86-uefi': chain('ia32/shimia32.efi', 'ia32/grubia32.efi'),
    'x64-uefi': chain('x64/shimx64.efi', 'x64/grubx64.efi'),
    'arm64-uefi': chain('aa64/shimaa64.efi', 'aa64/grubaa64.efi'),
  },
  pxelinux: {
    'x86-bios': chain('lpxelinux.0', 'ldlinux.c32', 'reboot.c32', 'libcom32.c32'),
    'x86-uefi': NO_PXELINUX,
    'x64-uefi': NO_PXELINUX,
    'arm64-uefi': NO_PXELINUX,
  },
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

/** Where a loader's file comes from. */
export interface LoaderFile {
  /** The logical name: what machines ask for, and its path below the folder of loaders. */
  readonly name: string;
  /** The Debian package that has it, and where; null for what no package of amd64 has. */
  readonly debian: { readonly package: string; readonly path: string } | null;
  readonly what: string;
}

const file = (name: string, what: string, from?: readonly [pkg: string, path: string]): LoaderFile => ({
  name,
  what,
  debian: from === undefined ? null : { package: from[0], path: from[1] },
});

/** Every file that a booting machine may be given by its name, and where it is taken from. */
export const LOADER_FILES: readonly LoaderFile[] = [
  file('undionly.kpxe', 'iPXE for BIOS', ['ipxe', '/usr/lib/ipxe/undionly.kpxe']),
  file('snponly.efi', 'iPXE for x64 UEFI', ['ipxe', '/usr/lib/ipxe/snponly.efi']),
  file('ipxe.pxe', 'iPXE for BIOS, own drivers', ['ipxe', '/usr/lib/ipxe/ipxe.pxe']),
  file('ipxe.efi', 'iPXE for x64 UEFI, own drivers', ['ipxe', '/usr/lib/ipxe/ipxe.efi']),
  file('snponly-ia32.efi', 'iPXE for 32-bit UEFI'),
  file('ipxe-ia32.efi', 'iPXE for 32-bit UEFI, own drivers'),
  file('snponly-arm64.efi', 'iPXE for arm64 UEFI'),
  file('ipxe-arm64.efi', 'iPXE for arm64 UEFI, own drivers'),
  file('x64/shimx64.efi', 'shim for x64', ['shim-signed', '/usr/lib/shim/shimx64.efi.signed']),
  file('x64/grubx64.efi', 'signed GRUB for x64', [
    'grub-efi-amd64-signed',
    '/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed',
  ]),
  file('x64/mmx64.efi', 'MokManager for x64', [
    'shim-helpers-amd64-signed',
    '/usr/lib/shim/mmx64.efi.signed',
  ]),
  file('aa64/shimaa64.efi', 'shim for arm64', ['shim-signed:arm64', '/usr/lib/shim/shimaa64.efi.signed']),
  file('aa64/grubaa64.efi', 'signed GRUB for arm64', [
    'grub-efi-arm64-signed:arm64',
    '/usr/lib/grub/arm64-efi-signed/grubnetaa64.efi.signed',
  ]),
  file('aa64/mmaa64.efi', 'MokManager for arm64', [
    'shim-helpers-arm64-signed:arm64',
    '/usr/lib/shim/mmaa64.efi.signed',
  ]),
  file('ia32/shimia32.efi', 'shim for 32-bit UEFI', [
    'shim-signed:i386',
    '/usr/lib/shim/shimia32.efi.signed',
  ]),
  file('ia32/grubia32.efi', 'signed GRUB for 32-bit UEFI', [
    'grub-efi-ia32-signed:i386',
    '/usr/lib/grub/i386-efi-signed/grubnetia32.efi.signed',
  ]),
  file('ia32/mmia32.efi', 'MokManager for 32-bit UEFI', [
    'shim-helpers-i386-signed:i386',
    '/usr/lib/shim/mmia32.efi.signed',
  ]),
  file('lpxelinux.0', 'pxelinux with HTTP', ['pxelinux', '/usr/lib/PXELINUX/lpxelinux.0']),
  ...['ldlinux.c32', 'reboot.c32', 'libcom32.c32', 'chain.c32', 'libutil.c32'].map((name) =>
    file(name, 'module of pxelinux', ['syslinux-common', `/usr/lib/syslinux/modules/bios/${name}`]),
  ),
  file('local-x64.efi', 'GRUB that starts the disk of an x64 UEFI machine; made by: npm run loaders'),
];

/** Is there a chain of this loader for a firmware? */
export function isMadeFor(loader: LoaderChoice, arch: Arch): boolean {
  return loader !== 'none' && !('none' in LOADERS[loader][arch]);
}

/** Every file that some firmware needs for this choice. */
export function filesOfLoader(loader: LoaderChoice): string[] {
  if (loader === 'none') return [];
  return Object.values(LOADERS[loader]).flatMap((chain) =>
    'none' in chain ? [] : [chain.first, ...chain.needs],
  );
}

/**
 * Can this loader fetch by HTTP? Signed GRUBs bring all their modules with them: Debian's has no HTTP, Ubuntu's has. One
 * that has it holds the request that it sends.
 */
export function canFetchByHttp(name: string, bytes: Buffer): boolean {
  return !/(?:^|\/)grub[^/]*\.efi$/.test(name) || bytes.includes('HTTP/1.1\r\nHost: ');
}

/** The ways to a loader that is not there, best first; undefined for a name that is no loader's. */
export function waysToLoader(name: string): string | undefined {
  const found = LOADER_FILES.find((one) => one.name === name);
  if (found === undefined) return undefined;
  const file = `provision loaders install --file PATH --as ${name}`;
  if (found.debian !== null)
    return `on the server: apt-get install --no-install-recommends ${found.debian.package}, then provision loaders install; or give a file: ${file}`;
  return name.startsWith('local-')
    ? `build it: npm run loaders -- --out DIR, then provision loaders install --file DIR/${name} --as ${name}`
    : `no package has it: ${file}`;
}
