import { describe, expect, it } from 'vitest';
import { renderGrubConfig } from '../../src/boot/grub.ts';
import { renderAutoexec } from '../../src/boot/ipxe.ts';
import { SCRIPTS } from '../../src/boot/scripts.ts';
import { LOCAL_BOOT_CHOICES } from '../../src/domain/boot/boot-choice.ts';
import { parseMac } from '../../src/domain/network/mac.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';

// Rows of the list of PXE clients that are about what scripts say.

const mac = must(parseMac('52:54:00:12:34:56'), 'MAC');
const server = { address: ip('10.0.0.1'), httpPort: 80 };
const install = {
  system: 'web001',
  mac,
  server,
  token: 'TOKEN',
  kernelArgs: ['BOOTIF=01-52-54-00-12-34-56'],
};
const local = (form: 'ipxe' | 'grub' | 'pxelinux', localBoot: (typeof LOCAL_BOOT_CHOICES)[number]) =>
  SCRIPTS[form].local({ reason: 'done', server, localBoot });
/** What iPXE runs on EFI; before the label is what it runs on a BIOS. */
const onEfi = (script: string) => must(script.split(':efi\n')[1], 'a part for EFI').trim().split('\n');
const onBios = (script: string) => must(script.split(':efi\n')[0], 'a part for BIOS').trim().split('\n');

describe('scripts', () => {
  it('F13: name the server by its address, wherever they name it', () => {
    const scripts = [
      ...(['ipxe', 'grub', 'pxelinux'] as const).map((form) => SCRIPTS[form].install(install)),
      renderAutoexec(server),
    ];
    for (const script of scripts)
      for (const [, host] of script.matchAll(/https?:\/\/([^/]+)\//g)) expect(host).toBe('10.0.0.1');
  });

  it('F33: of GRUB name the server in every path, and never the one that GRUB believes to have', () => {
    for (const script of [renderGrubConfig(mac, server), SCRIPTS.grub.install(install)]) {
      expect(script).toContain("for from in '(http,10.0.0.1)' '(tftp,10.0.0.1)'; do");
      expect(script).not.toMatch(/net_default_server|pxe_default_server|\(http\)|\(tftp\)|\$root/);
      for (const [, path] of script.matchAll(/^ *(?:if )?(?:linux|initrd|source) (\S+)/gm))
        expect(path).toMatch(/^\$from\//);
    }
  });

  it('F34: of a machine that boots its disk leave UEFI with failure, and a BIOS with success', () => {
    for (const choice of LOCAL_BOOT_CHOICES) {
      const script = local('ipxe', choice);
      expect([choice, onEfi(script).at(-1)]).toEqual([choice, 'exit 1']);
      expect([choice, onBios(script).at(-1)]).toEqual([choice, 'exit 0']);
    }
    expect(onBios(local('ipxe', 'sanboot')).at(-2)).toBe('sanboot --no-describe --drive 0x80 ||');
  });

  it('F35: have another way to the disk for each model: by iPXE, by its EFI file, by leaving', () => {
    expect(onEfi(local('ipxe', 'sanboot'))).toEqual(['sanboot --no-describe --drive 0x80 ||', 'exit 1']);
    expect(onEfi(local('ipxe', 'exit'))).toEqual(['exit 1']);
    expect(onEfi(local('ipxe', 'grub'))[0]).toContain('/loaders/local-x64.efi ||');
    expect(local('grub', 'grub')).toMatch(/search --no-floppy --file --set=root \$loader/);
  });

  it('F36: of pxelinux have a way for PowerEdges that hang on its own', () => {
    expect(local('pxelinux', 'exit')).toContain('LOCALBOOT 0');
    expect(local('pxelinux', 'sanboot')).not.toContain('LOCALBOOT');
  });

  it('F38: name the NIC that boots', () => {
    expect(SCRIPTS.ipxe.install(install)).toContain('BOOTIF=01-52-54-00-12-34-56');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE expands it, on the machine
    expect(renderAutoexec(server)).toContain('${netX/mac:hexhyp}');
  });

  it('F39: ask again without end while a link comes up, and open no shell', () => {
    const ipxe = SCRIPTS.ipxe.install(install);
    for (const line of ipxe.split('\n').filter((command) => /^(kernel|initrd|boot|chain)/.test(command)))
      expect(line).toMatch(/\|\| goto again$/);
    expect(renderGrubConfig(mac, server)).toMatch(/^while true; do\n[\s\S]*sleep 10\ndone\n$/m);
    expect(renderAutoexec(server)).toMatch(/sleep 10\ngoto again\n$/);
  });
});
