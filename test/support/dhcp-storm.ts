import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { MESSAGE_TYPE, OP, OPTION } from '../../src/dhcp/codes.ts';
import { decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { formatIpv4, ipv4ToBytes, NO_ADDRESS, parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { must } from './must.ts';

// Many clients behind one relay, each from DISCOVER to ACK. A relay speaks plain UDP in both directions (RFC 2131
// §4.1), so that one socket serves them all. It tells each ACK as soon as it has it. Storms are ordered by lines on its
// input, a StormOrder each; a new one ends the one before.

export interface StormOptions {
  /** The relay's own address (giaddr), and the server's. */
  readonly relay: string;
  readonly server: string;
}

export interface StormOrder {
  /** Clients have the MACs 52:54:01:00:00:00 + first, … */
  readonly first: number;
  readonly count: number;
  /** Exchanges under way at a time. */
  readonly width: number;
}

export type StormEvent =
  | { readonly event: 'ack'; readonly ip: string; readonly mac: string }
  /** A storm is over: its last ACK was told before. */
  | { readonly event: 'ended'; readonly first: number };

const say = (event: StormEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);

const { relay, server } = JSON.parse(process.argv[2] ?? '') as StormOptions;
const relayIp = must(parseIpv4(relay), 'the relay');
const socket = createSocket('udp4');
let order: StormOrder = { first: -1, count: 0, width: 0 };
let started = 0;
/** When each client under way began; datagrams may be lost, and clients then begin again (RFC 2131 §4.1). */
const underWay = new Map<number, number>();
const AGAIN_MS = 2000;

function chaddrOf(number: number): Buffer {
  const chaddr = Buffer.alloc(16);
  chaddr.set([0x52, 0x54, 0x01]);
  chaddr.writeUIntBE(number, 3, 3);
  return chaddr;
}

function send(number: number, type: number, more: readonly [number, Buffer][] = []): void {
  const options = new Map<number, Buffer>([[OPTION.messageType, Buffer.from([type])], ...more]);
  const addresses = { ciaddr: NO_ADDRESS, yiaddr: NO_ADDRESS, siaddr: NO_ADDRESS, giaddr: relayIp };
  const header = { op: OP.bootRequest, htype: 1, hlen: 6, hops: 1, xid: number, secs: 0, flags: 0 };
  const packet = { ...header, ...addresses, chaddr: chaddrOf(number), sname: '', file: '', options };
  socket.send(encodePacket(packet), 67, server);
}

function begin(next: StormOrder): void {
  const { first } = order;
  order = next;
  started = 0;
  underWay.clear();
  say({ event: 'ended', first });
  for (let index = 0; index < next.width; index++) startNext();
}

function startNext(): void {
  if (started >= order.count) return;
  discover(order.first + started);
  started += 1;
}

function discover(number: number): void {
  underWay.set(number, Date.now());
  send(number, MESSAGE_TYPE.discover);
}

function beginAgain(): void {
  for (const [number, sinceMs] of underWay) if (Date.now() - sinceMs >= AGAIN_MS) discover(number);
}

function receive(bytes: Buffer): void {
  const reply = decodePacket(bytes);
  const type = reply.options.get(OPTION.messageType)?.[0];
  if (!underWay.has(reply.xid)) return;
  if (type === MESSAGE_TYPE.offer) {
    const serverId = must(reply.options.get(OPTION.serverId), 'option 54');
    const wanted: [number, Buffer] = [OPTION.requestedIp, ipv4ToBytes(reply.yiaddr)];
    send(reply.xid, MESSAGE_TYPE.request, [wanted, [OPTION.serverId, serverId]]);
    return;
  }
  if (type === MESSAGE_TYPE.ack) {
    const mac = chaddrOf(reply.xid)
      .subarray(0, 6)
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1:');
    say({ event: 'ack', ip: formatIpv4(reply.yiaddr), mac });
  }
  underWay.delete(reply.xid);
  startNext();
}

socket.on('message', receive);
// The server may be gone in the middle of the storm: that is what it is for.
socket.on('error', () => {});
socket.bind({ address: relay, port: 67 }, () => {
  setInterval(beginAgain, 500);
  const input = createInterface({ input: process.stdin });
  input.on('line', (line) => begin(JSON.parse(line) as StormOrder));
  // The test closes the input when it has seen enough.
  input.on('close', () => process.exit(0));
});
