import { createSocket } from 'node:dgram';
import { readDhcpFixtures, spoilPacket } from './hostile-packets.ts';
import { seededRandom } from './seeded-random.ts';

// Spoilt DHCP packets from a client's namespace, and after every batch one good one that must be answered.

export interface StormOptions {
  /** An address of the client in the server's subnet, in text. */
  readonly address: string;
  readonly to: string;
  readonly seed: number;
  readonly count: number;
  /** Packets between two good ones. */
  readonly batch: number;
  readonly fixtures: string;
}

export type StormEvent = { readonly event: 'done'; readonly sent: number; readonly answered: number };

const { address, to, seed, count, batch, fixtures } = JSON.parse(process.argv[2] ?? '') as StormOptions;
const random = seededRandom(seed);
const packets = readDhcpFixtures(fixtures);
const socket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 });
const XID_AT = 4;
const MARK = 0x5701_0000;

/** An INFORM of this client's own address: the answer comes to it by unicast. */
function goodPacket(number: number): Buffer {
  const bytes = Buffer.alloc(300);
  bytes.set([1, 1, 6, 0]);
  bytes.writeUInt32BE(MARK + number, XID_AT);
  bytes.set(address.split('.').map(Number), 12);
  bytes.set([0x02, 0, 0, 0, 0, 0x50], 28);
  bytes.set([0x63, 0x82, 0x53, 0x63, 53, 1, 8, 255], 236);
  return bytes;
}

const send = (bytes: Buffer) =>
  new Promise<void>((resolve, reject) => {
    socket.send(bytes, 67, to, (error) => (error ? reject(error) : resolve()));
  });

const answerTo = (number: number) =>
  new Promise<void>((resolve) => {
    const look = (bytes: Buffer) => {
      if (bytes.length < 240 || bytes.readUInt32BE(XID_AT) !== MARK + number) return;
      socket.off('message', look);
      resolve();
    };
    socket.on('message', look);
  });

async function storm(): Promise<void> {
  socket.setBroadcast(true);
  let answered = 0;
  for (let sent = 0; sent < count; ) {
    const size = Math.min(batch, count - sent);
    await Promise.all(Array.from({ length: size }, () => send(spoilPacket(packets, random))));
    sent += size;
    answered += 1;
    const heard = answerTo(answered);
    await send(goodPacket(answered));
    await heard;
  }
  const event: StormEvent = { event: 'done', sent: count, answered };
  process.stdout.write(`${JSON.stringify(event)}\n`);
  socket.close();
}

socket.bind({ address, port: 68 }, () => void storm());
