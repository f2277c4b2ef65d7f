import { createSocket } from 'node:dgram';

// A DHCP relay between the machine and the server, as routers have it (RFC 3046), with one thing more: it can take away
// the options that tell that the machine's ROM is iPXE. QEMU has no other ROM, so this is how a plain PXE ROM, which
// has to be given a loader, is played. What the server may not lose on the way is checked here as well.
//
//   node plain-pxe-relay.js <own address towards the machine> <server> always|first|never
//
// `first`: up to the first ACK. What asks after it is what the ROM has loaded.

const [own = '', server = '', plain = ''] = process.argv.slice(2);

const HEADER_BYTES = 240;
const GIADDR_AT = 24;
const RELAY_INFORMATION = 82;
/** The user class, and iPXE's own options. */
const OF_IPXE = [77, 175];
const PAD = 0;
const END = 255;
const BOOTREQUEST = 1;
const MESSAGE_TYPE = 53;
const ACK = 5;
/** Sub-option 1, the circuit: which port of which switch. */
const CIRCUIT = Buffer.from([RELAY_INFORMATION, 10, 1, 8, ...Buffer.from('lab/port')]);

/** Every option as it lies in the packet, code and length byte included. */
function* optionsOf(packet: Buffer): Generator<{ code: number; bytes: Buffer }> {
  for (let at = HEADER_BYTES; at + 1 < packet.length && packet[at] !== END; ) {
    const code = packet[at] ?? END;
    const length = code === PAD ? 1 : 2 + (packet[at + 1] ?? 0);
    if (code !== PAD) yield { code, bytes: packet.subarray(at, at + length) };
    at += length;
  }
}

function rebuild(packet: Buffer, drop: readonly number[], more: readonly Buffer[]): Buffer {
  const kept = [...optionsOf(packet)].filter(({ code }) => !drop.includes(code)).map(({ bytes }) => bytes);
  const header = Buffer.from(packet.subarray(0, HEADER_BYTES));
  const whole = Buffer.concat([header, ...kept, ...more, Buffer.from([END])]);
  // BOOTP clients and servers drop what is shorter.
  return Buffer.concat([whole, Buffer.alloc(Math.max(0, 300 - whole.length))]);
}

function toServer(packet: Buffer): Buffer {
  const forwarded = rebuild(packet, isPlain ? [...OF_IPXE, RELAY_INFORMATION] : [RELAY_INFORMATION], [
    CIRCUIT,
  ]);
  forwarded.writeUInt8((packet[3] ?? 0) + 1, 3);
  own.split('.').forEach((part, index) => {
    forwarded.writeUInt8(Number(part), GIADDR_AT + index);
  });
  return forwarded;
}

/** RFC 3046 §2.1: the option that was added is taken out again; a server that did not echo it is at fault. */
function toMachine(packet: Buffer): Buffer | undefined {
  const options = [...optionsOf(packet)];
  const last = options.at(-1);
  if (last?.code !== RELAY_INFORMATION || !last.bytes.equals(CIRCUIT)) {
    process.stderr.write(
      `dropped: option 82 was not echoed as the last one (${options.map(({ code }) => code)})\n`,
    );
    return undefined;
  }
  return rebuild(packet, [RELAY_INFORMATION], []);
}

let isPlain = plain !== 'never';

const socket = createSocket('udp4');
socket.on('message', (packet) => {
  if (packet.length < HEADER_BYTES) return;
  if (packet[0] === BOOTREQUEST) {
    socket.send(toServer(packet), 67, server);
    return;
  }
  const answer = toMachine(packet);
  if (answer === undefined) return;
  const isAck = [...optionsOf(packet)].some(({ code, bytes }) => code === MESSAGE_TYPE && bytes[2] === ACK);
  if (isAck && plain === 'first') isPlain = false;
  socket.send(answer, 68, '255.255.255.255');
});
socket.bind(67, () => {
  socket.setBroadcast(true);
  process.stdout.write('relaying\n');
});
