/**
 * The TFTP codec (RFC 1350 §5, RFC 2347). Text on the wire is bytes to us: every byte becomes one character
 * (latin1), so a name comes back out exactly as it came in and what it means is decided in path.ts.
 */

/** One option of a request or an OACK, as spelled on the wire; names are compared without case (RFC 2347). */
export interface TftpOption {
  readonly name: string;
  readonly value: string;
}

/** A read or write request: what is wanted, how, and the options in wire order. */
interface TftpRequest {
  readonly type: 'rrq' | 'wrq';
  readonly name: string;
  readonly mode: string;
  readonly options: readonly TftpOption[];
}

export type TftpPacket =
  | TftpRequest
  | { readonly type: 'data'; readonly block: number; readonly payload: Buffer }
  | { readonly type: 'ack'; readonly block: number }
  | { readonly type: 'error'; readonly code: number; readonly message: string }
  | { readonly type: 'oack'; readonly options: readonly TftpOption[] };

/** Error codes of RFC 1350 §5 (Appendix) and RFC 2347. */
export const TFTP_ERROR = {
  notDefined: 0,
  fileNotFound: 1,
  accessViolation: 2,
  diskFull: 3,
  illegalOperation: 4,
  unknownTransferId: 5,
  fileExists: 6,
  noSuchUser: 7,
  optionsRefused: 8,
} as const;

/** Bytes that are no TFTP packet. The message says which rule they break and at which offset. */
export class MalformedTftp extends Error {
  override readonly name = 'MalformedTftp';
}

/** A packet that cannot be put on the wire as asked: a value is out of range or too long. Nothing is cut to fit. */
export class UnencodableTftp extends Error {
  override readonly name = 'UnencodableTftp';
}

const OPCODE = { rrq: 1, wrq: 2, data: 3, ack: 4, error: 5, oack: 6 } as const;

/** RFC 2347: "The maximum size of a request packet is 512 octets." Kept when writing, forgiven when reading. */
const REQUEST_BYTES_MAX = 512;
/** Longer than any option name there is. */
const QUOTED_CHARACTERS = 16;
/** RFC 2348: the largest block; opcode and block number come on top. */
const PAYLOAD_BYTES_MAX = 65464;

/**
 * Reads one datagram. `payload` of DATA is a view of `bytes`, not a copy.
 * @throws MalformedTftp
 */
export function decodePacket(bytes: Buffer): TftpPacket {
  if (bytes.length < 2) throw new MalformedTftp(`no opcode: ${bytes.length} bytes, RFC 1350 §5 wants 2`);
  const opcode = bytes.readUInt16BE(0);
  switch (opcode) {
    case OPCODE.rrq:
      return decodeRequest('rrq', bytes);
    case OPCODE.wrq:
      return decodeRequest('wrq', bytes);
    case OPCODE.data:
      return decodeData(bytes);
    case OPCODE.ack:
      // Bytes after the block number are forgiven: they carry nothing, and a ROM that pads must still boot.
      return { type: 'ack', block: readNumber(bytes, 'ACK block number') };
    case OPCODE.error:
      return decodeError(bytes);
    case OPCODE.oack:
      return { type: 'oack', options: decodeOptions(bytes, 2) };
    default:
      throw new MalformedTftp(`unknown opcode ${opcode}`);
  }
}

//  2 bytes   string   1   string  1   string   1   string  1
//  | 1 or 2 | name  | 0 | mode  | 0 | option | 0 | value | 0 | ...      RFC 1350 §5, RFC 2347
function decodeRequest(type: 'rrq' | 'wrq', bytes: Buffer): TftpRequest {
  const name = readText(bytes, 2, 'file name');
  const mode = readText(bytes, name.next, 'mode');
  if (mode.text === '') throw new MalformedTftp('empty mode');
  return { type, name: name.text, mode: mode.text, options: decodeOptions(bytes, mode.next) };
}

function decodeOptions(bytes: Buffer, start: number): TftpOption[] {
  const options: TftpOption[] = [];
  let offset = start;
  while (offset < bytes.length) {
    // Old ROMs pad their request with NULs to a fixed size: nothing but NULs to the end is no option.
    if (bytes[offset] === 0 && isAllZero(bytes, offset)) break;
    const name = readText(bytes, offset, 'option name');
    if (name.text === '') throw new MalformedTftp(`empty option name at offset ${offset}`);
    const value = readText(bytes, name.next, `value of option ${quote(name.text)}`);
    options.push({ name: name.text, value: value.text });
    offset = value.next;
  }
  return options;
}

