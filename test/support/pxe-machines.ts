import { BROADCAST_FLAG, MESSAGE_TYPE, OP, OPTION } from '../../src/dhcp/codes.ts';
import { ipsBytes, textBytes, u8Bytes, u16Bytes } from '../../src/dhcp/options.ts';
import { encodePacket } from '../../src/dhcp/packet.ts';
import { type Ipv4, NO_ADDRESS } from '../../src/domain/network/ipv4.ts';

// The packets of PXE firmware, made once and then patched in place, and just enough of a reply read to go on: a generator
// that plays thousands of machines on one core must cost less than the server that it measures.

/** Where things are in a packet, RFC 2131 §2 figure 1. */
const XID_AT = 4;
const YIADDR_AT = 16;
const CHADDR_AT = 28;
const OPTIONS_AT = 240;

/** A reply as far as firmware must understand it. */
export interface PxeReply {
  readonly xid: number;
  readonly type: 'offer' | 'ack' | 'nak';
  readonly address: Ipv4;
  /** Option 54; NO_ADDRESS where it is missing. */
  readonly serverId: Ipv4;
}

/** Makes DISCOVERs and REQUESTs of x86 UEFI firmware: options 53, 55, 57, 60, 93, 94, 97 and nothing that costs. */
export interface PxePackets {
  discover(mac: number, xid: number): Buffer;
  request(mac: number, xid: number, reply: Pick<PxeReply, 'address' | 'serverId'>): Buffer;
}

/** `giaddr` makes them come from a relay; without one they ask for broadcast replies (F2: OVMF does). */
export function pxePackets(giaddr: Ipv4 = NO_ADDRESS): PxePackets {
  const discover = templateOf(giaddr, MESSAGE_TYPE.discover, []);
  const request = templateOf(giaddr, MESSAGE_TYPE.request, [
    [OPTION.requestedIp, ipsBytes([NO_ADDRESS])],
    [OPTION.serverId, ipsBytes([NO_ADDRESS])],
  ]);
  return {
    discover: (mac, xid) => patched(discover, mac, xid),
    request(mac, xid, { address, serverId }) {
      const bytes = patched(request, mac, xid);
      bytes.writeUInt32BE(address, request.at(OPTION.requestedIp));
      bytes.writeUInt32BE(serverId, request.at(OPTION.serverId));
      return bytes;
    },
  };
}

interface Template {
  readonly bytes: Buffer;
  /** Where the value of an option begins. */
  at(code: number): number;
  readonly uuidAt: number;
}

function templateOf(giaddr: Ipv4, type: number, more: readonly [number, Buffer][]): Template {
  const options = new Map<number, Buffer>([
    [OPTION.messageType, u8Bytes(type)],
    [OPTION.parameterRequestList, Buffer.from([1, 2, 3, 4, 6, 12, 15, 43, 54, 60, 66, 67, 97])],
    [OPTION.maxMessageSize, u16Bytes(1472)],
    [OPTION.vendorClass, textBytes('PXEClient:Arch:00007:UNDI:003000')],
    [OPTION.clientArch, u16Bytes(7)],
    [OPTION.clientNdi, Buffer.from([1, 3, 0])],
    [OPTION.machineUuid, Buffer.alloc(17)],
    ...more,
  ]);
  const flags = giaddr === NO_ADDRESS ? BROADCAST_FLAG : 0;
  const hops = giaddr === NO_ADDRESS ? 0 : 1;
  const header = { op: OP.bootRequest, htype: 1, hlen: 6, hops, xid: 0, secs: 0, flags };
  const addresses = { ciaddr: NO_ADDRESS, yiaddr: NO_ADDRESS, siaddr: NO_ADDRESS, giaddr };
  const packet = { ...header, ...addresses, chaddr: Buffer.alloc(16), sname: '', file: '', options };
  const bytes = encodePacket(packet);
  const at = (code: number): number => {
    const found = findOption(bytes, code);
    if (found === undefined) throw new Error(`the template has no option ${code}`);
    return found;
  };
  return { bytes, at, uuidAt: at(OPTION.machineUuid) };
}

/** A copy: the socket may still hold the one before. */
function patched({ bytes, uuidAt }: Template, mac: number, xid: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32BE(xid, XID_AT);
  copy.writeUIntBE(mac, CHADDR_AT, 6);
  // Byte 0 is the type of the identifier (RFC 4578 §2.3); the node of a version 1 UUID is its last six bytes.
  copy.writeUIntBE(mac, uuidAt + 11, 6);
  return copy;
}

const REPLIES: Readonly<Record<number, PxeReply['type']>> = {
  [MESSAGE_TYPE.offer]: 'offer',
  [MESSAGE_TYPE.ack]: 'ack',
  [MESSAGE_TYPE.nak]: 'nak',
};

/** Undefined for anything that is no reply to such a machine. */
export function readPxeReply(bytes: Buffer): PxeReply | undefined {
  if (bytes.length < OPTIONS_AT || bytes[0] !== OP.bootReply) return undefined;
  const typeAt = findOption(bytes, OPTION.messageType);
  const type = typeAt === undefined ? undefined : REPLIES[bytes[typeAt] ?? 0];
  if (type === undefined) return undefined;
  const serverAt = findOption(bytes, OPTION.serverId);
  return {
    xid: bytes.readUInt32BE(XID_AT),
    type,
    address: bytes.readUInt32BE(YIADDR_AT) as Ipv4,
    serverId: serverAt === undefined ? NO_ADDRESS : (bytes.readUInt32BE(serverAt) as Ipv4),
  };
}

/** The hardware address that a packet is about, as a number of 48 bits. */
export function macOfPacket(bytes: Buffer): number {
  return bytes.readUIntBE(CHADDR_AT, 6);
}

function findOption(bytes: Buffer, code: number): number | undefined {
  let at = OPTIONS_AT;
  while (at + 1 < bytes.length) {
    const found = bytes[at];
    if (found === OPTION.end) return undefined;
    if (found === OPTION.pad) at += 1;
    else if (found === code) return at + 2 + (bytes[at + 1] ?? 0) <= bytes.length ? at + 2 : undefined;
    else at += 2 + (bytes[at + 1] ?? 0);
  }
  return undefined;
}
