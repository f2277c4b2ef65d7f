import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Firmware, firmwareFiles } from './firmware.ts';

const PROGRAMS: Record<string, string> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  ip: 'iproute2',
  sfdisk: 'fdisk',
  mke2fs: 'e2fsprogs',
  'dpkg-deb': 'dpkg',
  ssh: 'openssh-client',
  dnsmasq: 'dnsmasq-base',
  ipmi_sim: 'openipmi',
  ipmitool: 'ipmitool',
  curl: 'curl',
};

/** Everything the lab needs of this host, all lacks in one message, each with what to install. */
export async function checkHost(
  root: string,
  { firmwares, handsOff }: { firmwares: readonly Firmware[]; handsOff: boolean },
): Promise<void> {
  const lacks: string[] = [];
  if (process.getuid?.() !== 0) lacks.push('root rights (network namespaces and tap interfaces)');
  const programs = { ...PROGRAMS, ...(handsOff ? { 'ansible-playbook': 'ansible-core' } : {}) };
  for (const [program, debianPackage] of Object.entries(programs)) {
    if (!(await isInPath(program))) lacks.push(`${program} (apt-get install ${debianPackage})`);
  }
  const files: [string, string][] = [['/dev/net/tun', 'the tun driver (modprobe tun)']];
  for (const path of firmwareFiles(firmwares))
    files.push([path, `UEFI firmware ${path} (apt-get install ovmf)`]);
  files.push(['/usr/lib/ipxe/snponly.efi', 'iPXE loaders (apt-get install ipxe)']);
  files.push([join(root, 'dist/server/main.js'), 'the compiled server (npm run build)']);
  for (const [path, lack] of files) {
    if (!(await exists(path))) lacks.push(lack);
  }
  if (lacks.length > 0) throw new Error(`the lab cannot run here; missing:\n  ${lacks.join('\n  ')}`);
}

async function isInPath(program: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    if (folder !== '' && (await exists(join(folder, program), constants.X_OK))) return true;
  }
  return false;
}

async function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
