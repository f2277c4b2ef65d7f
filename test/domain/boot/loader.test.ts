import { describe, expect, it } from 'vitest';
import { MAX_LOADER_BYTES, refuseLoader, sha256Of } from '../../../src/domain/boot/loader.ts';
import { efiProgram } from '../../support/loader-files.ts';

const elf = Buffer.from('\x7fELF\x01\x01', 'latin1');

describe('refuseLoader', () => {
  it.each([
    ['snponly.efi', efiProgram(0x8664)],
    ['ipxe-arm64.efi', efiProgram(0xaa64)],
    ['grubaa64.efi', efiProgram(0xaa64)],
    ['shimia32.efi', efiProgram(0x014c)],
    ['undionly.kpxe', Buffer.from('anything')],
    ['ldlinux.c32', elf],
  ])('takes %s', (name, bytes) => {
    expect(refuseLoader(name, bytes)).toBeUndefined();
  });

  it.each([
    ['undionly.kpxe', Buffer.alloc(0), /is empty/],
    ['undionly.kpxe', Buffer.alloc(MAX_LOADER_BYTES + 1), /larger than 16777216 bytes/],
    ['snponly.efi', Buffer.from('<html>404 not found</html>'.repeat(9)), /PE file, and this is none/],
    ['snponly.efi', Buffer.from('M'), /PE file, and this is none/],
    ['snponly.efi', efiProgram(0x8664).subarray(0, 0x44), /PE file, and this is none/],
    ['snponly.efi', efiProgram(0xaa64), /the name says x64, but this file is for ARM64/],
    ['snponly-arm64.efi', efiProgram(0x8664), /the name says ARM64, but this file is for x64/],
    ['grubia32.efi', efiProgram(0x0200), /the name says IA32, but this file is for machine type 0x200/],
    ['ldlinux.c32', Buffer.from('MZ'), /ELF file, and this is none/],
  ])('refuses %s that cannot be it', (name, bytes, reason) => {
    expect(refuseLoader(name, bytes)).toMatch(reason);
  });

  it('never reads behind the end, wherever the file is cut', () => {
    const whole = efiProgram(0x8664);
    for (let length = 1; length < whole.length; length++)
      expect(() => refuseLoader('snponly.efi', whole.subarray(0, length))).not.toThrow();
  });
});

it('writes a digest as coreutils does', () => {
  expect(sha256Of(Buffer.from('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
