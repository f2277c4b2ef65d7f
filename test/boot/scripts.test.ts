import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderGrubConfig } from '../../src/boot/grub.ts';
import { renderAutoexec, renderIpxeHandOver } from '../../src/boot/ipxe.ts';
import { SCRIPTS } from '../../src/boot/scripts.ts';
import { LOCAL_BOOT_CHOICES } from '../../src/domain/boot/boot-choice.ts';
import { parseMac } from '../../src/domain/network/mac.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';

const mac = must(parseMac('52:54:00:12:34:56'), 'MAC');
const server = { address: ip('10.0.0.1'), httpPort: 80 };
const otherPort = { ...server, httpPort: 8081 };
const system = 'web001';
const token = 'TOKEN';
const kernelArgs = [
  'auto=true',
  'BOOTIF=01-52-54-00-12-34-56',
  'url=http://10.0.0.1/i/TOKEN/answer?a=$b;c&d',
];
const install = { system, mac, server, token, kernelArgs };
const local = { reason: 'the install is done', server };

/** What a kernel arg may be made of: printable, no blank. */
const PRINTABLE = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index));
const forms = ['ipxe', 'grub', 'pxelinux'] as const;
const GOLDEN: readonly (readonly [name: string, text: string])[] = [
  ...forms.map((form) => [`${form}-install`, SCRIPTS[form].install(install)] as const),
  ...forms.map(
    (form) => [`${form}-install-port`, SCRIPTS[form].install({ ...install, server: otherPort })] as const,
  ),
  ...forms.flatMap((form) =>
    LOCAL_BOOT_CHOICES.map(
      (localBoot) => [`${form}-local-${localBoot}`, SCRIPTS[form].local({ ...local, localBoot })] as const,
    ),
  ),
  ['ipxe-hand-over-grub', renderIpxeHandOver({ system, mac, server, loader: 'grub' })],
  ['ipxe-hand-over-pxelinux', renderIpxeHandOver({ system, mac, server, loader: 'pxelinux' })],
  ['ipxe-autoexec', renderAutoexec(server)],
  ['grub-config', renderGrubConfig(mac, server)],
  ['grub-config-port', renderGrubConfig(mac, otherPort)],
];

/** UPDATE_GOLDEN=1 writes them anew and fails, so that a run that wrote is never taken for one that compared. */
describe('boot scripts are those of test/fixtures/boot-scripts', () => {
  it.each(GOLDEN)('%s', (name, text) => {
    const path = fileURLToPath(new URL(`../fixtures/boot-scripts/${name}.txt`, import.meta.url));
    if (process.env['UPDATE_GOLDEN'] === '1') {
      writeFileSync(path, text);
      throw new Error(`wrote ${name}.txt; read the difference, then run without UPDATE_GOLDEN`);
    }
    expect(text).toBe(readFileSync(path, 'utf8'));
  });
});

/** A word of GRUB's shell as it reads it: single quotes around anything, a quote outside of them after a backslash. */
function readGrubWord(word: string): string {
  expect(word).toMatch(/^'(?:[^']|'\\'')*'$/);
  return word.slice(1, -1).replaceAll("'\\''", "'");
}

describe('what an operator writes stays one argument', () => {
  const word = fc.string({ unit: fc.constantFrom(...PRINTABLE), minLength: 1, maxLength: 40 });

  it('of the kernel in GRUB, quotes and all', () => {
    const check = (args: string[]) => {
      const script = SCRIPTS.grub.install({ ...install, kernelArgs: args });
      const line = must(/^ {2}if linux \$from\/i\/TOKEN\/kernel (.*); then$/m.exec(script)?.[1], 'linux');
      expect(line.split(' ').map(readGrubWord)).toEqual(args);
      expect(script.split('\n')).toHaveLength(SCRIPTS.grub.install(install).split('\n').length);
    };
    fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), check), { seed: 42 });
  });

  it('on the one line of APPEND in pxelinux', () => {
    const check = (args: string[]) => {
      const script = SCRIPTS.pxelinux.install({ ...install, kernelArgs: args });
      expect(/^ {2}APPEND (.*)$/m.exec(script)?.[1]).toBe(args.join(' '));
    };
    fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), check), { seed: 42 });
    expect(SCRIPTS.pxelinux.install({ ...install, kernelArgs: [] })).not.toContain('APPEND');
  });

  it.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what iPXE would expand
    '${net0/mac} || shell',
    'x\nshell',
    'it\'s "quoted" `x` $(x) ; reboot',
    'a'.repeat(5000),
  ])('a reason is shown without doing anything: %.30s', (reason) => {
    for (const form of forms) {
      const count = (text: string) =>
        SCRIPTS[form].local({ server, localBoot: 'exit', reason: text }).split('\n');
      expect(count(reason)).toHaveLength(count('a reason').length);
      const shown = must(/local disk \((.*)\)'?$/m.exec(count(reason).join('\n'))?.[1], 'the reason');
      expect(shown).toMatch(/^[A-Za-z0-9 .,:()-]{1,200}$/);
    }
  });

  it('no script of a machine that goes to its disk opens a shell or names a token', () => {
    for (const form of forms)
      for (const localBoot of LOCAL_BOOT_CHOICES)
        expect(SCRIPTS[form].local({ ...local, localBoot })).not.toMatch(/shell|\/i\//);
  });
});

describe('the GRUB that iPXE chains', () => {
  it('looks for the same loaders as the script for GRUB', () => {
    const config = readFileSync(new URL('../../deploy/loaders/local-x64.cfg', import.meta.url), 'utf8');
    const loadersOf = (text: string) =>
      [...text.matchAll(/\/EFI\/\S+\.efi\b/gi)].map(([path]) => path.replace('$efi', 'x64').toLowerCase());
    const script = SCRIPTS.grub.local({ ...local, localBoot: 'auto' });
    expect(loadersOf(script)).toEqual(loadersOf(config));
  });
});
