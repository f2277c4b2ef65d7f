// What the lab's relay does to packets, by bytes alone: a stranger to the server's own codec.

const HEADER_BYTES = 240;
const HOPS_AT = 3;
const GIADDR_AT = 24;
const PAD = 0;
const END = 255;
const MESSAGE_TYPE = 53;
const ACK = 5;
const RELAY_INFORMATION = 82;
/** The user class, and iPXE's own options. */
const OF_IPXE = [77, 175];
/** Sub-option 1, the circuit: which port of which switch. */
const CIRCUIT = Buffer.from([RELAY_INFORMATION, 10, 1, 8, ...Buffer.from('lab/port')]);

interface Option {
  readonly code: number;
  /** Code and length byte included. */
  readonly bytes: Buffer;
}

/** Is this a request of a machine (BOOTREQUEST)? Undefined for what is too short to be DHCP. */
export function isRequest(packet: Buffer): boolean | undefined {
  return packet.length < HEADER_BYTES ? undefined : packet[0] === 1;
}

/** Does this answer give the machine its address? */
export function isAck(packet: Buffer): boolean {
  return optionsOf(packet).some(({ code, bytes }) => code === MESSAGE_TYPE && bytes[2] === ACK);
}

/**
 * The request as a relay forwards it (RFC 3046 §2.1): its own address as giaddr, option 82 at the end. With `plain`
 * nothing in it says iPXE any more.
 */
export function forwardToServer(packet: Buffer, own: string, plain: boolean): Buffer {
  const forwarded = rebuild(packet, plain ? [...OF_IPXE, RELAY_INFORMATION] : [RELAY_INFORMATION], [CIRCUIT]);
  forwarded.writeUInt8((packet[HOPS_AT] ?? 0) + 1, HOPS_AT);
  own.split('.').forEach((part, index) => {
    forwarded.writeUInt8(Number(part), GIADDR_AT + index);
  });
  return forwarded;
}

/** The answer without the option that was added; undefined when the server did not echo it as the last one. */
export function forwardToMachine(packet: Buffer): Buffer | undefined {
  const last = optionsOf(packet).at(-1);
  if (last?.code !== RELAY_INFORMATION || !last.bytes.equals(CIRCUIT)) return undefined;
  return rebuild(packet, [RELAY_INFORMATION], []);
}

function optionsOf(packet: Buffer): Option[] {
  const options: Option[] = [];
  for (let at = HEADER_BYTES; at + 1 < packet.length && packet[at] !== END; ) {
    const code = packet[at] ?? END;
    const length = code === PAD ? 1 : 2 + (packet[at + 1] ?? 0);
    if (code !== PAD) options.push({ code, bytes: packet.subarray(at, at + length) });
    at += length;
  }
  return options;
}

function rebuild(packet: Buffer, drop: readonly number[], more: readonly Buffer[]): Buffer {
  const kept = optionsOf(packet).flatMap(({ code, bytes }) => (drop.includes(code) ? [] : [bytes]));
  const header = Buffer.from(packet.subarray(0, HEADER_BYTES));
  const whole = Buffer.concat([header, ...kept, ...more, Buffer.from([END])]);
  // BOOTP clients and servers drop what is shorter.
  return Buffer.concat([whole, Buffer.alloc(Math.max(0, 300 - whole.length))]);
}
