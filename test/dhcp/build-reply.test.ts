import { describe, expect, test } from 'vitest';
import type { DhcpPacket } from '../../src/dhcp/packet.ts';
import { exchange, RESERVATION, text } from '../support/dhcp-exchange.ts';
import { ip, options, packetOf } from '../support/dhcp-packets.ts';
import { factsOf, LOADER, NO_BOOT, SUBNET } from '../support/dhcp-world.ts';

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
