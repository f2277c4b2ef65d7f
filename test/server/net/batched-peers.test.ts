import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { choosePeers } from '../../../server/net/batched-peers.ts';
import { bindUdp } from '../../../server/net/datagram.ts';
import { loadLibc } from '../../../server/net/libc.ts';
import {
  type DatagramRun,
  type PeerSocket,
  plainPeers,
  runDatagram,
} from '../../../server/net/peer-socket.ts';
import { createFakeLibc } from '../../support/fake-libc.ts';

const libc = await loadLibc();
const plain = plainPeers(bindUdp);
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function client(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  opened.push(socket);
  return socket;
}

/** The next datagrams that reach a socket. */
async function take(socket: Socket, count: number): Promise<Buffer[]> {
  const taken: Buffer[] = [];
  return new Promise((resolve) => {
    socket.on('message', (bytes) => {
      if (taken.push(bytes) === count) resolve(taken);
    });
  });
}

const KINDS = [
  { kind: 'plain', bind: plain, reason: undefined },
  { kind: 'batched', bind: choosePeers(libc), reason: libc.ok ? undefined : libc.reason },
];

describe.for(KINDS)('$kind', ({ bind, reason }) => {
  const skipped = reason !== undefined;
  const open = async (onStranger: (bytes: Buffer, answer: (bytes: Buffer) => void) => void = () => {}) => {
    const onError = (error: Error) => expect.unreachable(error.message);
    const socket = await bind({ address: '127.0.0.1', onStranger, onError });
    opened.push(socket);
    return socket;
  };
  const endpoint = (socket: Socket) => ({ address: '127.0.0.1', port: socket.address().port });
  const failure = (error: Error) => expect.unreachable(error.message);

  test.skipIf(skipped)('a run arrives as its datagrams, each peer has its own', async () => {
    const server = await open();
    const clients = await Promise.all([client(), client()]);
    const body = Buffer.from(Array.from({ length: 10_000 }, (_, index) => index % 251));
    const heads = Buffer.from('abcd');
    const runs: DatagramRun[] = clients.map((_, index) => ({
      datagrams: 8,
      heads,
      headBytes: 1,
      firstHead: index,
      body,
      start: 100 * index,
      pieceBytes: 1_400,
    }));
    const arriving = clients.map((socket) => take(socket, 9));
    clients.forEach((socket, index) => {
      const peer = server.add(endpoint(socket), { message: () => {}, failure });
      peer.send(Buffer.from('first'));
      peer.sendRun(runs[index] as DatagramRun);
    });
    for (const [index, received] of (await Promise.all(arriving)).entries()) {
      const run = runs[index] as DatagramRun;
      const expected = Array.from({ length: 8 }, (_, at) => runDatagram(run, at));
      expect(received).toEqual([Buffer.from('first'), ...expected]);
    }
  });

  test.skipIf(skipped)('a flood is handed out datagram by datagram, to whom it is for', async () => {
    const strangers: string[] = [];
    const server = await open((bytes, answer) => {
      strangers.push(String(bytes));
      answer(Buffer.from('who are you?'));
    });
    const [known, unknown] = await Promise.all([client(), client()]);
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      const message = (bytes: Buffer) => {
        if (heard.push(String(bytes)) === 200) resolve();
      };
      server.add(endpoint(known), { message, failure });
    });
    const answered = take(unknown, 20);
    for (let index = 0; index < 200; index += 1) {
      known.send(`known ${index}`, server.local.port, '127.0.0.1');
      if (index % 10 === 0) unknown.send('', server.local.port, '127.0.0.1');
    }
    await all;
    expect(heard).toEqual(Array.from({ length: 200 }, (_, index) => `known ${index}`));
    expect(String((await answered)[0])).toBe('who are you?');
    expect(strangers).toEqual(Array(20).fill(''));
  });

  test.skipIf(skipped)('who left is a stranger; a handler may close the socket', async () => {
    const strangers: string[] = [];
    let server: PeerSocket | undefined;
    const closed = new Promise<void>((resolve) => {
      void open((bytes) => {
        strangers.push(String(bytes));
        void server?.close().then(resolve);
      }).then(async (socket) => {
        server = socket;
        const sender = await client();
        socket.add(endpoint(sender), { message: () => {}, failure }).leave();
        for (let index = 0; index < 100; index += 1) sender.send('x', socket.local.port, '127.0.0.1');
      });
    });
    await closed;
    expect(strangers).toEqual(['x']);
  });
});

test('no socket to be had: the code of the system, and nothing stays open', async () => {
  const address = Buffer.from(`02000000cb007101${'00'.repeat(8)}`, 'hex');
  const fake = createFakeLibc({ [`bind ${address.toString('hex')}`]: 'EADDRNOTAVAIL' });
  const bind = choosePeers({ ok: true, libc: fake.libc }, plain, 'x64', 'LE');
  const refusal = bind({ address: '203.0.113.1', onStranger: () => {}, onError: () => {} });
  await expect(refusal).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  expect(fake.calls.at(-1)).toBe('close 1000000');
});

test('what the layouts are not known for gets plain sockets', () => {
  const fake = createFakeLibc().libc;
  expect(choosePeers({ ok: false, reason: 'no koffi' }, plain)).toBe(plain);
  expect(choosePeers({ ok: true, libc: fake }, plain, 'arm', 'LE')).toBe(plain);
  expect(choosePeers({ ok: true, libc: fake }, plain, 's390x', 'BE')).toBe(plain);
  expect(choosePeers({ ok: true, libc: fake }, plain, 'arm64', 'LE')).not.toBe(plain);
});
