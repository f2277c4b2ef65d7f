import { endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import { openPacketSocket, type PacketSender } from '../../../server/net/packet-socket.ts';
import { encodeUdpFrame } from '../../../server/net/udp-frame.ts';
import { ipv4FromNumber } from '../../../src/domain/network/ipv4.ts';
import { parseMac } from '../../../src/domain/network/mac.ts';
import { createFakeLibc } from '../../support/fake-libc.ts';
import { must } from '../../support/must.ts';

const CREATE = `socket 17 ${2 | 0o4000 | 0o2000000} 0`;
const mac = must(parseMac('52:54:00:12:34:56'), 'mac');
const frame = {
  source: { address: ipv4FromNumber(0x0a000001), port: 67 },
  destination: { address: ipv4FromNumber(0x0a00000b), port: 68 },
  payload: Buffer.from('dhcp'),
};

function opened(sender: PacketSender): PacketSender & { readonly available: true } {
  if (!sender.available) throw new Error(sender.reason);
  return sender;
}

describe.runIf(endianness() === 'LE')('openPacketSocket', () => {
  it('sends the frame to the hardware address by the interface, and not after close', () => {
    const { libc, calls } = createFakeLibc();
    const sender = opened(openPacketSocket({ ok: true, libc }, 2));
    expect(sender.send(mac, frame).ok).toBe(true);
    sender.close();
    sender.close();
    expect(sender.send(mac, frame)).toEqual({ ok: false, code: 'EBADF' });
    const bytes = encodeUdpFrame(frame).toString('hex');
    expect(calls).toEqual([
      CREATE,
      `sendto ${bytes} 64 1100080002000000000000065254001234560000`,
      'close 1000000',
    ]);
  });

  it('says which privilege is missing', () => {
    const { libc } = createFakeLibc({ [CREATE]: 'EPERM' });
    expect(openPacketSocket({ ok: true, libc }, 2)).toEqual({
      available: false,
      reason: 'an AF_PACKET socket is refused with EPERM',
      remedy: expect.stringContaining('CAP_NET_RAW'),
    });
  });

  it('says that the library is missing', () => {
    expect(openPacketSocket({ ok: false, reason: 'no koffi' }, 2)).toMatchObject({
      available: false,
      reason: 'no koffi',
    });
  });
});
