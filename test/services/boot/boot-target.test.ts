import { describe, expect, test } from 'vitest';
import { describeClient } from '../../../src/dhcp/client.ts';
import type { BootTarget } from '../../../src/dhcp/facts.ts';
import { decodePacket } from '../../../src/dhcp/packet.ts';
import type { LoaderChoice, LocalBootChoice } from '../../../src/domain/boot/boot-choice.ts';
import { chooseTarget } from '../../../src/services/boot/boot-target.ts';
import type { MachineFacts } from '../../../src/store/interfaces/dhcp-store.ts';
import { replyTo, text } from '../../support/dhcp-exchange.ts';
import { ip, readPacketFixture } from '../../support/dhcp-packets.ts';
import { factsOf, NOW_MS, RECEPTION } from '../../support/dhcp-world.ts';

const ARMED: NonNullable<MachineFacts['install']> = {
  id: 1,
  state: 'armed',
  attempts: 1,
  attemptsUsed: 0,
  scriptsServed: 0,
  expiresAtMs: NOW_MS + 1000,
};

interface Records {
  readonly loader?: LoaderChoice;
  readonly localBoot?: LocalBootChoice;
  readonly install?: MachineFacts['install'];
  readonly known?: boolean;
}

/** What the machine that sent this packet is told to boot. */
function targetOf(
  name: string,
  { loader = 'ipxe', localBoot = 'auto', install = ARMED, known = true }: Records = {},
): BootTarget {
  const client = describeClient(decodePacket(readPacketFixture(name)), RECEPTION);
  const records = {
    systemId: 1,
    system: 'web001',
    hostname: 'web001',
    ip: ip('10.99.0.20'),
    dhcpOptions: [],
    follows: null,
  };
  const machine = known ? { ...records, loader, localBoot, install } : undefined;
  const settings = { serverId: ip('10.99.0.1'), httpPort: 80, nowMs: NOW_MS };
  const gathered = { machine, subnet: undefined, facts: factsOf(), key: client.key, seenMac: null };
  return chooseTarget(client, gathered, settings);
}

const HTTP = 'http://10.99.0.1/loaders/';

describe('rows of the list of PXE clients: what each firmware is given', () => {
  test.each([
    // firmware, loader: bootfile
    ['f01-bios-rom-discover', 'ipxe', 'undionly.kpxe'],
    ['f01-bios-rom-discover', 'ipxe-native', 'ipxe.pxe'],
    ['f01-bios-rom-discover', 'pxelinux', 'lpxelinux.0'],
    ['f02-ovmf-pxe-discover', 'ipxe', 'snponly.efi'],
    ['f02-ovmf-pxe-discover', 'ipxe-native', 'ipxe.efi'],
    ['f02-ovmf-pxe-discover', 'grub', 'x64/shimx64.efi'],
    ['f03-uefi-x64-arch-9-discover', 'ipxe', 'snponly.efi'],
    ['f03-uefi-x64-arch-9-discover', 'grub', 'x64/shimx64.efi'],
    ['f04-uefi-ia32-discover', 'ipxe', 'snponly-ia32.efi'],
    ['f04-uefi-ia32-discover', 'grub', 'ia32/shimia32.efi'],
    ['f04-uefi-ia32-http-discover', 'ipxe', `${HTTP}snponly-ia32.efi`],
    ['f05-uefi-arm64-discover', 'ipxe', 'snponly-arm64.efi'],
    ['f05-uefi-arm64-discover', 'grub', 'aa64/shimaa64.efi'],
    ['f07-arch-list-discover', 'ipxe', 'snponly.efi'],
    // The best that the loader is for.
    ['f07-arch-list-discover', 'pxelinux', 'lpxelinux.0'],
    ['f08-no-arch-option-discover', 'ipxe', 'snponly.efi'],
    // The record says that it is a BIOS: pxelinux is for nothing else.
    ['f08-no-arch-at-all-discover', 'pxelinux', 'lpxelinux.0'],
    ['f10-gpxe-discover', 'ipxe', 'undionly.kpxe'],
    ['f12-ovmf-http-discover', 'ipxe', `${HTTP}snponly.efi`],
    ['f12-ovmf-http-discover', 'grub', `${HTTP}x64/shimx64.efi`],
    ['f12-arm64-http-discover', 'ipxe', `${HTTP}snponly-arm64.efi`],
    ['f12-x64-http-arch-17-discover', 'ipxe', `${HTTP}snponly.efi`],
    ['f12-bios-http-discover', 'ipxe', `${HTTP}undionly.kpxe`],
    ['f14-no-machine-uuid-discover', 'ipxe', 'snponly.efi'],
  ] as const)('%s, %s: %s', (name, loader, bootfile) => {
    const target = targetOf(name, { loader });
    const httpBoot = bootfile.startsWith('http');
    const reason = expect.stringMatching(/^install 1, attempt 1 of 1; /);
    const why = { action: 'install', reason };
    expect(target).toEqual({ kind: 'boot', ...why, nextServer: ip('10.99.0.1'), bootfile, httpBoot });
    // F18, F20: every field that firmware may read says the same.
    const reply = replyTo(name, target);
    expect([reply.file, text(reply, 67)?.replace(/\0$/, '')]).toEqual([bootfile, bootfile]);
    // F23: "use the file of the offer", and no menu.
    expect(text(reply, 43)).toBe(httpBoot ? undefined : '\x06\x01\x08\xff');
  });

  test.each([
    'f01-f09-ipxe-bios-virtio-discover',
    'f09-ipxe-bios-e1000-discover',
    'f09-ipxe-efi-discover',
    'f09-ipxe-only-option-175-discover',
    'f10-xnba-discover',
    'f11-user-class-rfc3004-discover',
  ])('F9–F11: %s gets the script of its MAC, with every loader', (name) => {
    for (const loader of ['ipxe', 'grub', 'pxelinux'] as const)
      expect(targetOf(name, { loader })).toMatchObject({
        httpBoot: false,
        // F13: an address, no name
        bootfile: expect.stringMatching(/^http:\/\/10\.99\.0\.1\/boot\/ipxe\/([0-9a-f]{2}-){5}[0-9a-f]{2}$/),
      });
  });
});

