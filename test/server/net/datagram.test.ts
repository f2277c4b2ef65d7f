import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { bindUdp, type DatagramSocket, type Endpoint } from '../../../server/net/datagram.ts';

const LOOPBACK = { address: '127.0.0.1', port: 0 };
const opened: DatagramSocket[] = [];

async function open(options: Parameters<typeof bindUdp>[0] = LOOPBACK): Promise<DatagramSocket> {
  const socket = await bindUdp(options);
  opened.push(socket);
  return socket;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()));
});

/** The next datagram that a socket gets. */
function next(socket: DatagramSocket): Promise<{ text: string; from: Endpoint }> {
  return new Promise((resolve) => {
    socket.onMessage((bytes, from) => resolve({ text: bytes.toString(), from }));
  });
}

function failure(socket: DatagramSocket, bytes: Buffer, to: Endpoint): Promise<Error> {
  return new Promise((resolve) => socket.send(bytes, to, resolve));
}

describe('a bound socket', () => {
  test.for(['127.0.0.1', '::1'])('sends and receives on %s', async (address, { skip }) => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    skip(!addresses.some((known) => known.address === address), `this machine has no ${address}`);
    const a = await open({ address, port: 0 });
    const b = await open({ address, port: 0 });
    const received = next(b);
    a.send(Buffer.from('hello'), b.local);
    expect(await received).toEqual({ text: 'hello', from: a.local });
  });

  test('takes an empty datagram', async () => {
    const a = await open();
    const received = next(a);
    a.send(Buffer.alloc(0), a.local);
    expect((await received).text).toBe('');
  });

  test('tells the receive buffer that the kernel granted', async () => {
    expect((await open({ ...LOOPBACK, recvBufferBytes: 8_192 })).recvBufferBytes).toBeGreaterThanOrEqual(
      8_192,
    );
  });

  test('frees its port, and closing twice is fine', async () => {
    const a = await open();
    await a.close();
    await a.close();
    expect((await open(a.local)).local).toEqual(a.local);
  });

  test('the port of another is refused with the system’s code', async () => {
    const a = await open();
    await expect(bindUdp(a.local)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(bindUdp({ address: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });
});

describe('what cannot be sent is reported, never thrown', () => {
  test.for([
    { name: 'port 0', bytes: Buffer.alloc(1), to: { address: '127.0.0.1', port: 0 } },
    { name: 'no port', bytes: Buffer.alloc(1), to: { address: '127.0.0.1', port: 70_000 } },
    { name: 'a name instead of an address', bytes: Buffer.alloc(1), to: { address: 'localhost', port: 9 } },
    { name: 'too long', bytes: Buffer.alloc(70_000), to: { address: '127.0.0.1', port: 9 } },
    { name: 'broadcast without leave', bytes: Buffer.alloc(1), to: { address: '127.255.255.255', port: 9 } },
  ])('$name', async ({ bytes, to }) => {
    const socket = await open();
    socket.send(bytes, to);
    expect(await failure(socket, bytes, to)).toBeInstanceOf(Error);
  });

  test('a closed socket', async () => {
    const socket = await open();
    await socket.close();
    expect((await failure(socket, Buffer.alloc(1), LOOPBACK)).message).toBe('the socket is closed');
  });
});
