import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SHELLS, useSnippetBench } from '../../support/snippet-shell.ts';

const bench = useSnippetBench();

interface Disk {
  readonly name: string;
  readonly gb: number;
  readonly bus?: 'usb';
  readonly files?: Readonly<Record<string, string>>;
}

const GB = 1_000_000_000;

/** A sysfs as the kernel shows it: block/NAME is a link into the tree of devices. */
function makeSysfs(disks: readonly Disk[]): void {
  mkdirSync(join(bench.folder, 'sys/block'), { recursive: true });
  for (const { name, gb, bus, files } of disks) {
    const device = join(bench.folder, 'sys/devices', bus === 'usb' ? 'pci0/usb1/1-2' : 'pci0/ata1', name);
    const all = { removable: '0', ro: '0', size: `${(gb * GB) / 512}`, ...files };
    for (const [file, content] of Object.entries(all)) {
      mkdirSync(dirname(join(device, file)), { recursive: true });
      writeFileSync(join(device, file), `${content}\n`);
    }
    symlinkSync(device, join(bench.folder, 'sys/block', name));
  }
}

const ONE: Disk = { name: 'sda', gb: 500 };

describe.each(SHELLS)('choose-disk.sh in $shell', ({ shell }) => {
  const choose = (disks: readonly Disk[], wanted: string, minGb: number) => {
    makeSysfs(disks);
    return bench.run(shell, 'choose-disk.sh', `choose_disk '${bench.folder}/sys' '${wanted}' ${minGb}`);
  };

  test.each<{ name: string; disks: Disk[]; wanted?: string; chosen: string }>([
    { name: 'the only disk', disks: [ONE], chosen: 'sda' },
    { name: 'exactly large enough', disks: [{ name: 'vda', gb: 100 }], chosen: 'vda' },
    {
      name: 'the only large one',
      disks: [
        { name: 'sda', gb: 99 },
        { name: 'nvme0n1', gb: 100 },
      ],
      chosen: 'nvme0n1',
    },
    {
      name: 'not the USB stick',
      disks: [
        { name: 'sda', gb: 500, bus: 'usb' },
        { name: 'sdb', gb: 500 },
      ],
      chosen: 'sdb',
    },
    {
      name: 'not the removable one',
      disks: [ONE, { name: 'sdb', gb: 500, files: { removable: '1' } }],
      chosen: 'sda',
    },
    {
      name: 'not the read-only one',
      disks: [ONE, { name: 'sdb', gb: 500, files: { ro: '1' } }],
      chosen: 'sda',
    },
    {
      name: 'not the memory card',
      disks: [ONE, { name: 'mmcblk0', gb: 500, files: { 'device/type': 'SD' } }],
      chosen: 'sda',
    },
    {
      name: 'the soldered flash',
      disks: [
        { name: 'mmcblk0', gb: 500, files: { 'device/type': 'MMC' } },
        { name: 'mmcblk0boot0', gb: 500 },
      ],
      chosen: 'mmcblk0',
    },
    {
      name: 'not a hidden NVMe path',
      disks: [
        { name: 'nvme0n1', gb: 500 },
        { name: 'nvme0c0n1', gb: 500, files: { hidden: '1' } },
      ],
      chosen: 'nvme0n1',
    },
    {
      name: 'nothing made of others',
      disks: [
        ONE,
        ...['dm-0', 'md127', 'loop0', 'zram0', 'sr0', 'ram0', 'nbd0'].map((name) => ({ name, gb: 500 })),
      ],
      chosen: 'sda',
    },
    {
      name: 'the named one of two',
      disks: [ONE, { name: 'zda', gb: 500 }],
      wanted: '/dev/zda',
      chosen: 'zda',
    },
    {
      name: 'by WWN',
      disks: [ONE, { name: 'sdb', gb: 500, files: { 'device/wwid': 'naa.5000c500a1b2c3d4' } }],
      wanted: '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4',
      chosen: 'sdb',
    },
    {
      name: 'by virtio serial',
      disks: [ONE, { name: 'vda', gb: 500, files: { serial: 'disk-7' } }],
      wanted: '/dev/disk/by-id/virtio-disk-7',
      chosen: 'vda',
    },
    {
      name: 'by EUI',
      disks: [ONE, { name: 'nvme1n1', gb: 500, files: { wwid: 'eui.0025388b710a52dd' } }],
      wanted: '/dev/disk/by-id/nvme-eui.0025388b710a52dd',
      chosen: 'nvme1n1',
    },
    {
      name: 'by NVMe model and serial',
      disks: [
        ONE,
        { name: 'nvme1n1', gb: 500, files: { 'device/model': 'ACME SSD 9  ', 'device/serial': '  S123 ' } },
      ],
      wanted: '/dev/disk/by-id/nvme-ACME_SSD_9_S123',
      chosen: 'nvme1n1',
    },
  ])('chooses: $name', async ({ disks, wanted, chosen }) => {
    expect(await choose(disks, wanted ?? '', 100)).toMatchObject({ status: 0, stdout: `${chosen}\n` });
  });

  test.each<{ name: string; disks: Disk[]; wanted?: string; reason: RegExp }>([
    { name: 'no disk at all', disks: [], reason: /^no disk of 100 GB or more; found: $/ },
    {
      name: 'only small ones',
      disks: [{ name: 'sda', gb: 99, files: { 'device/model': 'ACME 99  ' } }],
      reason: /^no disk of 100 GB or more; found: sda 99 GB ACME 99; $/,
    },
    {
      name: 'two that qualify',
      disks: [ONE, { name: 'sdb', gb: 100 }],
      reason: /^2 disks qualify, name one .*found: sda 500 GB; sdb 100 GB; $/,
    },
    {
      name: 'a named one that is not there',
      disks: [ONE],
      wanted: '/dev/disk/by-id/wwn-0x1',
      reason: /^there is no disk \/dev\/disk\/by-id\/wwn-0x1; found: sda 500 GB; $/,
    },
    {
      name: 'a named USB stick',
      disks: [{ name: 'zda', gb: 500, bus: 'usb' }],
      wanted: '/dev/zda',
      reason: /^\/dev\/zda \(zda\) is USB/,
    },
    {
      name: 'a named one that is too small',
      disks: [{ name: 'zda', gb: 9 }],
      wanted: '/dev/zda',
      reason: /smaller than 100 GB/,
    },
    {
      name: 'something that is no disk',
      disks: [ONE],
      wanted: '/dev/null',
      reason: /^\/dev\/null \(null\) is/,
    },
  ])('stops: $name', async ({ disks, wanted, reason }) => {
    const { status, stdout } = await choose(disks, wanted ?? '', 100);
    expect(status).toBe(1);
    expect(stdout.trimEnd() + (stdout.endsWith(' \n') ? ' ' : '')).toMatch(reason);
  });
});
