import { endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createDatagramDrain } from '../../../server/net/datagram-drain.ts';
import {
  AF_INET,
  type CallResult,
  loadLibc,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
} from '../../../server/net/libc.ts';
import { hasMessageRings } from '../../../server/net/message-ring.ts';
import { encodeSockaddrIn } from '../../../server/net/sockaddr.ts';
import { adoptUdpSocket, bindUdpSocket, type UdpSocket } from '../../../server/net/udp-socket.ts';
import { ip } from '../../support/dhcp-packets.ts';

const loaded = await loadLibc();
const LOOPBACK = ip('127.0.0.1');
const quiet = { message: () => undefined, error: () => undefined };

const sent = (socket: UdpSocket, text: string, to: { address: typeof LOOPBACK; port: number }) =>
  new Promise<Error | undefined>((resolve) => socket.send(Buffer.from(text), to, resolve));

describe.runIf(loaded.ok && endianness() === 'LE')('a socket that sends by the call', () => {
  /** Sockets on loopback: the one that sends, by a call with this outcome if one is given, and one that hears. */
  async function pair(outcome?: CallResult) {
    if (!loaded.ok) throw new Error(loaded.reason);
    const { libc } = loaded;
    const created = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!created.ok) throw new Error(created.code);
    libc.bind(created.value, encodeSockaddrIn(LOOPBACK, 0));
    const calls: number[] = [];
    const sendto: typeof libc.sendto = (fd, ...rest) => {
      calls.push(fd);
      return outcome ?? libc.sendto(fd, ...rest);
    };
    const sender = adoptUdpSocket(created.value, quiet, { libc: { sendto } });
    let hear = (_text: string): void => {};
    const heard = new Promise<string>((resolve) => {
      hear = resolve;
    });
    const message = (bytes: Buffer) => hear(bytes.toString());
    const receiver = await bindUdpSocket({ address: LOOPBACK, port: 0 }, false, { ...quiet, message });
    const close = () => Promise.all([sender.close(), receiver.close()]);
    return { sender, to: receiver.local, heard, calls, close };
  }

  it('delivers', async () => {
    const { sender, to, heard, calls, close } = await pair();
    expect(await sent(sender, 'an offer', to)).toBeUndefined();
    expect(await heard).toBe('an offer');
    expect(calls).toHaveLength(1);
    await close();
  });

  it('delivers by Node what the call did not take', async () => {
    const { sender, to, heard, calls, close } = await pair({ ok: false, code: 'EAGAIN' });
    expect(await sent(sender, 'an offer', to)).toBeUndefined();
    expect(await heard).toBe('an offer');
    expect(calls).toHaveLength(1);
    await close();
  });

  it('says what the system says of a datagram that cannot be sent', async () => {
    const { sender, to, close } = await pair();
    const tooLong = 'x'.repeat(70_000);
    expect(await sent(sender, tooLong, to)).toMatchObject({ code: 'EMSGSIZE' });
    await close();
  });

  it('touches no descriptor after it was closed', async () => {
    const { sender, to, calls, close } = await pair();
    await close();
    expect(await sent(sender, 'an offer', to)).toMatchObject({ code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
    expect(calls).toEqual([]);
  });
});

describe.runIf(loaded.ok && hasMessageRings())('a socket that is drained', () => {
  it('hands over a burst in order, from whom it came, each with bytes of its own', async () => {
    if (!loaded.ok) throw new Error(loaded.reason);
    const { libc } = loaded;
    const created = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!created.ok) throw new Error(created.code);
    libc.bind(created.value, encodeSockaddrIn(LOOPBACK, 0));
    const heard: { readonly bytes: Buffer; readonly port: number }[] = [];
    let turns = 0;
    let all = (): void => {};
    const done = new Promise<void>((resolve) => {
      all = resolve;
    });
    const message = (bytes: Buffer, { port }: { port: number }) => {
      if (heard.length === 0) setImmediate(() => (turns += 1));
      heard.push({ bytes, port });
      if (heard.length === 100) all();
    };
    const socket = adoptUdpSocket(created.value, { ...quiet, message }, { drain: createDatagramDrain(libc) });
    const sender = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!sender.ok) throw new Error(sender.code);
    libc.bind(sender.value, encodeSockaddrIn(LOOPBACK, 0));
    const other = adoptUdpSocket(sender.value, quiet);
    const to = encodeSockaddrIn(LOOPBACK, socket.local.port);
    for (let n = 0; n < 100; n += 1) libc.sendto(sender.value, Buffer.from(`offer ${n}`), 0, to);
    await done;
    expect(turns).toBe(0);
    expect(heard.map(({ bytes }) => bytes.toString())).toEqual(heard.map((_, n) => `offer ${n}`));
    expect(new Set(heard.map(({ port }) => port))).toEqual(new Set([other.local.port]));
    await Promise.all([socket.close(), other.close()]);
  });

  it('hands over what is longer than any packet as empty', async () => {
    if (!loaded.ok) throw new Error(loaded.reason);
    const { libc } = loaded;
    const created = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!created.ok) throw new Error(created.code);
    libc.bind(created.value, encodeSockaddrIn(LOOPBACK, 0));
    const lengths: number[] = [];
    let all = (): void => {};
    const done = new Promise<void>((resolve) => {
      all = resolve;
    });
    const message = (bytes: Buffer) => {
      lengths.push(bytes.length);
      if (lengths.length === 2) all();
    };
    const socket = adoptUdpSocket(created.value, { ...quiet, message }, { drain: createDatagramDrain(libc) });
    const to = encodeSockaddrIn(LOOPBACK, socket.local.port);
    for (const length of [300, 20_000]) libc.sendto(created.value, Buffer.alloc(length), 0, to);
    await done;
    expect(lengths).toEqual([300, 0]);
    await socket.close();
  });
});
