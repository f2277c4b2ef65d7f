import { describe, expect, it } from 'vitest';
import { type BootPlan, bootProblems } from '../../src/boot/boot-problems.ts';
import { filesOfLoader } from '../../src/boot/loaders.ts';

const PLAN: BootPlan = {
  system: 'web001',
  loader: 'grub',
  distroArch: 'x86_64',
  kernelArgs: ['quiet'],
  isInstalled: () => true,
  withoutHttp: [],
  tftpFileBytes: 32_000_000,
  fileBytes: { kernel: 8_000_000, initrd: 40_000_000 },
};

describe('bootProblems', () => {
  it.each(['ipxe', 'ipxe-native', 'grub', 'pxelinux'] as const)('%s: nothing is in the way', (loader) => {
    expect(bootProblems({ ...PLAN, loader })).toEqual([]);
  });

  it('iPXE needs no file, the NIC may have it in its ROM', () => {
    expect(bootProblems({ ...PLAN, loader: 'ipxe', isInstalled: () => false })).toEqual([]);
  });

  it.each([
    [{ loader: 'none' }, 'loader', /loader none.*provision system edit web001 --loader ipxe/],
    [
      { loader: 'pxelinux', distroArch: 'aarch64' },
      'loader',
      /pxelinux cannot boot .*aarch64.*--loader ipxe/,
    ],
    [
      { isInstalled: (name: string) => name !== 'x64/grubx64.efi' && !name.startsWith('ia32') },
      'loader',
      /grub is not there: x64\/grubx64\.efi \(get it with: provision loaders install\)/,
    ],
    [
      { loader: 'pxelinux', isInstalled: () => false },
      'loader',
      /lpxelinux\.0, ldlinux\.c32, reboot\.c32, libcom32\.c32/,
    ],
    [{ loader: 'pxelinux', kernelArgs: ['x'.repeat(1801)] }, 'kernelArgs', /1801 characters/],
    [
      { withoutHttp: ['x64/grubx64.efi', 'ia32/grubia32.efi'] },
      'initrd',
      /40000000 bytes, TFTP carries 32000000.*maxFileMegabytes/,
    ],
    [{ kernelArgs: ["dyndbg='x'"] }, 'kernelArgs', /GRUB cannot hand the kernel arg dyndbg on/],
    [{ kernelArgs: ['a\\b'] }, 'kernelArgs', /GRUB cannot/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what iPXE would expand
    [{ loader: 'ipxe', kernelArgs: ['x=${net0/mac}'] }, 'kernelArgs', /iPXE cannot hand the kernel arg x on/],
    [{ loader: 'ipxe', kernelArgs: ['||', 'shell'] }, 'kernelArgs', /iPXE cannot/],
  ] as [Partial<BootPlan>, string, RegExp][])('%o', (change, path, message) => {
    expect(bootProblems({ ...PLAN, ...change })).toEqual([{ path, message: expect.stringMatching(message) }]);
  });

  it('one GRUB with HTTP is enough, and those of other firmware do not count', () => {
    expect(bootProblems({ ...PLAN, withoutHttp: ['ia32/grubia32.efi', 'aa64/grubaa64.efi'] })).toEqual([]);
    const isInstalled = (name: string) => !name.startsWith('ia32/');
    const problems = bootProblems({ ...PLAN, isInstalled, withoutHttp: ['x64/grubx64.efi'] });
    expect(problems).toMatchObject([
      { path: 'initrd', message: expect.stringMatching(/and x64\/grubx64\.efi cannot/) },
    ]);
  });

  it('one firmware whose files are all there is enough', () => {
    const bios = {
      ...PLAN,
      loader: 'ipxe-native',
      isInstalled: (name: string) => name === 'ipxe.pxe',
    } as const;
    expect(bootProblems(bios)).toEqual([]);
    expect(filesOfLoader('none')).toEqual([]);
  });
});
