import { type Ipv4, ipv4FromBytes } from '../domain/network/ipv4.ts';
import { FIELD_BYTES, HEADER_BYTES, MAGIC_COOKIE, MIN_PACKET_BYTES, OP, OPTION } from './codes.ts';
import {
  type AreaBounds,
  joinPieces,
  type OptionMap,
  type OptionPieces,
  readOptionArea,
  writeOptionArea,
} from './option-area.ts';
import { MalformedPacket, UnencodablePacket } from './packet-errors.ts';

/**
 * A DHCP or BOOTP message, RFC 2131 §2, with the names of the RFC.
 *
 * ```
 *   0 op  1 htype  2 hlen  3 hops   4 xid   8 secs  10 flags
 *  12 ciaddr  16 yiaddr  20 siaddr  24 giaddr
 *  28 chaddr (16)  44 sname (64)  108 file (128)  236 magic cookie  240 options
 * ```
 */
export interface DhcpPacket {
  /** 1 from a client or relay, 2 from a server. */
  readonly op: number;
  readonly htype: number;
  /** How many bytes of `chaddr` count, 0–16. InfiniBand says 0, RFC 4390 §2.1. */
  readonly hlen: number;
  readonly hops: number;
  readonly xid: number;
  readonly secs: number;
  readonly flags: number;
  readonly ciaddr: Ipv4;
  readonly yiaddr: Ipv4;
  readonly siaddr: Ipv4;
  readonly giaddr: Ipv4;
  /** All 16 bytes as they came: a reply gives them back, padding included. */
  readonly chaddr: Buffer;
  /** Text up to the first NUL, one character a byte (latin1), so nothing is lost. Empty where it held options. */
  readonly sname: string;
  /** As `sname`. */
  readonly file: string;
  /** Raw values; pieces of repeated options are joined. Never holds 0, 52 or 255. */
  readonly options: OptionMap;
}

const SNAME_AT = 44;
const FILE_AT = 108;
const OPTIONS_AT = HEADER_BYTES + 4;
const SNAME_AREA: AreaBounds = [SNAME_AT, SNAME_AT + FIELD_BYTES.sname];
const FILE_AREA: AreaBounds = [FILE_AT, FILE_AT + FIELD_BYTES.file];
const OVERLOADS_FILE = 1;
const OVERLOADS_SNAME = 2;

/**
 * Reads the UDP payload of a DHCP or BOOTP message. The result shares no memory with `received`.
 *
 * @throws MalformedPacket and nothing else, whatever the bytes.
 */
export function decodePacket(received: Buffer): DhcpPacket {
  checkHeader(received);
  // Copied once: all values are views of this copy, instead of a copy each.
  const bytes = Buffer.from(received);
  const { options, overload } = decodeOptions(bytes);
  return {
    op: bytes.readUInt8(0),
    htype: bytes.readUInt8(1),
    hlen: bytes.readUInt8(2),
    hops: bytes.readUInt8(3),
    xid: bytes.readUInt32BE(4),
    secs: bytes.readUInt16BE(8),
    flags: bytes.readUInt16BE(10),
    ciaddr: ipv4FromBytes(bytes, 12),
    yiaddr: ipv4FromBytes(bytes, 16),
    siaddr: ipv4FromBytes(bytes, 20),
    giaddr: ipv4FromBytes(bytes, 24),
    chaddr: bytes.subarray(28, 28 + FIELD_BYTES.chaddr),
    sname: overload & OVERLOADS_SNAME ? '' : fixedText(bytes, SNAME_AREA),
    file: overload & OVERLOADS_FILE ? '' : fixedText(bytes, FILE_AREA),
    options,
  };
}

function checkHeader(bytes: Buffer): void {
  if (bytes.length < OPTIONS_AT)
    throw new MalformedPacket(
      'too-short',
      `${bytes.length} bytes; header and magic cookie need ${OPTIONS_AT}`,
    );
  const op = bytes.readUInt8(0);
  if (op !== OP.bootRequest && op !== OP.bootReply)
    throw new MalformedPacket('bad-op', `op ${op} is neither request nor reply`);
  const hlen = bytes.readUInt8(2);
  if (hlen > FIELD_BYTES.chaddr)
    throw new MalformedPacket('bad-hardware-length', `hlen ${hlen}, chaddr has ${FIELD_BYTES.chaddr} bytes`);
  if (bytes.readUInt32BE(HEADER_BYTES) !== MAGIC_COOKIE && !isPlainBootp(bytes))
    throw new MalformedPacket('no-magic-cookie', 'the options do not begin with 99.130.83.99, RFC 2131 §3');
}

/** RFC 951 §3: a request of 300 bytes whose vendor area, of which it knows nothing, begins with zeros. */
function isPlainBootp(bytes: Buffer): boolean {
  const cookie = bytes.readUInt32BE(HEADER_BYTES);
  return cookie === 0 && bytes.readUInt8(0) === OP.bootRequest && bytes.length >= MIN_PACKET_BYTES;
}

