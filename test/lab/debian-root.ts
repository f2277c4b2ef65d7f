import { appendFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Processes } from './processes.ts';

/**
 * What a machine needs to boot, take an address, answer SSH and be configured by Ansible, whose modules are programs in
 * Python (python3-minimal has not all that they import). Everything more costs time on emulated disks.
 */
export const PACKAGES = [
  'systemd-sysv',
  'udev',
  'openssh-server',
  'python3',
  'iproute2',
  'initramfs-tools',
  'linux-image-cloud-amd64',
];

/** The only drivers that stand between GRUB and the root file system. */
const INITRAMFS_MODULES = ['ext4', 'virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod'];

/** Files that are no use on a machine that nobody reads manuals on. */
const SUPERFLUOUS = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/info',
  'usr/share/locale',
  'usr/share/i18n',
  'var/cache/apt',
  'var/lib/apt/lists',
  'var/log/bootstrap.log',
];

/** A key of the machine's own, made at its first start; RSA takes minutes of an emulated processor. */
const SSH_DROP_IN = `[Service]
ExecStartPre=
ExecStartPre=/bin/sh -c "test -s /etc/ssh/ssh_host_ed25519_key || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key"
ExecStartPre=/usr/sbin/sshd -t
`;

const NETWORK =
  '[Match]\nType=ether\n\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\n\n[DHCPv4]\nClientIdentifier=mac\n';

/** Label of the root file system: the boot loader and fstab find it by this. */
export const ROOT_LABEL = 'lab-root';

export interface DebianSource {
  readonly suite: string;
  readonly mirror: string;
}

/** The Debian release of this host, and where apt gets it from. */
export async function findDebianSource(processes: Processes): Promise<DebianSource> {
  const release = await readFile('/etc/os-release', 'utf8');
  const suite = /^VERSION_CODENAME=(.+)$/m.exec(release)?.[1];
  if (suite === undefined || !/^ID=debian$/m.test(release))
    throw new Error('the image run needs a Debian host');
  const format = '$(REPO_URI) $(CODENAME) $(COMPONENT)';
  const targets = await processes.run('apt-get', [
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
  ]);
  const line = targets.split('\n').find((target) => target.endsWith(` ${suite} main`));
  const mirror = line?.split(' ')[0];
  if (!mirror?.startsWith('http'))
    throw new Error(`apt has no mirror of ${suite} main; run "apt-get update" first`);
  return { suite, mirror };
}

/** A bootable Debian in a folder. Mounts that debootstrap makes stay inside a mount namespace of its own. */
export async function createDebianRoot(
  processes: Processes,
  source: DebianSource,
  folder: string,
): Promise<void> {
  const options = ['--variant=minbase', `--include=${PACKAGES.join(',')}`];
  await processes.run(
    'unshare',
    ['--mount', '--propagation', 'private', 'debootstrap', ...options, source.suite, folder, source.mirror],
    { timeoutMs: 900_000, env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' } },
  );
  await configure(folder);
  const inside = (...command: string[]) =>
    processes.run(
      'unshare',
      ['--mount', '--pid', '--fork', `--mount-proc=${join(folder, 'proc')}`, 'chroot', folder, ...command],
      {
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
        timeoutMs: 300_000,
      },
    );
  await inside('update-initramfs', '-u');
  await inside('systemctl', 'enable', 'systemd-networkd.service', 'ssh.service');
  await Promise.all(SUPERFLUOUS.map((path) => rm(join(folder, path), { recursive: true, force: true })));
  await mkdir(join(folder, 'var/lib/apt/lists/partial'), { recursive: true });
}

async function configure(folder: string): Promise<void> {
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  await write('etc/fstab', `LABEL=${ROOT_LABEL} / ext4 defaults,noatime 0 1\n`);
  await write('etc/hostname', 'image\n');
  await write('etc/systemd/network/10-lab.network', NETWORK);
  await write('etc/systemd/system/ssh.service.d/host-key.conf', SSH_DROP_IN);
  await write('etc/ssh/sshd_config.d/host-key.conf', 'HostKey /etc/ssh/ssh_host_ed25519_key\nUseDNS no\n');
  await write('etc/initramfs-tools/conf.d/lab', 'MODULES=list\nCOMPRESS=gzip\n');
  await appendFile(join(folder, 'etc/initramfs-tools/modules'), `${INITRAMFS_MODULES.join('\n')}\n`);
  // each machine makes its own identity: an image that has one makes many machines the same
  await write('etc/machine-id', '');
  await rm(join(folder, 'var/lib/dbus/machine-id'), { force: true });
  for (const type of ['ecdsa', 'ed25519', 'rsa']) {
    await rm(join(folder, `etc/ssh/ssh_host_${type}_key`), { force: true });
    await rm(join(folder, `etc/ssh/ssh_host_${type}_key.pub`), { force: true });
  }
  for (const unit of [
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
    'e2scrub_all.timer',
    'getty@tty1.service',
  ]) {
    const path = join(folder, 'etc/systemd/system', unit);
    await rm(path, { force: true });
    await symlink('/dev/null', path);
  }
}
