import { formatIpv4 } from '../domain/network/ipv4.ts';
import { type Mac, macWithDashes } from '../domain/network/mac.ts';
import {
  type InstallScript,
  installFile,
  type LocalScript,
  plainWords,
  RETRY_SECONDS,
} from './boot-script.ts';
import type { BootServer } from './bootfile.ts';
import { type DiskStep, LOCAL_BOOT } from './local-boot.ts';

/**
 * EFI loaders of installed systems, as GRUB looks for them; `$efi` is x64, aa64 or ia32. Vendor loaders first: the one
 * at the removable-media path may be a fallback program that rewrites the firmware's boot entries and restarts.
 */
const DISK_LOADERS: readonly string[] = [
  ...['debian', 'ubuntu'].flatMap((name) => [`/EFI/${name}/shim$efi.efi`, `/EFI/${name}/grub$efi.efi`]),
  ...['rocky', 'almalinux', 'redhat', 'centos', 'fedora'].map((name) => `/EFI/${name}/shim$efi.efi`),
  '/EFI/opensuse/shim.efi',
  '/EFI/sles/shim.efi',
  '/EFI/systemd/systemd-boot$efi.efi',
  '/EFI/Microsoft/Boot/bootmgfw.efi',
];
const REMOVABLE_LOADER = '/EFI/BOOT/BOOT$efi.EFI';

/**
 * What GRUB reads first, under whichever of its names: it asks for its script by HTTP, by TFTP where that fails, and
 * again after a while (F39). GRUB looks at the file before it reads it, so this names no token and is not counted; the
 * script is. Servers are named by their address: what GRUB takes for "the" server can be another one's (F33).
 */
export function renderGrubConfig(mac: Mac, server: BootServer): string {
  return lines([
    'set pager=0',
    'while true; do',
    '  set provision_ran=',
    `  for from in ${roots(server)}; do`,
    '    if [ -z "$provision_ran" ]; then',
    `      source $from/boot/grub/${macWithDashes(mac)}`,
    '    fi',
    '  done',
    `  echo 'provision: asking again in ${RETRY_SECONDS} seconds'`,
    `  sleep ${RETRY_SECONDS}`,
    'done',
  ]);
}

/**
 * The script that loads an installer, run by the config above. GRUB has no `&&`: a command that fails prints its error
 * and the next one runs, so each step stands inside the one before it.
 */
export function renderGrubInstall({ system, server, token, kernelArgs }: InstallScript): string {
  const args = kernelArgs.map((arg) => ` ${quoted(arg)}`).join('');
  return lines([
    'set provision_ran=1',
    `echo 'provision: installing ${system}'`,
    `for from in ${roots(server)}; do`,
    `  if linux $from/${installFile(token, 'kernel')}${args}; then`,
    `    if initrd $from/${installFile(token, 'initrd')}; then`,
    '      boot',
    '    fi',
    '  fi',
    'done',
  ]);
}

/** The script that sends a machine to its disk. */
export function renderGrubLocal({ reason, localBoot }: LocalScript): string {
  return lines([
    'set provision_ran=1',
    `echo 'provision: booting from the local disk (${plainWords(reason)})'`,
    'set efi=x64',
    'if [ "$grub_cpu" = arm64 ]; then set efi=aa64; fi',
    'if [ "$grub_cpu" = i386 ]; then set efi=ia32; fi',
    ...LOCAL_BOOT[localBoot]['grub-efi'].flatMap(diskStep),
  ]);
}

function diskStep(step: DiskStep): string[] {
  switch (step) {
    case 'find':
      return startFirst([...DISK_LOADERS, REMOVABLE_LOADER]);
    case 'disk':
      return startFirst([REMOVABLE_LOADER]);
    // GRUB has one way to leave, which firmware takes for a failure of the boot option.
    case 'exit-ok':
    case 'exit-failure':
      return ['exit'];
  }
}

function startFirst(loaders: readonly string[]): string[] {
  return [
    'for loader in \\',
    ...loaders.map((loader, index) => `  ${loader}${index === loaders.length - 1 ? '; do' : ' \\'}`),
    // chainloader wants the disk as $root, whatever its path says
    '  if search --no-floppy --file --set=root $loader; then',
    '    echo "provision: starting $loader on $root"',
    '    if chainloader $loader; then boot; fi',
    '  fi',
    'done',
    "echo 'provision: no EFI loader was found on any disk, or none of them started'",
    'sleep 5',
  ];
}

/** HTTP before TFTP, each with the server's address and, where it is not 80, the port. */
function roots({ address, httpPort }: BootServer): string {
  const ip = formatIpv4(address);
  return `'(http,${ip}${httpPort === 80 ? '' : `:${httpPort}`})' '(tftp,${ip})'`;
}

/**
 * One word for GRUB's shell. Nothing is special inside single quotes; a quote itself is left and entered again. (GRUB
 * then writes quotes and backslashes to the kernel with a backslash before them: see grubProblems.)
 */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function lines(commands: readonly string[]): string {
  return ['# made by provision for this request', ...commands, ''].join('\n');
}