describe('firmware that there is nothing for: a reason that says what would help', () => {
  test.each([
    ['f06-raspberry-pi-rom-discover', {}, /Raspberry Pi .*UEFI firmware on its SD card/],
    // F37: what is chosen does not make x86 code fit for it.
    ['f06-raspberry-pi-rom-discover', { loader: 'pxelinux' }, /Raspberry Pi/],
    ['f04-uefi-riscv64-discover', {}, /no loader for 64-bit RISC-V UEFI \(27\) firmware/],
    ['f05-uefi-arm32-discover', {}, /32-bit ARM UEFI \(10\)/],
    ['f05-uefi-arm32-http-discover', {}, /32-bit ARM UEFI, HTTP boot \(18\)/],
    ['f08-no-arch-at-all-discover', {}, /does not say .*firmware.*--loader pxelinux/],
    [
      'f01-bios-rom-discover',
      { loader: 'grub' },
      /no grub for x86-bios.*provision system edit web001 --loader/,
    ],
    [
      'f02-ovmf-pxe-discover',
      { loader: 'pxelinux' },
      /no pxelinux for x64-uefi.*provision system edit web001/,
    ],
    ['f12-bios-http-discover', { loader: 'grub' }, /no grub for x86-bios/],
  ] as [string, Records, RegExp][])('%s %o', (name, records, reason) => {
    expect(targetOf(name, records)).toEqual({ kind: 'none', reason: expect.stringMatching(reason) });
  });
});

describe('the gate', () => {
  const NETBOOTERS = [
    'f01-bios-rom-discover',
    'f02-ovmf-pxe-discover',
    'f12-ovmf-http-discover',
    'f09-ipxe-efi-discover',
  ];

  test.each(NETBOOTERS)('F36: %s gets a lease and nothing that says "boot", by loader none', (name) => {
    for (const install of [ARMED, null]) expectNoBoot(name, targetOf(name, { loader: 'none', install }));
  });

  test.each(NETBOOTERS)(
    'F36: %s is left to its next device with local boot next, until it is armed',
    (name) => {
      expectNoBoot(name, targetOf(name, { localBoot: 'next', install: null }));
      expect(targetOf(name, { localBoot: 'next' }).kind).toBe('boot');
    },
  );

  test.each(NETBOOTERS)(
    'F42: %s of a known machine is told to boot its disk, of an unknown one nothing',
    (name) => {
      expect(targetOf(name, { install: null }).kind).toBe('boot');
      expectNoBoot(name, targetOf(name, { known: false }));
    },
  );

  function expectNoBoot(name: string, target: BootTarget): void {
    expect(target.kind).toBe('none');
    const reply = replyTo(name, target);
    expect([reply.siaddr, reply.file, reply.sname]).toEqual([0, '', '']);
    expect([43, 60, 66, 67, 175].filter((code) => reply.options.has(code))).toEqual([]);
  }
});
