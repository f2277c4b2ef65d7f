import { describe, expect, test } from 'vitest';
import { chooseDestination } from '../../src/dhcp/destination.ts';
import type { BootTarget } from '../../src/dhcp/facts.ts';
import { decodePacket } from '../../src/dhcp/packet.ts';
import { formatIpv4, networkContains } from '../../src/domain/network/ipv4.ts';
import {
  exchange,
  RELAYED_FACTS,
  RELAYED_SUBNET,
  RESERVATION,
  replyTo,
  text,
} from '../support/dhcp-exchange.ts';
import { ip, options, readPacketFixture } from '../support/dhcp-packets.ts';
import { factsOf, LOADER, NO_BOOT, NOW_MS } from '../support/dhcp-world.ts';
import { must } from '../support/must.ts';

describe('rows of the list of PXE clients', () => {
  test('F12: HTTP boot gets option 60 HTTPClient and a URL', () => {
    const url = 'http://10.99.0.1/boot/ipxe.efi';
    const target: BootTarget = {
      kind: 'boot',
      action: 'install',
      reason: 'armed',
      nextServer: ip('10.99.0.1'),
      bootfile: url,
      httpBoot: true,
    };
    for (const name of ['f12-ovmf-http-discover', 'f12-arm64-http-discover']) {
      const reply = replyTo(name, target);
      expect([text(reply, 60), text(reply, 67), reply.file]).toEqual(['HTTPClient', url, url]);
    }
  });

  test('F14: 97 goes back if it came, and is not invented', () => {
    const uuid = readPacketFixture('f02-ovmf-pxe-discover');
    expect(replyTo('f02-ovmf-pxe-discover', LOADER).options.get(97)).toEqual(
      decodePacket(uuid).options.get(97),
    );
    const without = replyTo('f14-no-machine-uuid-discover', LOADER);
    expect(without.options.has(97)).toBe(false);
    expect(without.file).toBe('x64/snponly.efi');
  });

  test('F15: a relayed client gets an address of the link of its relay', () => {
    for (const name of ['f15-f16-relayed-discover', 'f15-link-selection-discover']) {
      const request = decodePacket(readPacketFixture(name));
      const reply = replyTo(name, LOADER, RELAYED_FACTS);
      expect(networkContains(RELAYED_SUBNET.network, reply.yiaddr)).toBe(true);
      expect(reply.giaddr).toBe(request.giaddr);
      expect(chooseDestination(request, 'offer', reply.yiaddr)).toEqual({
        kind: 'relay',
        ip: request.giaddr,
        port: 67,
      });
    }
  });

  test.each([
    { name: 'OFFER', fixture: 'f15-f16-relayed-discover', type: 2, change: {} },
    {
      name: 'ACK to INIT-REBOOT',
      fixture: 'f16-init-reboot-relayed-request',
      type: 5,
      change: { 50: '0a140096' },
    },
    { name: 'NAK', fixture: 'f16-init-reboot-relayed-request', type: 6, change: {} },
  ])('F16, F17: option 82 goes back in an $name, last before End', ({ fixture, type, change }) => {
    const request = decodePacket(readPacketFixture(fixture));
    const changed = { ...request, options: new Map([...request.options, ...options(change)]) };
    const lease = { ip: ip('10.20.0.150'), expiresAtMs: NOW_MS + 1 };
    const { bytes, reply } = exchange(changed, factsOf({ ...RELAYED_FACTS, lease }), NO_BOOT);
    const relayInfo = must(request.options.get(82), 'option 82');
    expect(reply?.options.get(53)).toEqual(Buffer.of(type));
    expect(reply?.options.get(82)).toEqual(relayInfo);
    const written = must(bytes, 'bytes')
      .toString('hex')
      .replace(/(00)*$/, '');
    const last = `52${relayInfo.length.toString(16).padStart(2, '0')}${relayInfo.toString('hex')}ff`;
    expect(written.endsWith(last)).toBe(true);
  });

  test('F18, F20: siaddr and file say the same as 66 and 67', () => {
    const reply = replyTo('f01-bios-rom-discover', LOADER);
    expect(text(reply, 66)).toBe(formatIpv4(reply.siaddr));
    expect(text(reply, 67)?.replace(/\0$/, '')).toBe(reply.file);
    expect(reply.file).toBe('x64/snponly.efi');
  });

  test('F19: option 67 of a ROM ends in NUL', () => {
    expect(text(replyTo('f01-bios-rom-discover', LOADER), 67)).toBe('x64/snponly.efi\0');
  });

  test('F20: the header fields are never used for options', () => {
    const { bytes } = exchange(
      decodePacket(readPacketFixture('overload-both-discover')),
      factsOf({ reservation: RESERVATION }),
      LOADER,
    );
    expect(must(bytes, 'bytes').toString('latin1', 108, 123)).toBe('x64/snponly.efi');
  });

  test('F30: InfiniBand is answered by broadcast, with the hardware type it sent', () => {
    const facts = { reservation: undefined, candidate: ip('10.99.0.150') };
    const reply = replyTo('f30-infiniband-discover', NO_BOOT, facts);
    const request = decodePacket(readPacketFixture('f30-infiniband-discover'));
    expect(reply).toMatchObject({ htype: 32, hlen: 0, flags: 0x8000 });
    expect(chooseDestination(request, 'offer', reply.yiaddr).kind).toBe('broadcast');
  });

  test('F31: a new client id does not change the address', () => {
    const addresses = ['f14-no-machine-uuid-discover', 'f31-client-id-duid-discover'].map(
      (name) => replyTo(name, NO_BOOT).yiaddr,
    );
    expect(addresses).toEqual([ip('10.99.0.20'), ip('10.99.0.20')]);
  });

  test.each([
    'f01-bios-rom-discover',
    'f02-ovmf-pxe-discover',
    'f12-ovmf-http-discover',
    'f09-ipxe-efi-discover',
  ])('F36: %s of a machine that must not boot gets a lease without any boot field', (name) => {
    const reply = replyTo(name, NO_BOOT);
    expect(reply).toMatchObject({ yiaddr: ip('10.99.0.20'), siaddr: 0, sname: '', file: '' });
    expect([43, 60, 66, 67, 175].filter((code) => reply.options.has(code))).toEqual([]);
  });
});
