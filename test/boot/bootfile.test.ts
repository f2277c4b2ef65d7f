import { describe, expect, it } from 'vitest';
import { bootUrl, chooseBootfile } from '../../src/boot/bootfile.ts';
import { parseMac } from '../../src/domain/network/mac.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';

const mac = must(parseMac('52:54:00:12:34:56'), 'MAC');
const address = ip('10.0.0.1');
const server = { address, httpPort: 80 };
const SCRIPT = 'http://10.0.0.1/boot/ipxe/52-54-00-12-34-56';
const ROM = {
  mac,
  system: 'web001',
  transport: 'tftp',
  isIpxe: false,
  loader: 'ipxe',
  isWithoutHttp: () => false,
} as const;

describe('chooseBootfile', () => {
  it.each([
    // F1–F5: the firmware's own driver
    ['x86-bios', 'tftp', 'ipxe', 'undionly.kpxe'],
    ['x64-uefi', 'tftp', 'ipxe', 'snponly.efi'],
    ['x86-uefi', 'tftp', 'ipxe', 'snponly-ia32.efi'],
    ['arm64-uefi', 'tftp', 'ipxe', 'snponly-arm64.efi'],
    // F40: drivers of its own
    ['x86-bios', 'tftp', 'ipxe-native', 'ipxe.pxe'],
    ['x64-uefi', 'tftp', 'ipxe-native', 'ipxe.efi'],
    // F12: HTTP boot takes a whole URL; F13: with an address in it
    ['x64-uefi', 'http', 'ipxe', 'http://10.0.0.1/loaders/snponly.efi'],
    ['arm64-uefi', 'http', 'ipxe', 'http://10.0.0.1/loaders/snponly-arm64.efi'],
    // Secure Boot: shim first, in the folder of its GRUB
    ['x64-uefi', 'tftp', 'grub', 'x64/shimx64.efi'],
    ['x64-uefi', 'http', 'grub', 'http://10.0.0.1/loaders/x64/shimx64.efi'],
    ['arm64-uefi', 'tftp', 'grub', 'aa64/shimaa64.efi'],
    ['x86-uefi', 'tftp', 'grub', 'ia32/shimia32.efi'],
    ['x86-bios', 'tftp', 'pxelinux', 'lpxelinux.0'],
  ] as const)('%s by %s, loader %s: %s', (arch, transport, loader, bootfile) => {
    expect(chooseBootfile({ ...ROM, arch, transport, loader }, server)).toEqual({
      nextServer: address,
      bootfile,
    });
  });

  it.each(['ipxe', 'ipxe-native', 'grub', 'pxelinux'] as const)(
    'F9: iPXE gets its script, whatever its firmware and loader: %s',
    (loader) => {
      for (const arch of ['x86-bios', 'x86-uefi', 'x64-uefi', 'arm64-uefi'] as const) {
        const booter = { ...ROM, arch, loader, isIpxe: true };
        expect(chooseBootfile(booter, server)).toEqual({ nextServer: address, bootfile: SCRIPT });
      }
    },
  );

  it('names the port where it is not 80, never in a TFTP name', () => {
    const other = { address, httpPort: 8081 };
    expect(bootUrl(other)).toBe('http://10.0.0.1:8081');
    const booter = { ...ROM, arch: 'x64-uefi' } as const;
    expect(chooseBootfile({ ...booter, transport: 'http' }, other)).toMatchObject({
      bootfile: 'http://10.0.0.1:8081/loaders/snponly.efi',
    });
    expect(chooseBootfile(booter, other)).toMatchObject({ bootfile: 'snponly.efi' });
  });

  it.each([
    ['x86-bios', 'grub', 'GRUB is for UEFI machines'],
    ['x64-uefi', 'pxelinux', 'pxelinux is for BIOS machines'],
    ['arm64-uefi', 'pxelinux', 'pxelinux is for BIOS machines'],
  ] as const)('%s cannot be booted by %s: says why, and the command that mends it', (arch, loader, why) => {
    const choice = chooseBootfile({ ...ROM, arch, loader }, server);
    expect(choice).toEqual({
      unsupported: expect.stringMatching(
        new RegExp(
          `^there is no ${loader} for ${arch} firmware: ${why}.*provision system edit web001 --loader`,
        ),
      ),
    });
  });

  it('does not give a GRUB without HTTP to UEFI HTTP boot, which would end in a shell', () => {
    const isWithoutHttp = (name: string) => name === 'x64/grubx64.efi';
    const booter = { ...ROM, arch: 'x64-uefi', loader: 'grub', isWithoutHttp } as const;
    expect(chooseBootfile(booter, server)).toMatchObject({ bootfile: 'x64/shimx64.efi' });
    expect(chooseBootfile({ ...booter, transport: 'http' }, server)).toEqual({
      unsupported: expect.stringMatching(/x64\/grubx64\.efi cannot fetch by HTTP.*by PXE.*--loader ipxe/),
    });
  });

  it.each([true, false])('F36: loader none is nothing to boot, for iPXE as well (%s)', (isIpxe) => {
    expect(chooseBootfile({ ...ROM, arch: 'x64-uefi', loader: 'none', isIpxe }, server)).toEqual({
      unsupported: 'the record of web001 says loader none',
    });
  });
});