/** Options field, then `file`, then `sname`: the order in which pieces belong together, RFC 3396 §5. */
function decodeOptions(bytes: Buffer): { options: Map<number, Buffer>; overload: number } {
  if (isPlainBootp(bytes)) return { options: new Map(), overload: 0 };
  const pieces: OptionPieces = new Map();
  readOptionArea(bytes, [OPTIONS_AT, bytes.length], 'the options', pieces);
  const overload = takeOverload(pieces);
  if (overload & OVERLOADS_FILE) readOptionArea(bytes, FILE_AREA, 'file', pieces);
  if (overload & OVERLOADS_SNAME) readOptionArea(bytes, SNAME_AREA, 'sname', pieces);
  if (pieces.has(OPTION.overload))
    throw new MalformedPacket('bad-overload', 'option 52 inside an overloaded field');
  return { options: joinPieces(pieces), overload };
}

/** Option 52, RFC 2132 §9.3: says how the packet was written, not what it means, so it does not stay in the map. */
function takeOverload(pieces: OptionPieces): number {
  const parts = pieces.get(OPTION.overload);
  if (parts === undefined) return 0;
  const value = Array.isArray(parts) ? Buffer.concat(parts) : parts;
  const overload = value.length === 1 ? value.readUInt8(0) : 0;
  if (overload < 1 || overload > 3)
    throw new MalformedPacket('bad-overload', `option 52 holds ${value.toString('hex') || 'nothing'}`);
  pieces.delete(OPTION.overload);
  return overload;
}

function fixedText(bytes: Buffer, [start, end]: AreaBounds): string {
  if (bytes[start] === 0) return '';
  const nul = bytes.indexOf(0, start);
  return bytes.toString('latin1', start, nul === -1 ? end : Math.min(nul, end));
}

/**
 * Writes a packet, padded to the 300 bytes of a BOOTP message. decodePacket of the result equals `packet`.
 *
 * @param maxBytes the longest UDP payload that the receiver takes (see DhcpClient.maxReplyBytes)
 * @throws UnencodablePacket if a number is out of range, a text does not fit its field with the final NUL, an option
 *   has no wire form, or the whole is longer than `maxBytes`.
 */
export function encodePacket(packet: DhcpPacket, maxBytes = Number.POSITIVE_INFINITY): Buffer {
  const options = writeOptionArea(packet.options);
  const length = OPTIONS_AT + options.length;
  if (length > maxBytes)
    throw new UnencodablePacket(
      'packet-too-long',
      `the packet needs ${length} bytes, the receiver takes ${maxBytes}`,
    );
  const bytes = Buffer.alloc(Math.max(length, MIN_PACKET_BYTES));
  writeHeader(packet, bytes);
  bytes.writeUInt32BE(MAGIC_COOKIE, HEADER_BYTES);
  options.copy(bytes, OPTIONS_AT);
  return bytes;
}

function writeHeader(packet: DhcpPacket, bytes: Buffer): void {
  const unsigned = (name: string, value: number, at: number, width: 1 | 2 | 4): void => {
    if (!Number.isInteger(value) || value < 0 || value > HIGHEST[width])
      throw new UnencodablePacket('field-range', `${name} ${value} does not fit ${width} bytes`);
    bytes.writeUIntBE(value, at, width);
  };
  if (packet.op !== OP.bootRequest && packet.op !== OP.bootReply)
    throw new UnencodablePacket('field-range', `op ${packet.op} is neither request nor reply`);
  if (packet.hlen > FIELD_BYTES.chaddr || packet.chaddr.length !== FIELD_BYTES.chaddr)
    throw new UnencodablePacket('field-range', `chaddr must have 16 bytes and hlen at most 16`);
  unsigned('op', packet.op, 0, 1);
  unsigned('htype', packet.htype, 1, 1);
  unsigned('hlen', packet.hlen, 2, 1);
  unsigned('hops', packet.hops, 3, 1);
  unsigned('xid', packet.xid, 4, 4);
  unsigned('secs', packet.secs, 8, 2);
  unsigned('flags', packet.flags, 10, 2);
  unsigned('ciaddr', packet.ciaddr, 12, 4);
  unsigned('yiaddr', packet.yiaddr, 16, 4);
  unsigned('siaddr', packet.siaddr, 20, 4);
  unsigned('giaddr', packet.giaddr, 24, 4);
  packet.chaddr.copy(bytes, 28);
  if (packet.sname !== '') writeText('sname', packet.sname, bytes.subarray(...SNAME_AREA));
  if (packet.file !== '') writeText('file', packet.file, bytes.subarray(...FILE_AREA));
}

/** The highest number that so many bytes hold. */
const HIGHEST = { 1: 0xff, 2: 0xffff, 4: 0xffffffff } as const;

/** The field is a C string, so its last byte stays NUL. */
function writeText(name: string, text: string, field: Buffer): void {
  if (text.length >= field.length)
    throw new UnencodablePacket(
      'text-too-long',
      `${name} has ${text.length} bytes, ${field.length - 1} fit: ${text}`,
    );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is exactly what must not be in a C string
  if (!/^[\u0001-\u00ff]*$/.test(text))
    throw new UnencodablePacket('bad-text', `${name} holds a NUL or a character over one byte`);
  field.write(text, 'latin1');
}
