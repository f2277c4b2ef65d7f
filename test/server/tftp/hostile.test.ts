import { afterEach, expect, test } from 'vitest';
import { choosePeers } from '../../../server/net/batched-peers.ts';
import { bindUdp, type DatagramSocket, type Endpoint } from '../../../server/net/datagram.ts';
import { loadLibc } from '../../../server/net/libc.ts';
import type { TftpEvent } from '../../../server/tftp/events.ts';
import { createTftpListener, type TftpListener } from '../../../server/tftp/listener.ts';
import { encodePacket, type TftpPacket } from '../../../src/tftp/packet.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { fetchByTftp } from '../../support/tftp-client.ts';

const FILE = Buffer.from(Array.from({ length: 60_000 }, (_, i) => (i * 7 + (i >>> 9)) & 0xff));
const HOSTILE = '127.0.0.1';
const HONEST = '127.0.0.2';

const options = [
  { name: 'tsize', value: '0' },
  { name: 'blksize', value: '1468' },
  { name: 'windowsize', value: '64' },
];
const PACKETS: readonly TftpPacket[] = [
  { type: 'rrq', name: 'file', mode: 'octet', options: [] },
  { type: 'rrq', name: 'file', mode: 'octet', options },
  { type: 'rrq', name: '/boot\\grub.efi\xff', mode: 'netascii', options },
  { type: 'wrq', name: 'file', mode: 'octet', options: [] },
  { type: 'ack', block: 0 },
  { type: 'ack', block: 1 },
  { type: 'data', block: 1, payload: Buffer.alloc(20) },
  { type: 'error', code: 8, message: 'User aborted' },
  { type: 'oack', options },
];
const VALID = PACKETS.map(encodePacket);

/** A valid packet with some bytes changed, cut away, doubled or put in; sometimes left whole. */
function mutant(random: () => number): Buffer {
  const pick = (below: number) => Math.floor(random() * below);
  let bytes = Buffer.from(VALID[pick(VALID.length)] ?? []);
  for (let changes = pick(4); changes > 0; changes -= 1) {
    const at = pick(bytes.length + 1);
    const kind = pick(4);
    if (kind === 0 && at < bytes.length) bytes[at] = pick(256);
    else if (kind === 1) bytes = bytes.subarray(0, at);
    else if (kind === 2) bytes = Buffer.concat([bytes, bytes.subarray(at)]);
    else bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([pick(256)]), bytes.subarray(at)]);
  }
  return bytes;
}

const opened: (DatagramSocket | TftpListener)[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await ('close' in one ? one.close() : one.stop());
});

async function startListener(events: TftpEvent[], logged: string[]): Promise<Endpoint> {
  const listener = createTftpListener({
    listen: { address: HOSTILE, port: 0 },
    find: async (name) => (name === 'file' ? { name, bytes: FILE } : { missing: 'not here' }),
    onEvent: (event) => events.push(event),
    log: { debug: () => {}, error: (_fields, message) => logged.push(message) },
    now: () => performance.now(),
    bindPeers: choosePeers(await loadLibc()),
  });
  opened.push(listener);
  await listener.start();
  if (listener.local === undefined) throw new Error('the listener has no port');
  return listener.local;
}

async function openSockets(count: number): Promise<DatagramSocket[]> {
  const sockets = await Promise.all(
    Array.from({ length: count }, () => bindUdp({ address: HOSTILE, port: 0 })),
  );
  opened.push(...sockets);
  return sockets;
}

test('20,000 mutated datagrams later it still serves, and every request had one end', async () => {
  const events: TftpEvent[] = [];
  const logged: string[] = [];
  const server = await startListener(events, logged);
  const sockets = await openSockets(40);
  const random = seededRandom(1350);
  for (let round = 0; round < 100; round += 1) {
    for (let i = 0; i < 200; i += 1) sockets[i % sockets.length]?.send(mutant(random), server);
    // The honest file comes after the 200 in the queue of the same socket: no need to wait for anything else.
    if (round % 10 === 9) expect((await fetchByTftp(server, 'file', HONEST)).equals(FILE)).toBe(true);
    else await expect(fetchByTftp(server, 'nothing', HONEST)).rejects.toThrow('ERROR 1');
  }
  for (const one of opened.splice(0)) await ('close' in one ? one.close() : one.stop());
  expect(logged).toEqual([]);
  expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThanOrEqual(5);
  expect(openRequests(events)).toEqual([]);
});

/** Client ports whose requests did not each have exactly one end. */
function openRequests(events: readonly TftpEvent[]): string[] {
  const ends = new Map<string, number>();
  const before = new Set(['malformed', 'write', 'mode', 'busy']);
  for (const event of events) {
    if (event.type === 'refused' && (before.has(event.reason) || event.reason.startsWith('name-'))) continue;
    const client = `${event.client.address}:${event.client.port}`;
    const open = (ends.get(client) ?? 0) + (event.type === 'request' ? 1 : -1);
    if (open !== 0 && open !== 1) return [`${client}: ${event.type} while ${open} are open`];
    ends.set(client, open);
  }
  return [...ends].filter(([, open]) => open !== 0).map(([client]) => client);
}

test('a transfer with strangers shooting at its port delivers the identical file', async () => {
  const server = await startListener([], []);
  const strangers = await openSockets(2);
  const random = seededRandom(2347);
  // Few enough at a time that the socket's buffer holds them and the client's ACK: nothing may be lost here.
  const received = fetchByTftp(server, 'file', HONEST, (transfer) => {
    for (let i = 0; i < 20; i += 1) strangers[i % 2]?.send(mutant(random), transfer);
  });
  expect((await received).equals(FILE)).toBe(true);
});
