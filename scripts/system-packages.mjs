// @ts-check
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runChild } from './child.mjs';
import { say } from './say.mjs';

/**
 * The programs that the tests run as real clients and real machines. `probe` is a command, or a file where it
 * begins with a slash: what counts is what is there, not which package manager brought it.
 * @typedef {{ name: string, probe: string, use: string }} SystemPackage
 * @type {readonly SystemPackage[]}
 */
export const SYSTEM_PACKAGES = [
  { name: 'build-essential', probe: 'c++', use: 'compiles better-sqlite3 where no binary can be downloaded' },
  { name: 'python3', probe: 'python3', use: 'node-gyp, for the same' },
  { name: 'qemu-system-x86', probe: 'qemu-system-x86_64', use: 'virtual machines of the lab' },
  { name: 'ovmf', probe: '/usr/share/OVMF/OVMF_CODE_4M.fd', use: 'UEFI firmware of the lab' },
  { name: 'ipxe', probe: '/usr/lib/ipxe/snponly.efi', use: 'the loaders that machines are sent' },
  { name: 'busybox-static', probe: 'busybox', use: 'the initramfs of the lab; a TFTP client' },
  { name: 'udhcpc', probe: 'udhcpc', use: 'DHCP client (as in Debian installer)' },
  { name: 'isc-dhcp-client', probe: 'dhclient', use: 'DHCP client' },
  { name: 'kea-admin', probe: 'perfdhcp', use: 'perfdhcp, the DHCP load generator' },
  {
    name: 'dnsmasq-base',
    probe: 'dnsmasq',
    use: 'DHCP relay between a client and the server; another DHCP server beside it',
  },
  { name: 'tftp-hpa', probe: 'tftp', use: 'TFTP client' },
  { name: 'atftp', probe: 'atftp', use: 'TFTP client with windowsize' },
  { name: 'openipmi', probe: 'ipmi_sim', use: 'a BMC' },
  { name: 'ipmitool', probe: 'ipmitool', use: 'IPMI client, which reads back what was done' },
  { name: 'curl', probe: 'curl', use: 'HTTP and TFTP client' },
  { name: 'jq', probe: 'jq', use: 'makes one document of another in an example of docs/api.md' },
  { name: 'tcpdump', probe: 'tcpdump', use: 'captures what went over the wire' },
  { name: 'strace', probe: 'strace', use: 'sees what is flushed before it is answered' },
  { name: 'systemd', probe: 'systemd-analyze', use: 'judges the unit of the service' },
  { name: 'iproute2', probe: 'ip', use: 'network namespaces of the tests' },
  { name: 'ifupdown', probe: 'ifup', use: 'reads the network of an installed Debian' },
  { name: 'ifenslave', probe: '/etc/network/if-pre-up.d/ifenslave', use: 'bonds of ifupdown' },
  { name: 'bridge-utils', probe: 'brctl', use: 'bridges of ifupdown' },
  { name: 'debootstrap', probe: 'debootstrap', use: 'root file system of the lab image' },
  { name: 'e2fsprogs', probe: 'mke2fs', use: 'file system of the lab image' },
  { name: 'dosfstools', probe: 'mkfs.vfat', use: 'EFI partition of the lab image' },
  { name: 'mtools', probe: 'mcopy', use: 'writes into the EFI partition without mounting it' },
  { name: 'fdisk', probe: 'sfdisk', use: 'partition table of the lab image' },
  { name: 'cpio', probe: 'cpio', use: 'packs and checks an initramfs' },
  { name: 'kmod', probe: 'depmod', use: 'module list of the agent' },
  { name: 'grub-common', probe: 'grub-script-check', use: 'judges the boot scripts for GRUB' },
  { name: 'ipmitool', probe: 'ipmitool', use: 'IPMI client' },
  { name: 'freeipmi-tools', probe: 'ipmipower', use: 'IPMI client: ipmipower, bmc-info' },
  {
    name: 'redfishtool',
    probe: 'redfishtool',
    use: 'Redfish client, judges the driver and the simulated BMC',
  },
  { name: 'ansible-core', probe: 'ansible-playbook', use: 'hand-off of installed machines' },
  { name: 'openssh-client', probe: 'ssh', use: 'proves that an installed machine answers' },
  { name: 'zsh', probe: 'zsh', use: 'completes commands' },
  { name: 'fish', probe: 'fish', use: 'completes commands' },
  { name: 'mandoc', probe: 'mandoc', use: 'judges the manual' },
  { name: 'openssh-server', probe: 'sshd', use: 'the machine that a hand-off configures' },
  { name: 'chromium', probe: 'chromium', use: 'the browser that the pages are tested with' },
];

const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** mke2fs and ip live where an ordinary user's PATH does not look; the tests call them by name. */
export function addSbinToPath() {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  process.env['PATH'] = [...folders, ...SBIN.filter((folder) => !folders.includes(folder))].join(delimiter);
}

/** @param {string} probe */
function isThere(probe) {
  if (probe.startsWith('/')) return existsSync(probe);
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, probe), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/** Packages of the table whose program is not on this machine. */
export function missingSystemPackages() {
  return SYSTEM_PACKAGES.filter((entry) => !isThere(entry.probe));
}

/** Network namespaces, ports below 1024 and installing packages need it. */
export const isRoot = process.getuid?.() === 0;

/** Packages come from apt. */
export const isDebian = existsSync('/etc/debian_version') && isThere('apt-get');

/** apt knows no package until it was updated once, which a fresh container was not. */
function hasPackageLists() {
  const folder = '/var/lib/apt/lists';
  return existsSync(folder) && readdirSync(folder).some((name) => /_Packages(\.|$)/.test(name));
}

/**
 * Installs what the tests need from Debian, where this is Debian and we are root. Never fails: what could not be
 * installed is still missing afterwards, and the steps that need it say so.
 */
export async function ensureSystemPackages() {
  if (!isRoot || !isDebian) return;
  const missing = missingSystemPackages();
  // The lab downloads packages of its own (kernel, installer), so the lists are wanted even if nothing is missing.
  if (missing.length === 0 && hasPackageLists()) return;
  say('apt-get update');
  await apt('update');
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry.name);
  say(`installing ${names.join(' ')}`);
  if ((await apt('install', ...names)) === 0) return;
  // One package unknown to this release must not keep the others away.
  for (const name of names) await apt('install', name);
}

/** @param {string} verb @param {...string} names */
function apt(verb, ...names) {
  const options =
    verb === 'install' ? ['-y', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-confold'] : [];
  return runChild('apt-get', ['-q', verb, ...options, ...names], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    limitMinutes: 8,
    stdoutToStderr: true,
  });
}

/** Lines that name what is missing and the one command that installs it; empty if nothing is. */
export function missingPackagesReport() {
  const missing = missingSystemPackages();
  if (missing.length === 0) return [];
  return [
    'Programs that some tests need are not on this machine:',
    ...missing.map((entry) => `  ${entry.name.padEnd(18)} ${entry.use}`),
    'On Debian, install them with:',
    `  sudo apt-get install --no-install-recommends ${missing.map((entry) => entry.name).join(' ')}`,
  ];
}
