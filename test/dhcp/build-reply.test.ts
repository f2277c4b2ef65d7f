import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { buildReply } from '../../src/dhcp/build-reply.ts';
import { type DhcpClient, describeClient } from '../../src/dhcp/client.ts';
import type { Decision } from '../../src/dhcp/decision.ts';
import { chooseDestination } from '../../src/dhcp/destination.ts';
import type { BootTarget, DhcpFacts } from '../../src/dhcp/facts.ts';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { decideReply } from '../../src/dhcp/reply.ts';
import { formatPacket } from '../../src/dhcp/summary.ts';
import { formatIpv4, networkContains, parseNetwork } from '../../src/domain/ipv4.ts';
import { ip, options, packetFixtureNames, packetOf, readPacketFixture } from '../support/dhcp-packets.ts';
import { factsOf, LOADER, NO_BOOT, NOW_MS, RECEPTION, SUBNET } from '../support/dhcp-world.ts';
import { must } from '../support/must.ts';

const RESERVATION = { system: 'web001', hostname: 'web001', ip: ip('10.99.0.20') };
const RELAYED_SUBNET = {
  ...SUBNET,
  id: 'relayed',
  network: must(parseNetwork('10.20.0.0/24'), 'network'),
  gateway: ip('10.20.0.254'),
  ranges: [{ first: ip('10.20.0.100'), last: ip('10.20.0.199') }],
};

interface Exchange {
  readonly decision: Decision;
  readonly request: DhcpPacket;
  readonly client: DhcpClient;
  /** As the client sees it: encoded for its size and decoded again. */
  readonly reply: DhcpPacket | undefined;
  readonly bytes: Buffer | undefined;
}

/** One packet through the whole of src/dhcp. */
function exchange(request: DhcpPacket, facts: DhcpFacts, target: BootTarget): Exchange {
  const client = describeClient(request, RECEPTION);
  const decision = decideReply(client, facts, target, NOW_MS);
  if (decision.kind === 'silent' || decision.kind === 'release' || decision.kind === 'decline')
    return { decision, request, client, reply: undefined, bytes: undefined };
  const bytes = encodePacket(buildReply({ request, client, facts, decision }), client.maxReplyBytes);
  return { decision, request, client, reply: decodePacket(bytes), bytes };
}

/** The reply to a fixture of an unarmed or armed machine that is reserved 10.99.0.20. */
function replyTo(name: string, target: BootTarget, facts: Partial<DhcpFacts> = {}): DhcpPacket {
  const request = decodePacket(readPacketFixture(name));
  const { reply, decision } = exchange(request, factsOf({ reservation: RESERVATION, ...facts }), target);
  return must(reply, `a reply to ${name}: ${decision.reason}`);
}

const text = (packet: DhcpPacket, code: number) => packet.options.get(code)?.toString('latin1');
const relayedFacts = { subnet: RELAYED_SUBNET, reservation: undefined, candidate: ip('10.20.0.150') };

