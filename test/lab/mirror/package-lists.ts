/**
 * What goes into the lab's small mirror. The whole archive is 80 GB; a machine that installs a base system with
 * SSH touches some 180 packages, and every one less is seconds less under an emulated CPU.
 */

export const SUITE = 'trixie';
export const NETBOOT_PACKAGE = 'debian-installer-13-netboot-amd64';

/** A kernel without hardware drivers: a third of the download, and a small initramfs. */
export const LAB_KERNEL_PACKAGE = 'linux-image-cloud-amd64';

/**
 * Of the packages with `Priority: important` only these stay important, so only these are installed by debootstrap;
 * the others become optional. debconf-i18n (Text::Iconv) must stay: without it debconf-apt-progress dies and the
 * installer stops at "Unable to install busybox".
 */
export const KEPT_IMPORTANT: ReadonlySet<string> = new Set(
  `apt debconf-i18n whiptail cpio e2fsprogs iputils-ping fdisk apt-utils gpgv sqv debian-archive-keyring udev kmod
  init systemd systemd-sysv dbus dbus-daemon dbus-bin iproute2 ifupdown isc-dhcp-client dhcpcd-base netbase procps
  readline-common adduser sensible-utils tzdata login.defs libpam-systemd`.split(/\s+/),
);

/** Packages the installer asks for on its own account (hw-detect, console-setup, partman) or a test wants. */
const EXTRA = `${LAB_KERNEL_PACKAGE} os-prober openssh-server python3-minimal python3 initramfs-tools
  console-setup keyboard-configuration locales sudo busybox ca-certificates eatmydata discover tasksel laptop-detect
  pciutils zstd installation-report acpid debconf-i18n apt-utils whiptail util-linux-extra cron dmidecode usbutils
  wget curl e2fsprogs login passwd hdparm qemu-guest-agent dosfstools efibootmgr`.split(/\s+/);

/** The two boot loaders conflict, so each group is resolved on its own and the mirror carries both. */
export const RESOLVE_GROUPS: readonly (readonly string[])[] = [
  EXTRA,
  ['grub-pc'],
  ['grub-efi-amd64', 'grub-efi-amd64-signed', 'shim-signed'],
];

/**
 * Installer components left out of the index. Loading one costs some 2.5 s on an emulated CPU, and partman-md
 * without the md modules stops the installation with a dialog.
 */
export const DROPPED_UDEBS: ReadonlySet<string> = new Set(
  `btrfs-progs-udeb depthcharge-tools-installer jfsutils-udeb kickseed-common libinih1-udeb liburcu8-udeb mdadm-udeb
  nobootloader open-iscsi-udeb libisns-udeb partman-auto-raid partman-btrfs partman-cros partman-iscsi partman-jfs
  partman-md partman-xfs systemd-boot-installer liblzo2-2-udeb eatmydata-udeb xfsprogs-udeb`.split(/\s+/),
);

/** Debian packages that the builder itself needs on the machine. */
export const needs: readonly string[] = ['apt', 'dpkg', 'xz-utils', 'debian-archive-keyring'];
