// Which kernel modules go into the agent, with what they need.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Enough for virtual machines. */
export const SMALL_SET = [
  'virtio_pci', 'virtio_net', 'virtio_blk', 'virtio_scsi', 'virtio_rng', 'e1000', 'e1000e',
  'sd_mod', 'ahci', 'nvme', 'ext4', 'vfat', 'nls_ascii',
  // ext4, xfs and btrfs ask the kernel for checksums by the name of the algorithm, which no dependency list shows
  'crc32c_generic',
  'crc32c_intel', 'nls_cp437',
]; // biome-ignore format: a list of names
/** What servers are sold with: network, disk controllers, and the file systems an image may hold. */
export const SERVER_SET = [
  ...SMALL_SET,
  'igb', 'igc', 'ixgbe', 'ixgbevf', 'i40e', 'iavf', 'ice', 'bnx2', 'bnx2x', 'bnxt_en', 'tg3', 'mlx4_en',
  'mlx5_core', 'be2net', 'cxgb4', 'qede', 'sfc', 'enic', 'r8169', 'atlantic', 'vmxnet3', 'ena', 'hv_netvsc',
  'xen_netfront', 'megaraid_sas', 'mpt3sas', 'mpi3mr', 'smartpqi', 'hpsa', 'aacraid', 'arcmsr', 'pm80xx',
  'isci', 'ata_piix', 'usb_storage', 'uas', 'xhci_pci', 'ehci_pci', 'usbhid', 'hid_generic', 'hv_storvsc',
  'vmw_pvscsi', 'mptspi', 'xen_blkfront', 'mmc_block', 'sdhci_pci', 'sr_mod', 'isofs', 'xfs',
  'xxhash_generic',
  'blake2b_generic',
  'sha256_generic', 'btrfs', 'fat',
  'dm_mod', 'md_mod', 'raid1', 'loop', 'squashfs', 'nls_utf8', 'bonding', '8021q', 'ipmi_si', 'ipmi_devintf',
  'efivarfs', 'hpilo', 'i2c_i801',
]; // biome-ignore format: a list of names

/** Module names treat - and _ as one; file names do not. */
const moduleName = (path) =>
  basename(path)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');

/** busybox' own depmod writes modules.dep and modules.alias for an unpacked kernel package (which has neither). */
function ensureDependencyLists(busybox, root, version) {
  if (existsSync(join(root, 'lib/modules', version, 'modules.dep'))) return;
  execFileSync(busybox, ['depmod', '-b', root, version], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/**
 * The wanted modules and everything they depend on. Names that this kernel has built in, or has not at all,
 * are left out; `missing` lists the second kind.
 */
export function selectModules({ busybox, root, version, wanted }) {
  ensureDependencyLists(busybox, root, version);
  const dir = join(root, 'lib/modules', version);
  const lines = readFileSync(join(dir, 'modules.dep'), 'utf8').split('\n').filter(Boolean);
  const dependencies = new Map(
    lines.map((line) => {
      const [path = '', rest = ''] = line.split(':');
      return [path, rest.trim().split(' ').filter(Boolean)];
    }),
  );
  const paths = new Map([...dependencies.keys()].map((path) => [moduleName(path), path]));
  const builtin = new Set(readFileSync(join(dir, 'modules.builtin'), 'utf8').split('\n').map(moduleName));
  const chosen = new Set();
  const take = (path) => {
    if (chosen.has(path)) return;
    chosen.add(path);
    (dependencies.get(path) ?? []).forEach(take);
  };
  const missing = [];
  for (const name of wanted) {
    const path = paths.get(name);
    if (path !== undefined) take(path);
    else if (!builtin.has(name)) missing.push(name);
  }
  return { dir, files: [...chosen].sort(), lists: trimLists(dir, lines, chosen), missing };
}

/** modules.dep and modules.alias without the lines of modules that are not there. */
function trimLists(dir, dependencyLines, chosen) {
  const names = new Set([...chosen].map(moduleName));
  const aliases = readFileSync(join(dir, 'modules.alias'), 'utf8').split('\n');
  const keep = (lines) => `${lines.join('\n')}\n`;
  return {
    'modules.dep': keep(dependencyLines.filter((line) => chosen.has(line.split(':')[0] ?? ''))),
    'modules.alias': keep(
      aliases.filter((line) => names.has((line.split(' ').at(-1) ?? '').replaceAll('-', '_'))),
    ),
    'modules.symbols': '',
  };
}
