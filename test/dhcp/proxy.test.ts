import { describe, expect, test } from 'vitest';
import { describeClient } from '../../src/dhcp/client.ts';
import { chooseBootServerDestination } from '../../src/dhcp/destination.ts';
import type { BootTarget, DhcpSubnet } from '../../src/dhcp/facts.ts';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { buildProxyReply, decideProxyReply, type ProxyDecision } from '../../src/dhcp/proxy.ts';
import { text } from '../support/dhcp-exchange.ts';
import { ip, options, packetOf, readPacketFixture } from '../support/dhcp-packets.ts';
import { LOADER, NO_BOOT, RECEPTION, SUBNET } from '../support/dhcp-world.ts';
import { must } from '../support/must.ts';

const PROXIED: DhcpSubnet = { ...SUBNET, mode: 'proxy' };
function boot(bootfile: string, httpBoot: boolean) {
  return {
    kind: 'boot',
    action: 'install',
    reason: 'armed',
    nextServer: ip('10.99.0.1'),
    bootfile,
    httpBoot,
  } as const;
}
const SCRIPT = boot('http://10.99.0.1/boot/ipxe/52-54-00-00-00-01', false);
const HTTP = boot('http://10.99.0.1/loaders/snponly.efi', true);

/** Other server, and what a client says when it has taken an address from there. */
const CHOSEN = { 54: '0a630002', 50: '0a630096' };

interface Answered {
  readonly decision: ProxyDecision;
  /** As the client sees it. */
  readonly reply: DhcpPacket | undefined;
}

function ask(
  request: DhcpPacket,
  port: 67 | 4011,
  target: BootTarget,
  subnet: DhcpSubnet | undefined = PROXIED,
): Answered {
  const client = describeClient(request, RECEPTION);
  const decision = decideProxyReply(client, subnet, target, port);
  if (decision.kind === 'silent') return { decision, reply: undefined };
  const reply = buildProxyReply({ request, client, serverId: RECEPTION.serverAddress, decision });
  return { decision, reply: decodePacket(encodePacket(reply, client.maxReplyBytes)) };
}

const fixture = (name: string) => decodePacket(readPacketFixture(name));

/** The fixture with some options changed or added. */
function changed(
  name: string,
  changes: Readonly<Record<number, string>>,
  fields: Partial<DhcpPacket> = {},
): DhcpPacket {
  const packet = fixture(name);
  return { ...packet, ...fields, options: new Map([...packet.options, ...options(changes)]) };
}

describe('ProxyDHCP on port 67', () => {
  test.each(['f01-bios-rom-discover', 'f02-ovmf-pxe-discover', 'f03-uefi-x64-arch-9-discover'])(
    'F21, F23: %s is offered a file, no address and no menu',
    (name) => {
      const request = fixture(name);
      const reply = must(ask(request, 67, LOADER).reply, 'an offer');
      expect(reply).toMatchObject({
        op: 2,
        xid: request.xid,
        yiaddr: 0,
        ciaddr: 0,
        siaddr: ip('10.99.0.1'),
        file: 'x64/snponly.efi',
      });
      expect(reply.chaddr).toEqual(request.chaddr);
      expect([text(reply, 60), text(reply, 67)]).toEqual(['PXEClient', 'x64/snponly.efi\0']);
      // Discovery control "use the file of the offer", and the end: one byte more would be a menu.
      expect(reply.options.get(43)).toEqual(Buffer.of(6, 1, 8, 0xff));
      expect(reply.options.get(53)).toEqual(Buffer.of(2));
      expect(reply.options.get(54)).toEqual(Buffer.of(10, 99, 0, 1));
      expect(reply.options.get(97)).toEqual(request.options.get(97));
      // Nothing by which a client could take this for an address.
      for (const code of [1, 3, 6, 50, 51, 58, 59]) expect(reply.options.has(code)).toBe(false);
    },
  );

  test('UEFI HTTP boot is told by option 60 HTTPClient and a URL', () => {
    const reply = must(ask(fixture('f12-ovmf-http-discover'), 67, HTTP).reply, 'an offer');
    expect([reply.yiaddr, text(reply, 60), text(reply, 67)]).toEqual([0, 'HTTPClient', HTTP.bootfile]);
  });

  test('F09: iPXE knows a ProxyDHCP offer by PXEClient, and must not be told to wait for none', () => {
    for (const name of ['f09-ipxe-efi-discover', 'f01-f09-ipxe-bios-virtio-discover']) {
      const reply = must(ask(fixture(name), 67, SCRIPT).reply, 'an offer');
      expect([text(reply, 60), reply.file, reply.options.has(175)]).toEqual([
        'PXEClient',
        SCRIPT.bootfile,
        false,
      ]);
    }
  });

  test('a relayed DISCOVER gets option 82 back', () => {
    const request = changed('f02-ovmf-pxe-discover', { 82: '0104aabbccdd' }, { giaddr: ip('10.99.0.254') });
    const reply = must(ask(request, 67, LOADER).reply, 'an offer');
    expect([reply.giaddr, reply.options.get(82)]).toEqual([request.giaddr, request.options.get(82)]);
  });

  test.each([
    {
      name: 'a machine that shall not boot from here',
      packet: fixture('f02-ovmf-pxe-discover'),
      target: NO_BOOT,
      code: 'no-boot-answer',
    },
    {
      name: 'firmware without a loader',
      packet: fixture('f12-ovmf-http-discover'),
      target: LOADER,
      code: 'no-boot-answer',
    },
    {
      name: 'an operating system',
      packet: fixture('dhclient-discover'),
      target: LOADER,
      code: 'not-a-boot-client',
    },
    {
      name: 'the REQUEST to the other server',
      packet: changed('f02-ovmf-pxe-request', CHOSEN),
      target: LOADER,
      code: 'not-for-a-proxy',
    },
    {
      name: 'a REQUEST that names this server',
      packet: fixture('f02-ovmf-pxe-request'),
      target: LOADER,
      code: 'not-for-a-proxy',
    },
    { name: 'BOOTP', packet: fixture('bootp-request'), target: LOADER, code: 'not-a-boot-client' },
    {
      name: 'a reply of the other server',
      packet: { ...fixture('f02-ovmf-pxe-discover'), op: 2 },
      target: LOADER,
      code: 'not-a-request',
    },
  ])('is silent: $name', ({ packet, target, code }) => {
    const { decision } = ask(packet, 67, target);
    expect(decision).toMatchObject({ kind: 'silent', code, reason: expect.stringMatching(/\w/) });
  });
});

