import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBootName, withoutToken } from '../../src/boot/boot-names.ts';
import { macWithDashes } from '../../src/domain/network/mac.ts';
import { ip } from '../support/dhcp-packets.ts';

const MAC = '52:54:00:12:34:56';
const UUID = '564d5a2c-0000-1111-2222-33445566aabb';
const OPTIONAL = { kind: 'optional' };
const script = (form: string, whose: object = {}) => ({ kind: 'script', form, whose });
const way = (form: string, whose: object = {}) => ({ kind: 'way', form, whose });

describe('names that loaders ask for', () => {
  it.each([
    // pxelinux, in its order
    [`pxelinux.cfg/${UUID}`, script('pxelinux')],
    [`pxelinux.cfg/${UUID.toUpperCase()}`, script('pxelinux')],
    ['pxelinux.cfg/01-52-54-00-12-34-56', script('pxelinux', { mac: MAC })],
    ['pxelinux.cfg/0A00000B', script('pxelinux', { ip: ip('10.0.0.11') })],
    ['pxelinux.cfg/0A00000', OPTIONAL],
    ['pxelinux.cfg/0', OPTIONAL],
    ['pxelinux.cfg/default', script('pxelinux')],
    ['boot/pxelinux.cfg/default', script('pxelinux')],
    // U-Boot (F37): the same gate
    ['pxelinux.cfg/default-arm-bcm283x-rpi', script('pxelinux')],
    ['pxelinux.cfg/20-52-54-00-12-34-56', OPTIONAL],
    ['pxelinux.cfg/01-nonsense', OPTIONAL],
    // GRUB
    ['grub/grub.cfg', way('grub')],
    ['grub/x86_64-efi/grub.cfg', way('grub')],
    ['x64/grub.cfg', way('grub')],
    ['grub/grub.cfg-01-52-54-00-12-34-56', way('grub', { mac: MAC })],
    ['grub.cfg-01-52-54-00-12-34-56', way('grub', { mac: MAC })],
    ['grub/grub.cfg-0A00000B', way('grub', { ip: ip('10.0.0.11') })],
    ['grub/grub.cfg-0A0', OPTIONAL],
    [`grub/grub.cfg-${UUID}`, way('grub')],
    ['boot/grub/52-54-00-12-34-56', script('grub', { mac: MAC })],
    ['grub/x86_64-efi/command.lst', OPTIONAL],
    ['grub/x86_64-efi/http.mod', OPTIONAL],
    ['grub/fonts/unicode.pf2', OPTIONAL],
    ['grub/locale/en.gmo', OPTIONAL],
    // F29
    ['autoexec.ipxe', way('ipxe')],
    ['x64/autoexec.ipxe', way('ipxe')],
    // F32
    ['x64/revocations.efi', OPTIONAL],
    ['x64/revocations_sbat.efi', OPTIONAL],
    ['x64/shim_certificate_0.efi', OPTIONAL],
    ['x64/mmx64.efi', OPTIONAL],
    ['x64/fbx64.efi', OPTIONAL],
    ['x64/garbage name.efi', { kind: 'alias', of: 'x64/grubx64.efi' }],
    ['http:/10.0.0.1/boot/ipxe/grubx64.efi', { kind: 'alias', of: 'x64/grubx64.efi' }],
    ['grubaa64.efi', { kind: 'alias', of: 'aa64/grubaa64.efi' }],
    ['aa64/x.efi', { kind: 'alias', of: 'aa64/grubaa64.efi' }],
    ['ia32/x.efi', { kind: 'alias', of: 'ia32/grubia32.efi' }],
    ['i/abc-_9/kernel', { kind: 'install-file', token: 'abc-_9', file: 'kernel' }],
    ['i/abc-_9/initrd', { kind: 'install-file', token: 'abc-_9', file: 'initrd' }],
  ])('%s', (name, wanted) => expect(readBootName(name)).toEqual(wanted));

  it.each([
    'x.efi',
    'other/x.efi',
    'x64/deeper/x.efi',
    'i/abc/answer',
    'i/abc/image',
    'i/a/b/kernel',
    'boot/grub/a/b',
    'pxelinux.cfg',
    '1a2b3c4d/start4.elf',
    'bootcode.bin',
    '',
  ])('no name of ours: %s', (name) => expect(readBootName(name)).toBeUndefined());

  it('says something of any text, and knows no machine that the text does not name', () => {
    const check = (name: string) => {
      const read = readBootName(name);
      if (read?.kind === 'script' || read?.kind === 'way')
        expect(read.whose.mac === undefined || name.includes(macWithDashes(read.whose.mac))).toBe(true);
    };
    const words = [
      'pxelinux.cfg/',
      'grub/',
      'grub.cfg',
      '-',
      '01-',
      '52-54-00-12-34-56',
      '0A00000B',
      'x64/',
      '.efi',
      'i/',
      '/kernel',
    ];
    const name = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })), { maxLength: 8 });
    fc.assert(
      fc.property(
        name.map((parts) => parts.join('')),
        check,
      ),
      { seed: 42, numRuns: 2000 },
    );
  });

  it('shows an install’s token to nobody', () => {
    expect(withoutToken('i/secret/kernel')).toBe('i/<token>/kernel');
    expect(withoutToken('x/i/secret/initrd')).toBe('x/i/<token>/initrd');
    expect(withoutToken('grub/i386-efi/http.mod')).toBe('grub/i386-efi/http.mod');
  });
});
