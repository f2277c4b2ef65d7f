import { openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createDhcpSocketOpener, noteLimits } from '../../../server/net/dhcp-socket.ts';
import { loadLibc, SOCK_DGRAM } from '../../../server/net/libc.ts';
import type { PacketSender } from '../../../server/net/packet-socket.ts';

const AF_INET6 = 10;
const handlers = { message: () => undefined, error: () => undefined };
const NO_LIBC = { ok: false, reason: 'no koffi' } as const;
const opener = () => createDhcpSocketOpener({ libc: NO_LIBC, handedIn: [] });
const handedIn = (fd: number) =>
  ({ kind: 'handed-in', interfaceName: 'eth0', interfaceIndex: 2, fd }) as const;

describe('a descriptor handed in', () => {
  it('is refused when it is no socket, and not looked at again', async () => {
    const sockets = opener();
    const plan = handedIn(openSync('/dev/null', 'r'));
    await expect(sockets.open(plan, 67, handlers)).rejects.toMatchObject({
      code: 'NOT_UDP4',
      remedy: expect.stringContaining('ListenDatagram=0.0.0.0:67'),
    });
    await expect(sockets.open(plan, 67, handlers)).rejects.toMatchObject({ code: 'USED_UP' });
  });

  it.runIf(process.platform === 'linux')('is refused when it is of IPv6', async () => {
    const loaded = await loadLibc();
    if (!loaded.ok) throw new Error(loaded.reason);
    const created = loaded.libc.socket(AF_INET6, SOCK_DGRAM, 0);
    if (!created.ok) throw new Error(created.code);
    await expect(opener().open(handedIn(created.value), 67, handlers)).rejects.toMatchObject({
      code: 'NOT_UDP4',
      message: expect.stringContaining('IPv6'),
    });
  });
});

describe('noteLimits', () => {
  const packet: PacketSender = {
    available: true,
    send: () => ({ ok: true, value: 0 }),
    close: () => undefined,
  };
  it.each([
    { name: 'nothing to say', bytes: 4_194_304, sender: packet, notes: [] },
    {
      name: 'a small receive queue',
      bytes: 212_992,
      sender: packet,
      notes: [/208 KiB instead of 4096.*net\.core\.rmem_max=4194304/],
    },
    {
      name: 'no packet socket',
      bytes: 4_194_304,
      sender: { available: false, reason: 'refused with EPERM', remedy: 'Grant CAP_NET_RAW.' } as const,
      notes: [/broadcast: refused with EPERM\. Grant CAP_NET_RAW\./],
    },
  ])('$name', ({ bytes, sender, notes }) => {
    expect(noteLimits(bytes, sender)).toEqual(notes.map((pattern) => expect.stringMatching(pattern)));
  });
});
