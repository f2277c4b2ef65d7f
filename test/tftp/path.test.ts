import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOGICAL_NAME_MAX, logicalName, type PathRefusal } from '../../src/tftp/path.ts';

describe('names that mean one of ours', () => {
  test.for([
    { asked: 'pxelinux.0', name: 'pxelinux.0' },
    { asked: '/pxelinux.0', name: 'pxelinux.0' },
    { asked: '//boot///grub.efi', name: 'boot/grub.efi' },
    { asked: '\\boot\\x64\\wdsnbp.com', name: 'boot/x64/wdsnbp.com' },
    { asked: './boot/./grub.efi', name: 'boot/grub.efi' },
    { asked: 'undionly.kpxe\xff', name: 'undionly.kpxe' },
    { asked: 'undionly.kpxe\0\xff\xff', name: 'undionly.kpxe' },
    { asked: 'Boot/GRUBX64.EFI', name: 'Boot/GRUBX64.EFI' },
    { asked: 'ipxe-52:54:00:12:34:56.ipxe', name: 'ipxe-52:54:00:12:34:56.ipxe' },
    { asked: '%2e%2e/passwd', name: '%2e%2e/passwd' },
    { asked: '..grub/x..', name: '..grub/x..' },
    { asked: 'grub.efi ', name: 'grub.efi ' },
    { asked: 'caf\xe9', name: 'caf\xe9' },
    { asked: `/${'x'.repeat(LOGICAL_NAME_MAX)}`, name: 'x'.repeat(LOGICAL_NAME_MAX) },
  ])('$asked', ({ asked, name }) => expect(logicalName(asked)).toEqual({ ok: true, name }));
});

describe('names that are refused', () => {
  test.for<{ asked: string; reason: PathRefusal }>([
    { asked: '', reason: 'empty' },
    { asked: '/', reason: 'empty' },
    { asked: './/.', reason: 'empty' },
    { asked: '\xff', reason: 'empty' },
    { asked: 'boot/', reason: 'directory' },
    { asked: 'boot/.', reason: 'directory' },
    { asked: 'boot\\', reason: 'directory' },
    { asked: '..', reason: 'traversal' },
    { asked: '../etc/passwd', reason: 'traversal' },
    { asked: '/boot/../../etc/passwd', reason: 'traversal' },
    { asked: '..\\..\\boot.ini', reason: 'traversal' },
    { asked: 'boot/..\xff', reason: 'traversal' },
    { asked: 'C:\\boot.ini', reason: 'drive' },
    { asked: '/c:/boot.ini', reason: 'drive' },
    { asked: './C:/boot.ini', reason: 'drive' },
    { asked: 'a\nb', reason: 'control-character' },
    { asked: 'a\0b', reason: 'control-character' },
    { asked: 'a\x7f', reason: 'control-character' },
    { asked: 'x'.repeat(LOGICAL_NAME_MAX + 1), reason: 'too-long' },
  ])('$asked is $reason', ({ asked, reason }) => expect(logicalName(asked)).toEqual({ ok: false, reason }));
});

test('whatever is asked, a key has no way up, no root and no empty part, and stays as it is when asked again', () => {
  const part = fc.constantFrom('..', '.', '/', '\\', 'a', 'C:', '\xff', '\0', ' ', 'b.efi');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const result = logicalName(parts.join(''));
      if (!result.ok) return;
      for (const segment of result.name.split('/')) expect(['', '.', '..']).not.toContain(segment);
      expect(result.name).not.toMatch(/[\\\0]|^[A-Za-z]:(\/|$)/);
      expect(logicalName(result.name)).toEqual(result);
    }),
    { seed: 19, numRuns: 3_000 },
  );
});
