import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatIpv4 } from '../../../src/domain/network/ipv4.ts';
import { must } from '../../support/must.ts';
import { bootFieldsOf, openPxeWorld, type PxeWorld } from '../../support/pxe-answers.ts';

// Rows of the list of PXE clients, each as bytes in and fields out of the whole service: record, policy, table of loaders,
// reply. What the decision alone makes of the same packets stands in test/dhcp/.

let world: PxeWorld;
beforeEach(async () => {
  world = await openPxeWorld();
});
afterEach(() => world.dispose());

/** What firmware that loads by TFTP is told: everything twice, and no menu (F18, F19, F20, F23). */
function byTftp(name: string): Record<string, string> {
  return { file: name, 43: '060108ff', 60: 'PXEClient', 66: '10.99.0.1', 67: `${name}\0` };
}

function byHttp(url: string): Record<string, string> {
  return { file: url, 60: 'HTTPClient', 67: url };
}

/** iPXE is told a script, never a loader. */
function script(mac: string): Record<string, string> {
  const url = `http://10.99.0.1/boot/ipxe/${mac}`;
  return { file: url, 66: '10.99.0.1', 67: url };
}

const NO_BOOT = {};
const WRITTEN = '52-54-00-aa-00-01';

const ARMED: readonly { row: string; client: string; fixture: string; says: Record<string, string> }[] = [
  { row: 'F1', client: 'a BIOS ROM', fixture: 'f01-bios-rom-discover', says: byTftp('undionly.kpxe') },
  { row: 'F2', client: 'UEFI x64 of arch 7', fixture: 'f02-ovmf-pxe-discover', says: byTftp('snponly.efi') },
  {
    row: 'F3',
    client: 'UEFI x64 of arch 9',
    fixture: 'f03-uefi-x64-arch-9-discover',
    says: byTftp('snponly.efi'),
  },
  { row: 'F4', client: 'UEFI ia32', fixture: 'f04-uefi-ia32-discover', says: byTftp('snponly-ia32.efi') },
  { row: 'F5', client: 'UEFI arm64', fixture: 'f05-uefi-arm64-discover', says: byTftp('snponly-arm64.efi') },
  { row: 'F6', client: 'a Raspberry Pi', fixture: 'f06-raspberry-pi-rom-discover', says: NO_BOOT },
  { row: 'F7', client: 'a list of archs', fixture: 'f07-arch-list-discover', says: byTftp('snponly.efi') },
  {
    row: 'F8',
    client: 'an arch in option 60 only',
    fixture: 'f08-no-arch-option-discover',
    says: byTftp('snponly.efi'),
  },
  {
    row: 'F9',
    client: 'iPXE in a BIOS NIC',
    fixture: 'f01-f09-ipxe-bios-virtio-discover',
    says: script('52-54-00-99-00-01'),
  },
  {
    row: 'F9',
    client: 'iPXE in another BIOS NIC',
    fixture: 'f09-ipxe-bios-e1000-discover',
    says: script('52-54-00-99-00-02'),
  },
  {
    row: 'F9',
    client: 'iPXE on UEFI',
    fixture: 'f09-ipxe-efi-discover',
    says: script('52-54-00-99-00-08'),
  },
  {
    row: 'F9',
    client: 'iPXE without option 77',
    fixture: 'f09-ipxe-only-option-175-discover',
    says: script(WRITTEN),
  },
  { row: 'F10', client: 'xNBA', fixture: 'f10-xnba-discover', says: script(WRITTEN) },
  // gPXE hangs on "#!ipxe": it is chained to an iPXE of ours like any ROM.
  { row: 'F10', client: 'gPXE', fixture: 'f10-gpxe-discover', says: byTftp('undionly.kpxe') },
  {
    row: 'F11',
    client: 'a user class in plain text',
    fixture: 'f11-user-class-plain-discover',
    says: byTftp('snponly.efi'),
  },
  {
    row: 'F11',
    client: 'a user class by RFC 3004',
    fixture: 'f11-user-class-rfc3004-discover',
    says: script(WRITTEN),
  },
  {
    row: 'F12, F13',
    client: 'UEFI HTTP boot on x64',
    fixture: 'f12-ovmf-http-discover',
    says: byHttp('http://10.99.0.1/loaders/snponly.efi'),
  },
  {
    row: 'F12, F13',
    client: 'UEFI HTTP boot on arm64',
    fixture: 'f12-arm64-http-discover',
    says: byHttp('http://10.99.0.1/loaders/snponly-arm64.efi'),
  },
  {
    row: 'F14',
    client: 'a ROM without option 97',
    fixture: 'f14-no-machine-uuid-discover',
    says: byTftp('snponly.efi'),
  },
  { row: 'F31', client: 'an installed system', fixture: 'f31-client-id-duid-discover', says: NO_BOOT },
];

