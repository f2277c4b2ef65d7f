import { MalformedMessage, needBytes, UnencodableMessage } from './malformed.ts';
import { decodeRmcp, RMCP_IPMI } from './rmcp.ts';

/** Payload types (IPMI 2.0 §13.27.3). */
export const PAYLOAD = {
  ipmi: 0x00,
  sol: 0x01,
  openSessionRequest: 0x10,
  openSessionResponse: 0x11,
  rakp1: 0x12,
  rakp2: 0x13,
  rakp3: 0x14,
  rakp4: 0x15,
} as const;

/** Format RMCP+ in the field that has the authentication type in IPMI 1.5 (IPMI 2.0 §13.6). */
export const FORMAT_PLUS = 0x06;
const ENCRYPTED = 0x80;
const AUTHENTICATED = 0x40;
/** Behind the RMCP header: format, payload type, session ID, sequence number, payload length. */
const HEAD_BYTES = 12;
/** IPMI 2.0 §13.6: the trailer says that an IPMI message is before it; reserved otherwise. */
const NEXT_HEADER = 0x07;

/** A packet of IPMI 2.0 as it came, nothing checked that needs a key. Buffers are views. */
export interface PlusPacket {
  readonly payloadType: number;
  readonly encrypted: boolean;
  readonly authenticated: boolean;
  /** The receiver's session ID; 0 outside of a session. */
  readonly sessionId: number;
  readonly sequence: number;
  readonly payload: Buffer;
  /** What the authentication code covers, with everything that follows: cut by `signedPart`. */
  readonly signedOn: Buffer;
}

/** Reads a datagram (IPMI 2.0 §13.6); undefined where it is RMCP of another format. Throws MalformedMessage. */
export function decodePlusPacket(datagram: Buffer): PlusPacket | undefined {
  const { type: rmcpClass, body } = decodeRmcp(datagram);
  if (rmcpClass !== 'ipmi' || body[0] !== FORMAT_PLUS) return undefined;
  needBytes(body, HEAD_BYTES, 'RMCP+ header');
  const type = body.readUInt8(1);
  const payloadBytes = body.readUInt16LE(10);
  needBytes(body, HEAD_BYTES + payloadBytes, 'RMCP+ payload');
  return {
    payloadType: type & 0x3f,
    encrypted: (type & ENCRYPTED) !== 0,
    authenticated: (type & AUTHENTICATED) !== 0,
    sessionId: body.readUInt32LE(2),
    sequence: body.readUInt32LE(6),
    payload: body.subarray(HEAD_BYTES, HEAD_BYTES + payloadBytes),
    signedOn: body,
  };
}

/** The part of an authenticated packet that its code covers, and the code. */
export interface SignedParts {
  readonly signed: Buffer;
  readonly authCode: Buffer;
}

//  payload | FFh ... | pad length | next header 07h | authentication code
/** Finds the session trailer (IPMI 2.0 §13.6) for a code of `authCodeBytes`. Throws MalformedMessage. */
export function signedParts(packet: PlusPacket, authCodeBytes: number): SignedParts {
  const { signedOn, payload } = packet;
  const payloadEnd = HEAD_BYTES + payload.length;
  needBytes(signedOn, payloadEnd + 2 + authCodeBytes, 'session trailer');
  // Read from the end: some BMCs pad with other than FFh, or by more.
  const codeAt = signedOn.length - authCodeBytes;
  const padBytes = signedOn.readUInt8(codeAt - 2);
  if (payloadEnd + padBytes + 2 !== codeAt) throw new MalformedMessage(`session trailer: pad of ${padBytes}`);
  return { signed: signedOn.subarray(0, codeAt), authCode: signedOn.subarray(codeAt) };
}

/** A packet outside of a session: session ID and sequence number are 0, nothing is protected. */
export function encodePlainPacket(payloadType: number, payload: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(RMCP_IPMI.length + HEAD_BYTES + payload.length);
  writeHead(bytes, payloadType, 0, 0, payload.length);
  payload.copy(bytes, RMCP_IPMI.length + HEAD_BYTES);
  return bytes;
}

export interface ProtectedPacket {
  readonly payloadType: number;
  /** The receiver's. */
  readonly sessionId: number;
  readonly sequence: number;
  /** Encrypted already. */
  readonly payload: Buffer;
  readonly authCodeBytes: number;
  /** The whole HMAC of what is to be signed; its first bytes become the code. */
  readonly sign: (signed: Buffer) => Buffer;
}

/** A packet of a session, encrypted and authenticated (IPMI 2.0 §13.6). */
export function encodeProtectedPacket(packet: ProtectedPacket): Buffer {
  const { payload, authCodeBytes } = packet;
  const start = RMCP_IPMI.length;
  const padBytes = -(HEAD_BYTES + payload.length + 2) & 3;
  const signedBytes = HEAD_BYTES + payload.length + padBytes + 2;
  const bytes = Buffer.allocUnsafe(start + signedBytes + authCodeBytes);
  const type = packet.payloadType | ENCRYPTED | AUTHENTICATED;
  writeHead(bytes, type, packet.sessionId, packet.sequence, payload.length);
  payload.copy(bytes, start + HEAD_BYTES);
  bytes.fill(0xff, start + HEAD_BYTES + payload.length, start + signedBytes - 2);
  bytes[start + signedBytes - 2] = padBytes;
  bytes[start + signedBytes - 1] = NEXT_HEADER;
  packet.sign(bytes.subarray(start, start + signedBytes)).copy(bytes, start + signedBytes, 0, authCodeBytes);
  return bytes;
}

function writeHead(bytes: Buffer, type: number, sessionId: number, sequence: number, length: number): void {
  if (length > 0xffff) throw new UnencodableMessage(`RMCP+ payload of ${length} bytes`);
  RMCP_IPMI.copy(bytes);
  const start = RMCP_IPMI.length;
  bytes[start] = FORMAT_PLUS;
  bytes[start + 1] = type;
  bytes.writeUInt32LE(sessionId, start + 2);
  bytes.writeUInt32LE(sequence, start + 6);
  bytes.writeUInt16LE(length, start + 10);
}
