import { describe, expect, it } from 'vitest';
import { createServerProbe } from '../../../server/dhcp/server-probe.ts';
import type { MachineInterface } from '../../../server/net/interfaces.ts';
import type { Libc } from '../../../server/net/libc.ts';
import { decodeUdpFrame, encodeUdpFrame } from '../../../server/net/udp-frame.ts';
import { type DhcpPacket, decodePacket, encodePacket } from '../../../src/dhcp/packet.ts';
import { formatPacket } from '../../../src/dhcp/summary.ts';
import { formatIpv4 } from '../../../src/domain/network/ipv4.ts';
import { parseMac } from '../../../src/domain/network/mac.ts';
import { fromHex, ip, options, packetOf } from '../../support/dhcp-packets.ts';
import { createFakeLibc } from '../../support/fake-libc.ts';
import { must } from '../../support/must.ts';

/** That of packetOf. */
const mac = must(parseMac('52:54:00:00:00:01'), 'mac');
const LINK: MachineInterface = { name: 'lan0', index: 2, mac, up: true, mtu: 1500, addresses: [] };
const XID = 0x01020304;

function offerFrom(
  address: string,
  change: Partial<DhcpPacket> = {},
  sent: Record<number, string> = { 53: '02', 54: '0a630009' },
): Buffer {
  const packet = packetOf({ op: 2, xid: XID, yiaddr: ip('10.99.0.50'), options: options(sent), ...change });
  return encodeUdpFrame({
    source: { address: ip(address), port: 67 },
    destination: { address: ip('255.255.255.255'), port: 68 },
    payload: encodePacket(packet, 1472),
  });
}

/** One look at a link that hears these frames. */
async function probe(frames: Buffer[], refusals: Record<string, string> = {}) {
  const fake = createFakeLibc(refusals);
  const left = [...frames];
  const recv: Libc['recv'] = (_fd, bytes) => {
    const frame = left.shift();
    return frame === undefined ? { ok: false, code: 'EAGAIN' } : { ok: true, value: frame.copy(bytes) };
  };
  const pause = async () => undefined;
  const ask = createServerProbe({
    libc: { ok: true, libc: { ...fake.libc, recv } },
    mac,
    xid: () => XID,
    pause,
  });
  return { result: await ask(LINK), calls: fake.calls };
}

describe('looking for DHCP servers', () => {
  it('asks twice, with a broadcast DISCOVER from no address, behind a filter set before the bind', async () => {
    const { calls } = await probe([]);
    expect(calls.map((call) => call.split(' ')[0])).toEqual([
      'socket',
      'attachFilter',
      'bind',
      'sendto',
      'sendto',
      'closeLater',
    ]);
    const [, frame = '', , to = ''] = must(calls[3], 'a send').split(' ');
    expect(to).toContain('ffffffffffff');
    const udp = must(decodeUdpFrame(fromHex(frame)), 'a datagram');
    expect(
      [udp.source, udp.destination].map(({ address, port }) => `${formatIpv4(address)}:${port}`),
    ).toEqual(['0.0.0.0:68', '255.255.255.255:67']);
    expect(formatPacket(decodePacket(udp.payload))).toBe(
      'DISCOVER xid=01020304 52:54:00:00:00:01 broadcast\n  55 parameterRequestList: 1 3',
    );
  });

  it('finds each server once, by option 54, or by its address where it sends none', async () => {
    const { result } = await probe([
      offerFrom('10.99.0.9'),
      offerFrom('10.99.0.9'),
      offerFrom('10.99.0.8', {}, { 53: '02' }),
    ]);
    expect(result).toEqual({
      ok: true,
      servers: [
        { serverId: ip('10.99.0.9'), offered: ip('10.99.0.50') },
        { serverId: ip('10.99.0.8'), offered: ip('10.99.0.50') },
      ],
    });
  });

  it.each([
    { name: 'another transaction', frame: offerFrom('10.99.0.9', { xid: 1 }) },
    { name: 'another client', frame: offerFrom('10.99.0.9', { chaddr: Buffer.alloc(16, 2) }) },
    { name: 'an ACK', frame: offerFrom('10.99.0.9', {}, { 53: '05', 54: '0a630009' }) },
    { name: 'a request', frame: offerFrom('10.99.0.9', { op: 1 }) },
    { name: 'no DHCP', frame: offerFrom('10.99.0.9').subarray(0, 40) },
    {
      name: 'a broken one',
      frame: Buffer.concat([offerFrom('10.99.0.9').subarray(0, 28), Buffer.alloc(20)]),
    },
  ])('takes $name for none', async ({ frame }) => {
    expect((await probe([frame])).result).toEqual({ ok: true, servers: [] });
  });

  it.each([
    { call: 'socket 17 526338 0', calls: 1 },
    { call: 'bind 110008000200000000000006ffffffffffff0000', calls: 4 },
  ])('says why it cannot, and leaves nothing open: $call', async ({ call, calls }) => {
    const answer = await probe([], { [call]: 'EPERM' });
    expect(answer.result).toEqual({ ok: false, reason: expect.stringContaining('EPERM') });
    expect(answer.calls).toHaveLength(calls);
  });
});