//  | 3 | block | 0-65464 bytes |                                         RFC 1350 §5
function decodeData(bytes: Buffer): TftpPacket {
  const block = readNumber(bytes, 'DATA block number');
  const payload = bytes.subarray(4);
  if (payload.length > PAYLOAD_BYTES_MAX) throw new MalformedTftp(`DATA of ${payload.length} bytes`);
  return { type: 'data', block, payload };
}

//  | 5 | code | message | 0 |                                            RFC 1350 §5
function decodeError(bytes: Buffer): TftpPacket {
  const code = readNumber(bytes, 'ERROR code');
  const end = bytes.indexOf(0, 4);
  // A missing NUL is forgiven: the packet ends the transfer either way, and the words help whoever reads the log.
  return { type: 'error', code, message: bytes.toString('latin1', 4, end === -1 ? bytes.length : end) };
}

/** A name for a message: escaped, and only its beginning, since the message may go back to a forged address. */
function quote(name: string): string {
  return JSON.stringify(name.length > QUOTED_CHARACTERS ? `${name.slice(0, QUOTED_CHARACTERS)}...` : name);
}

function readNumber(bytes: Buffer, what: string): number {
  if (bytes.length < 4) throw new MalformedTftp(`${what} is cut off: ${bytes.length} bytes of 4`);
  return bytes.readUInt16BE(2);
}

function readText(bytes: Buffer, start: number, what: string): { text: string; next: number } {
  const end = bytes.indexOf(0, start);
  if (end === -1) throw new MalformedTftp(`${what} has no end (NUL) after offset ${start}`);
  return { text: bytes.toString('latin1', start, end), next: end + 1 };
}

function isAllZero(bytes: Buffer, start: number): boolean {
  for (let i = start; i < bytes.length; i += 1) if (bytes[i] !== 0) return false;
  return true;
}

/**
 * Writes one packet.
 * @throws UnencodableTftp when a number is outside 0–65535, a text holds NUL or a character above 0xff,
 * a block is above 65464 bytes or a request is above 512 bytes.
 */
export function encodePacket(packet: TftpPacket): Buffer {
  switch (packet.type) {
    case 'rrq':
    case 'wrq':
      return encodeRequest(packet);
    case 'data':
      return encodeData(packet.block, packet.payload);
    case 'ack':
      return head(OPCODE.ack, checked(packet.block, 'block number'));
    case 'error':
      return Buffer.concat([
        head(OPCODE.error, checked(packet.code, 'error code')),
        text(packet.message, 'message'),
      ]);
    case 'oack':
      return Buffer.concat([opcode(OPCODE.oack), ...encodeOptions(packet.options)]);
  }
}

function encodeRequest(request: TftpRequest): Buffer {
  if (request.mode === '') throw new UnencodableTftp('empty mode');
  const bytes = Buffer.concat([
    opcode(OPCODE[request.type]),
    text(request.name, 'file name'),
    text(request.mode, 'mode'),
    ...encodeOptions(request.options),
  ]);
  if (bytes.length > REQUEST_BYTES_MAX)
    throw new UnencodableTftp(`request of ${bytes.length} bytes, RFC 2347 allows ${REQUEST_BYTES_MAX}`);
  return bytes;
}

function encodeOptions(options: readonly TftpOption[]): Buffer[] {
  return options.flatMap((option) => {
    if (option.name === '') throw new UnencodableTftp('empty option name');
    return [text(option.name, 'option name'), text(option.value, 'option value')];
  });
}

function encodeData(block: number, payload: Buffer): Buffer {
  if (payload.length > PAYLOAD_BYTES_MAX)
    throw new UnencodableTftp(`block of ${payload.length} bytes, RFC 2348 allows ${PAYLOAD_BYTES_MAX}`);
  const bytes = Buffer.allocUnsafe(4 + payload.length);
  bytes.writeUInt16BE(OPCODE.data, 0);
  bytes.writeUInt16BE(checked(block, 'block number'), 2);
  payload.copy(bytes, 4);
  return bytes;
}

function opcode(code: number): Buffer {
  return Buffer.from([0, code]);
}

function head(code: number, number: number): Buffer {
  return Buffer.from([0, code, number >>> 8, number & 0xff]);
}

function checked(number: number, what: string): number {
  if (!Number.isInteger(number) || number < 0 || number > 0xffff)
    throw new UnencodableTftp(`${what} ${number} is outside 0-65535`);
  return number;
}

function text(value: string, what: string): Buffer {
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (code === 0 || code > 0xff) throw new UnencodableTftp(`${what} holds character ${code} at ${i}`);
  }
  return Buffer.from(`${value}\0`, 'latin1');
}