describe('the boot server on port 4011', () => {
  const asked = changed('f02-ovmf-pxe-request', { 54: '0a630002' }, { ciaddr: ip('10.99.0.150'), flags: 0 });

  test.each([PROXIED, SUBNET])('F22: answers a REQUEST that names another server ($mode)', (subnet) => {
    const { decision, reply } = ask(asked, 4011, LOADER, subnet);
    expect(decision).toMatchObject({ kind: 'proxy-ack', reason: 'it asked on port 4011' });
    expect(reply).toMatchObject({ ciaddr: ip('10.99.0.150'), yiaddr: 0, file: 'x64/snponly.efi' });
    const ack = must(reply, 'an ACK');
    expect([ack.options.get(53), ack.options.get(54), text(ack, 60)]).toEqual([
      Buffer.of(5),
      Buffer.of(10, 99, 0, 1),
      'PXEClient',
    ]);
    expect(ack.options.has(51)).toBe(false);
  });

  test('INFORM is a way to ask as well', () => {
    const inform = { ...asked, options: new Map([...asked.options, [53, Buffer.of(8)] as const]) };
    expect(ask(inform, 4011, LOADER).decision.kind).toBe('proxy-ack');
  });

  test.each([
    {
      name: 'the item that was asked for',
      sent: '4704000100 00ff'.replace(' ', ''),
      expected: '470400010000ff',
    },
    {
      name: 'the item behind a pad and others',
      sent: '00 0801aa 4704800000 01ff'.replaceAll(' ', ''),
      expected: '470480000001ff',
    },
    { name: 'no item: the end comes first', sent: 'ff470400010000', expected: '060108ff' },
    { name: 'no item: it is cut', sent: '47040001', expected: '060108ff' },
    { name: 'no item: its length is wrong', sent: '4702000100ff', expected: '060108ff' },
  ])('option 43 says again $name', ({ sent, expected }) => {
    const request = { ...asked, options: new Map([...asked.options, ...options({ 43: sent })]) };
    const reply = must(ask(request, 4011, LOADER).reply, 'an ACK');
    expect(reply.options.get(43)?.toString('hex')).toBe(expected);
  });

  test.each([
    {
      name: 'a DISCOVER',
      packet: fixture('f02-ovmf-pxe-discover'),
      subnet: PROXIED,
      target: LOADER,
      code: 'not-for-a-proxy',
    },
    {
      name: 'a RELEASE',
      packet: changed('f02-ovmf-pxe-request', { 53: '07' }),
      subnet: PROXIED,
      target: LOADER,
      code: 'not-for-a-proxy',
    },
    {
      name: 'a machine that shall not boot from here',
      packet: asked,
      subnet: PROXIED,
      target: NO_BOOT,
      code: 'no-boot-answer',
    },
    { name: 'no subnet', packet: asked, subnet: undefined, target: LOADER, code: 'no-subnet' },
    {
      name: 'a subnet that is off',
      packet: asked,
      subnet: { ...SUBNET, mode: 'off' } as never,
      target: LOADER,
      code: 'subnet-off',
    },
  ])('is silent: $name', ({ packet, subnet, target, code }) => {
    const client = describeClient(packet, RECEPTION);
    expect(decideProxyReply(client, subnet, target, 4011)).toMatchObject({ kind: 'silent', code });
  });

  test('F22: the answer goes to the address and port that asked', () => {
    expect(chooseBootServerDestination({ address: ip('10.99.0.150'), port: 49_152 })).toEqual({
      kind: 'unicast',
      ip: ip('10.99.0.150'),
      port: 49_152,
    });
    expect(chooseBootServerDestination({ address: ip('0.0.0.0'), port: 68 })).toEqual({
      kind: 'broadcast',
      port: 68,
    });
  });
});

test('a packet with nothing in it is an operating system’s', () => {
  expect(ask(packetOf({ options: options({ 53: '01' }) }), 67, LOADER).decision).toMatchObject({
    code: 'not-a-boot-client',
  });
});