describe('an armed machine is offered its address, and to boot', () => {
  it.each(ARMED)('$row: $client', async ({ fixture, says }) => {
    await world.declare(fixture);
    await world.arm();
    const reply = must(await world.answerTo(fixture), 'an offer');
    expect(bootFieldsOf(reply)).toEqual(says);
    expect(formatIpv4(reply.yiaddr)).toBe('10.99.0.20');
    expect(formatIpv4(reply.siaddr)).toBe(says === NO_BOOT ? '0.0.0.0' : '10.99.0.1');
  });

  it('F6: the timeline says what would help the Raspberry Pi', async () => {
    await world.declare('f06-raspberry-pi-rom-discover');
    await world.arm();
    await world.answerTo('f06-raspberry-pi-rom-discover');
    await world.services.events.flush();
    const { body } = await world.call('GET', '/api/v1/systems/m/timeline');
    expect(JSON.stringify(body)).toMatch(/Raspberry Pi.*put UEFI firmware on its SD card/);
  });

  it.each(['f15-f16-relayed-discover', 'f15-link-selection-discover', 'f17-relay-cut-after-82-discover'])(
    'F15, F16, F17: by a relay (%s), in the subnet of the relay',
    async (fixture) => {
      await world.declare(fixture, { interfaces: [{ mac: '52:54:00:aa:00:01', ip: '10.20.0.20' }] });
      await world.arm();
      const reply = must(await world.answerTo(fixture), 'an offer');
      expect(formatIpv4(reply.yiaddr)).toBe('10.20.0.20');
      expect([...reply.options.keys()].at(-1)).toBe(82);
      expect(reply.file).not.toBe('');
    },
  );

  it('F41: without waiting for anything, so well within the second that firmware waits', async () => {
    await world.declare('f02-ovmf-pxe-discover');
    await world.arm();
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
    try {
      expect(bootFieldsOf(await world.answerTo('f02-ovmf-pxe-discover'))).toEqual(byTftp('snponly.efi'));
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a machine that is not armed', () => {
  it('F36: gets an address and nothing about booting, where its record says so', async () => {
    for (const fixture of ['f01-bios-rom-discover', 'f03-uefi-x64-arch-9-discover']) {
      if (fixture === 'f01-bios-rom-discover') await world.declare(fixture, { localBoot: 'next' });
      const reply = must(await world.answerTo(fixture), 'an offer');
      expect(bootFieldsOf(reply)).toEqual(NO_BOOT);
      expect(formatIpv4(reply.yiaddr)).toBe('10.99.0.20');
    }
  });

  it('F36, F42: is otherwise sent a loader, whose script sends it to its disk', async () => {
    await world.declare('f01-bios-rom-discover');
    expect(bootFieldsOf(await world.answerTo('f01-bios-rom-discover'))).toEqual(byTftp('undionly.kpxe'));
    expect(bootFieldsOf(await world.answerTo('f09-ipxe-only-option-175-discover'))).toEqual(script(WRITTEN));
  });

  it('F42: gets no boot answer at all where nobody knows it', async () => {
    for (const fixture of ['f01-bios-rom-discover', 'f02-ovmf-pxe-discover', 'f12-ovmf-http-discover'])
      expect(bootFieldsOf(await world.answerTo(fixture))).toEqual(NO_BOOT);
  });

  it('F30: InfiniBand is known by its client id, and without one gets no answer', async () => {
    expect(await world.answerTo('f30-infiniband-discover')).toMatchObject({ htype: 32, hlen: 0 });
    expect(await world.answerTo('f30-infiniband-no-client-id-discover')).toBeUndefined();
  });
});
