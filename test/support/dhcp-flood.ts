import { createSocket } from 'node:dgram';
import { macFromBytes, parseMac } from '../../src/domain/network/mac.ts';
import { discoverBytes } from './canned-dhcp.ts';
import { must } from './must.ts';

// Floods from a client's namespace, all in one instant, and behind each the DISCOVER of one machine.

export interface FloodOptions {
  readonly floods: number;
  /** How many packets of each kind there are in a flood: of machines that nobody knows, each its own … */
  readonly strangers: number;
  /** … of one client that has lost its mind … */
  readonly mad: number;
  /** … and of no DHCP at all. */
  readonly garbage: number;
  /** The machine that comes last. */
  readonly known: string;
}

/** One flood, when all that can be answered was: how many strangers' OFFERs came before the machine's. */
export interface FloodEvent {
  readonly strangersBefore: number;
  readonly strangersAnswered: number;
}

const STRANGER = 0x06_00_00_00_00_00;
const MAD = 0x02_00_00_00_00_66;
const XID_AT = 4;
const FLAGS_AT = 10;
const CHADDR_AT = 28;

const options = JSON.parse(process.argv[2] ?? '') as FloodOptions;
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });

/** With the broadcast flag: all answers come to this socket, in the order in which they were sent. */
function discover(mac: number | string, xid: number): Buffer {
  const text = typeof mac === 'string' ? mac : mac.toString(16).padStart(12, '0');
  const bytes = discoverBytes(must(parseMac(text), text), xid);
  bytes[FLAGS_AT] = 0x80;
  return bytes;
}

function flood(xid: number): Promise<FloodEvent> {
  const { strangers, mad, garbage, known } = options;
  const packets = [
    ...Array.from({ length: mad }, () => discover(MAD, xid)),
    ...Array.from({ length: garbage }, (_, n) => Buffer.alloc(300, n)),
    ...Array.from({ length: strangers }, (_, n) => discover(STRANGER + xid * strangers + n, xid)),
    discover(known, xid),
  ];
  return new Promise((resolve) => {
    let strangersAnswered = 0;
    let strangersBefore: number | undefined;
    const hear = (bytes: Buffer) => {
      if (bytes.readUInt32BE(XID_AT) !== xid) return;
      const mac = macFromBytes(bytes.subarray(CHADDR_AT));
      if (mac === known) strangersBefore ??= strangersAnswered;
      if (mac.startsWith('06')) strangersAnswered += 1;
      if (strangersBefore === undefined || strangersAnswered < strangers) return;
      socket.off('message', hear);
      resolve({ strangersBefore, strangersAnswered });
    };
    socket.on('message', hear);
    for (const bytes of packets) socket.send(bytes, 67, '255.255.255.255');
  });
}

// Not on an address: the answers are broadcasts.
socket.bind(68, async () => {
  socket.setBroadcast(true);
  for (let xid = 1; xid <= options.floods; xid += 1)
    process.stdout.write(`${JSON.stringify(await flood(xid))}\n`);
  socket.close();
});
