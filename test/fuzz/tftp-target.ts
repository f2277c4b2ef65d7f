import { createLog } from '../../server/log.ts';
import type { Endpoint } from '../../server/net/datagram.ts';
import type { TftpEvent } from '../../server/tftp/events.ts';
import { createTftpListener } from '../../server/tftp/listener.ts';
import { decodePacket, encodePacket } from '../../src/tftp/packet.ts';
import { FakeDatagrams } from '../support/fake-datagram.ts';
import { FakeTimers } from '../support/fake-timers.ts';
import { type Failure, type FuzzTarget, failureOf, type Shot } from './target.ts';
import { ASKS, aimTftp, CLIENTS, FILES, type Heard, transferOf } from './tftp-aim.ts';
import { checkTftpCodec } from './tftp-codec.ts';

const SERVER: Endpoint = { address: '10.99.0.1', port: 69 };
const LIMITS = { sessions: 24, sessionsPerClient: 6, blockBytes: 1468, windowBlocks: 64, fileBytes: 250_000 };
/** Longer than any transfer that hears nothing is kept. */
const LONG_MS = 600_000;
const HONEST: Endpoint = { address: '10.99.0.250', port: 2_000 };

/** The TFTP listener on sockets and timers of the test, logging at `debug`. */
export async function openTftpTarget(): Promise<FuzzTarget> {
  const net = new FakeDatagrams();
  const timers = new FakeTimers();
  const counts = new Map<string, number>();
  const open = new Map<string, number>();
  const world: World = { net, timers, transfers: new Map(), heard: new Map(), failure: undefined };
  const fail = (failure: Failure) => {
    world.failure ??= failure;
  };
  const listener = createTftpListener({
    listen: SERVER,
    find: async (name) => {
      const size = FILES.get(name);
      return size === undefined ? { missing: 'no such file' } : { name, bytes: contentOf(size) };
    },
    onEvent: (event) => {
      counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
      const wrong = countEnds(open, event);
      if (wrong !== undefined) fail({ kind: 'events: not one end a request', detail: wrong });
    },
    log: createLog('debug', {
      write: (line) => {
        if (/"level":[56]0/.test(line)) fail({ kind: 'log: an error', detail: line });
      },
    }),
    now: timers.now,
    limits: LIMITS,
    bind: net.bind,
    startTimer: timers.start,
  });
  await listener.start();
  return {
    aim: (random) => aimTftp(random, world.heard),
    async shoot(shots) {
      for (const shot of shots) {
        await shootOne(shot, world, fail);
        if (net.ports.length > 1 + LIMITS.sessions)
          fail({
            kind: 'sessions: too many',
            detail: `${net.ports.length - 1} transfers`,
            bytes: shot.bytes,
          });
      }
      return world.failure;
    },
    summary: () => [...counts].map(([type, count]) => `${count} ${type}`).join(', '),
    async finish() {
      await endQuietly(world, fail);
      await listener.stop();
      if (net.ports.length > 0) fail({ kind: 'leak: sockets', detail: net.ports.join(', ') });
      if (timers.waiting > 0) fail({ kind: 'leak: timers', detail: `${timers.waiting} timers wait` });
      return world.failure;
    },
  };
}

interface World {
  readonly net: FakeDatagrams;
  readonly timers: FakeTimers;
  /** The server's last port that spoke to a client, by the client's number. */
  readonly transfers: Map<number, Endpoint>;
  readonly heard: Map<number, Heard>;
  failure: Failure | undefined;
}

/** Several machines have several ports each, so that every limit is reached. */
function endpointOf(client: number): Endpoint {
  return { address: `10.99.0.${10 + (client % 8)}`, port: 2_000 + client };
}

const CLIENT_OF = new Map(Array.from({ length: CLIENTS }, (_, n) => [endpointOf(n).port, n]));

const contents = new Map<number, Buffer>();
function contentOf(size: number): Buffer {
  const known = contents.get(size);
  if (known !== undefined) return known;
  const made = Buffer.from(Array.from({ length: size }, (_, at) => (at * 7 + (at >>> 9)) & 0xff));
  contents.set(size, made);
  return made;
}

async function shootOne({ bytes, from, to, afterMs }: Shot, world: World, fail: (failure: Failure) => void) {
  const { net, timers, transfers } = world;
  const wrong = checkTftpCodec(bytes);
  if (wrong !== undefined) fail(wrong);
  const target = to === ASKS ? SERVER : transfers.get(to - transferOf(0));
  try {
    timers.advance(afterMs);
    if (target !== undefined) net.deliver(bytes, endpointOf(from), target);
    await idle();
    for (const sent of net.takeSent()) hear(sent, world);
  } catch (error) {
    fail(failureOf('socket callback', error, bytes));
  }
}

/** Looking a file up and binding a socket take turns of the event loop, all of them without waiting for anything. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What a client learns from a datagram of the server, which must be one that clients can read. */
function hear(sent: { from: Endpoint; to: Endpoint; bytes: Buffer }, { transfers, heard }: World): void {
  const packet = decodePacket(sent.bytes);
  if (sent.bytes.length > LIMITS.blockBytes + 4) throw new Error(`a datagram of ${sent.bytes.length} bytes`);
  const client = CLIENT_OF.get(sent.to.port);
  if (client === undefined || packet.type === 'error') return;
  if (packet.type !== 'data' && packet.type !== 'oack') throw new Error(`the server sent ${packet.type}`);
  transfers.set(client, sent.from);
  heard.set(client, { block: packet.type === 'data' ? packet.block : 0 });
}

/** A request has one end, and its client port no second request before that. */
function countEnds(open: Map<string, number>, event: TftpEvent): string | undefined {
  const isAlone =
    event.type === 'refused' && !['too-large', 'no-socket', 'lookup-failed'].includes(event.reason);
  if (isAlone) return undefined;
  const client = `${event.client.address}:${event.client.port}`;
  const now = (open.get(client) ?? 0) + (event.type === 'request' ? 1 : -1);
  if (now === 0) open.delete(client);
  else open.set(client, now);
  return now === 0 || now === 1 ? undefined : `${client}: ${event.type}, and then ${now} are open`;
}

/** After a silence every transfer is over, and an honest client gets its file whole. */
async function endQuietly(world: World, fail: (failure: Failure) => void): Promise<void> {
  const { net, timers } = world;
  timers.advance(LONG_MS);
  await idle();
  if (net.ports.length !== 1 || timers.waiting > 0)
    fail({
      kind: 'in flight',
      detail: `after a silence: ports ${net.ports.join(', ')}, ${timers.waiting} timers`,
    });
  net.takeSent();
  const received = await fetchHonestly(net, 'ipxe.efi');
  const wanted = contentOf(FILES.get('ipxe.efi') ?? 0);
  if (!received.equals(wanted))
    fail({ kind: 'honest client: another file', detail: `${received.length} bytes of ${wanted.length}` });
}

async function fetchHonestly(net: FakeDatagrams, name: string): Promise<Buffer> {
  const blocks: Buffer[] = [];
  net.deliver(encodePacket({ type: 'rrq', name, mode: 'octet', options: [] }), HONEST, SERVER);
  for (;;) {
    await idle();
    const [sent] = net.takeSent();
    const packet = sent === undefined ? undefined : decodePacket(sent.bytes);
    if (sent === undefined || packet?.type !== 'data') return Buffer.concat(blocks);
    blocks.push(packet.payload);
    net.deliver(encodePacket({ type: 'ack', block: packet.block }), HONEST, sent.from);
    if (packet.payload.length < 512) return Buffer.concat(blocks);
  }
}
