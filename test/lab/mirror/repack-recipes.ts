/** Where a file of a repacked udeb comes from, and where the installer expects it. */
export interface PackedFile {
  readonly deb: string;
  readonly file: string;
  readonly target: readonly string[];
}

const FSCK = ['/sbin/e2fsck', '/sbin/fsck.ext2', '/sbin/fsck.ext3', '/sbin/fsck.ext4'];
const MKFS = ['/sbin/mke2fs', '/sbin/mkfs.ext2', '/sbin/mkfs.ext3', '/sbin/mkfs.ext4'];

/** Udebs made of a deb's programs: the same source and build, so the same binaries in another wrapping. */
export const PROGRAM_UDEBS: Readonly<Record<string, readonly PackedFile[]>> = {
  'e2fsprogs-udeb': [
    { deb: 'e2fsprogs', file: 'mke2fs', target: MKFS },
    { deb: 'e2fsprogs', file: 'e2fsck', target: FSCK },
    { deb: 'e2fsprogs', file: 'tune2fs', target: ['/sbin/tune2fs'] },
    { deb: 'e2fsprogs', file: 'resize2fs', target: ['/sbin/resize2fs'] },
    { deb: 'e2fsprogs', file: 'mke2fs.conf', target: ['/etc/mke2fs.conf'] },
    { deb: 'libext2fs2t64', file: 'libext2fs.so.2', target: ['/lib/libext2fs.so.2'] },
    { deb: 'libext2fs2t64', file: 'libe2p.so.2', target: ['/lib/libe2p.so.2'] },
    { deb: 'libcom-err2', file: 'libcom_err.so.2', target: ['/lib/libcom_err.so.2'] },
    { deb: 'libss2', file: 'libss.so.2', target: ['/lib/libss.so.2'] },
  ],
  'libmount1-udeb': [{ deb: 'libmount1', file: 'libmount.so.1', target: ['/lib/libmount.so.1'] }],
  'dosfstools-udeb': [
    {
      deb: 'dosfstools',
      file: 'mkfs.fat',
      target: ['/sbin/mkfs.fat', '/sbin/mkfs.msdos', '/sbin/mkfs.vfat'],
    },
    { deb: 'dosfstools', file: 'fsck.fat', target: ['/sbin/fsck.fat', '/sbin/fsck.vfat'] },
  ],
};

/** Kernel modules of a module udeb (names without the release), and what else it may stand in for. */
export interface ModuleUdeb {
  readonly modules: readonly string[];
  readonly provides: readonly string[];
}

/**
 * Module udebs the lab needs. scsi-modules stands in for the ATA and SATA ones: together they hold some 200 drivers,
 * of which a virtual machine has use for these. A name that is built into this kernel is skipped.
 */
export const MODULE_UDEBS: Readonly<Record<string, ModuleUdeb>> = {
  'ext4-modules': {
    modules: 'ext4 jbd2 mbcache crc16 crc32c_generic libcrc32c ext2'.split(' '),
    provides: ['ext2-modules', 'ext3-modules', 'ext4-modules'],
  },
  'scsi-modules': {
    modules:
      `virtio_blk virtio_scsi scsi_mod scsi_common sd_mod sr_mod cdrom libata ata_piix ata_generic ahci libahci
      nvme nvme-core nvme-auth nvme-keyring t10-pi crc64-rocksoft crc-t10dif crc64`.split(/\s+/),
    provides: ['scsi-modules', 'ata-modules', 'sata-modules', 'virtio-modules'],
  },
};