describe('rows of the list of PXE clients', () => {
  test('F12: HTTP boot gets option 60 HTTPClient and a URL', () => {
    const url = 'http://10.99.0.1/boot/ipxe.efi';
    const target: BootTarget = { kind: 'boot', nextServer: ip('10.99.0.1'), bootfile: url, httpBoot: true };
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
      const reply = replyTo(name, LOADER, relayedFacts);
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
    const { bytes, reply } = exchange(changed, factsOf({ ...relayedFacts, lease }), NO_BOOT);
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

describe('what a reply may hold (RFC 2131 §4.3.1 table 3)', () => {
  const echoes = { 61: '01525400000001', 82: '010161', 97: `00${'ab'.repeat(16)}` };
  const codesOf = (packet: DhcpPacket | undefined) =>
    [...(packet?.options.keys() ?? [])].sort((a, b) => a - b);
  const facts = factsOf({ reservation: RESERVATION });

  test('OFFER', () => {
    const request = packetOf({ secs: 7, hops: 1, flags: 0x8000, options: options({ 53: '01', ...echoes }) });
    const { reply } = exchange(request, facts, NO_BOOT);
    expect(reply).toMatchObject({
      op: 2,
      hops: 0,
      xid: request.xid,
      secs: 0,
      flags: 0x8000,
      ciaddr: 0,
      yiaddr: ip('10.99.0.20'),
      chaddr: request.chaddr,
    });
    expect(codesOf(reply)).toEqual([1, 3, 6, 12, 15, 26, 28, 42, 51, 53, 54, 58, 59, 61, 82, 97]);
  });

  test('ACK to a renewal keeps ciaddr; T1 and T2 are a half and seven eighths', () => {
    const request = packetOf({ ciaddr: ip('10.99.0.20'), options: options({ 53: '03' }) });
    const { reply } = exchange(request, facts, NO_BOOT);
    expect(reply?.ciaddr).toBe(ip('10.99.0.20'));
    const times = [51, 58, 59].map((code) => reply?.options.get(code)?.readUInt32BE(0));
    expect(times).toEqual([3601, 1800, 3150]);
  });

  test('NAK: type, server, message and echoes; no address, no lease time, no boot', () => {
    const request = packetOf({
      ciaddr: ip('10.50.0.5'),
      options: options({ 53: '03', 60: '505845436c69656e74', ...echoes }),
    });
    const { reply } = exchange(request, facts, LOADER);
    expect(reply).toMatchObject({ ciaddr: 0, yiaddr: 0, siaddr: 0, file: '', flags: 0 });
    expect(codesOf(reply)).toEqual([53, 54, 56, 61, 82]);
    expect(reply && text(reply, 56)).toBe('wrong-subnet');
  });

  test('NAK by a relay sets the broadcast bit (RFC 2131 §4.3.2)', () => {
    const request = packetOf({ giaddr: ip('10.99.0.9'), options: options({ 53: '03', 50: '0a320005' }) });
    expect(exchange(request, facts, NO_BOOT).reply?.flags).toBe(0x8000);
  });

  test('the message of a NAK does not name the holder', () => {
    const request = packetOf({ options: options({ 53: '03', 50: '0a630096', 54: '0a630001' }) });
    const { reply, decision } = exchange(request, factsOf({ requestedHolder: { label: 'db001' } }), NO_BOOT);
    expect(decision.reason).toContain('db001');
    expect(reply && text(reply, 56)).toBe('address-taken');
  });

  test('INFORM: no address and no times (RFC 2131 §4.3.5)', () => {
    const request = packetOf({ ciaddr: ip('10.99.0.50'), options: options({ 53: '08' }) });
    const { reply } = exchange(request, factsOf(), NO_BOOT);
    expect(reply).toMatchObject({ ciaddr: ip('10.99.0.50'), yiaddr: 0 });
    expect(codesOf(reply)).toEqual([1, 3, 6, 15, 26, 28, 42, 53, 54]);
  });

  test('BOOTP: no option of DHCP (RFC 1534 §2), boot file in the header', () => {
    const { reply } = exchange(packetOf(), facts, LOADER);
    expect(reply).toMatchObject({
      yiaddr: ip('10.99.0.20'),
      siaddr: ip('10.99.0.1'),
      file: 'x64/snponly.efi',
    });
    expect(codesOf(reply)).toEqual([1, 3, 6, 12, 15, 26, 28, 42]);
  });

  test('a client that lists its options gets mask, router, DNS and those of the list', () => {
    const request = packetOf({ options: options({ 53: '01', 55: '0c2a' }) });
    expect(codesOf(exchange(request, facts, NO_BOOT).reply)).toEqual([1, 3, 6, 12, 42, 51, 53, 54, 58, 59]);
  });

  test('a subnet without gateway, DNS and the rest', () => {
    const bare = {
      ...SUBNET,
      gateway: undefined,
      domain: undefined,
      mtu: undefined,
      dnsServers: [],
      ntpServers: [],
    };
    const { reply } = exchange(
      packetOf({ options: options({ 53: '01' }) }),
      factsOf({ subnet: bare, candidate: ip('10.99.0.150') }),
      NO_BOOT,
    );
    expect(codesOf(reply)).toEqual([1, 28, 51, 53, 54, 58, 59]);
  });

  test('a reply that does not fit the client is an error, nothing is left out', () => {
    const subnet = { ...SUBNET, domain: 'x'.repeat(400) };
    const request = packetOf({ options: options({ 53: '01' }) });
    expect(() => exchange(request, factsOf({ subnet, reservation: RESERVATION }), NO_BOOT)).toThrow(
      expect.objectContaining({ code: 'packet-too-long' }),
    );
  });
});

/** A stand-in for the boot decision, just enough that every kind of answer occurs. */
function goldenTarget(client: DhcpClient): BootTarget {
  const boot = (bootfile: string, httpBoot: boolean): BootTarget => ({
    kind: 'boot',
    nextServer: ip('10.99.0.1'),
    bootfile,
    httpBoot,
  });
  if (client.isIpxe) return boot('http://10.99.0.1/boot.ipxe', false);
  if (client.isHttpClient) return boot('http://10.99.0.1/ipxe.efi', true);
  if (client.isPxe && client.firmware === undefined) return { kind: 'none', reason: 'no loader for it' };
  return boot('ipxe.efi', false);
}

function describeExchange({ decision, request, reply }: Exchange): string[] {
  const lines = [`= ${decision.kind} ${decision.code}: ${decision.reason}`];
  if (decision.kind === 'silent' || decision.kind === 'release' || decision.kind === 'decline') return lines;
  if ('boot' in decision && decision.boot.kind === 'none')
    lines.push(`= no boot, ${decision.boot.code}: ${decision.boot.reason}`);
  const sent = must(reply, 'a reply');
  const to = chooseDestination(request, decision.kind, sent.yiaddr);
  const address = 'ip' in to ? ` ${formatIpv4(to.ip)}` : '';
  return [...lines, `= to ${to.kind}${address} port ${to.port}`, '', `> ${formatPacket(sent)}`];
}

/**
 * The whole answer to every fixture as text, beside it. UPDATE_GOLDEN=1 writes them anew and fails, so that a run that
 * wrote is never taken for one that compared.
 */
describe('golden answers', () => {
  test.each(packetFixtureNames())('%s', (name) => {
    const request = decodePacket(readPacketFixture(name));
    const link = describeClient(request, RECEPTION);
    const isRelayed = networkContains(RELAYED_SUBNET.network, link.linkAddress);
    const facts = isRelayed ? factsOf(relayedFacts) : factsOf({ candidate: ip('10.99.0.150') });
    const lines = [
      `< ${formatPacket(request)}`,
      '',
      ...describeExchange(exchange(request, facts, goldenTarget(link))),
    ];
    const found = `${lines.join('\n')}\n`;
    const path = fileURLToPath(new URL(`../fixtures/dhcp/${name}.txt`, import.meta.url));
    if (process.env['UPDATE_GOLDEN'] === '1') {
      writeFileSync(path, found);
      throw new Error(`wrote ${name}.txt; read the difference, then run without UPDATE_GOLDEN`);
    }
    expect(found).toBe(readFileSync(path, 'utf8'));
  });
});
