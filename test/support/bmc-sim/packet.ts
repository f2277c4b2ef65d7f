/** RMCP+ payload types (IPMI 2.0 §13.27.3). */
export const PAYLOAD = {
  ipmi: 0x00,
  sol: 0x01,
  openRequest: 0x10,
  openResponse: 0x11,
  rakp1: 0x12,
  rakp2: 0x13,
  rakp3: 0x14,
  rakp4: 0x15,
} as const;

/** IPMI 1.5 authentication types (IPMI 2.0 §13.6); 6 says that the packet is RMCP+. */
export const AUTH_NONE = 0;
export const AUTH_MD5 = 2;
const AUTH_RMCPPLUS = 6;

const CLASS_ASF = 6;
const CLASS_IPMI = 7;

export interface Ping {
  readonly kind: 'ping';
  readonly tag: number;
}

export interface Packet15 {
  readonly kind: '1.5';
  readonly authType: number;
  readonly sequence: number;
  readonly sessionId: number;
  /** 16 bytes, or none where nothing authenticates the packet. */
  readonly authCode: Buffer;
  readonly payload: Buffer;
}

export interface Packet20 {
  readonly kind: '2.0';
  readonly payloadType: number;
  readonly encrypted: boolean;
  readonly authenticated: boolean;
  readonly sessionId: number;
  readonly sequence: number;
  readonly payload: Buffer;
  /** From the authentication type on: what the AuthCode, which is the end of it, is about. */
  readonly session: Buffer;
}

const RMCP_BYTES = 4;

/** What a BMC reads out of a datagram (IPMI 2.0 §13.6, §13.2.3); undefined for what it passes over in silence. */
export function decodePacket(bytes: Buffer): Ping | Packet15 | Packet20 | undefined {
  if (bytes.length < 12 || bytes[0] !== 0x06) return undefined;
  if (bytes[3] === CLASS_ASF)
    return bytes.readUInt32BE(4) === 4542 && bytes[8] === 0x80
      ? { kind: 'ping', tag: bytes.readUInt8(9) }
      : undefined;
  if (bytes[3] !== CLASS_IPMI) return undefined;
  const session = bytes.subarray(RMCP_BYTES);
  return session[0] === AUTH_RMCPPLUS ? decode20(session) : decode15(session);
}

function decode15(session: Buffer): Packet15 | undefined {
  const authType = session.readUInt8(0);
  const codeBytes = authType === AUTH_NONE ? 0 : 16;
  if (session.length < 10 + codeBytes) return undefined;
  const start = 10 + codeBytes;
  const length = session.readUInt8(start - 1);
  if (session.length < start + length) return undefined;
  return {
    kind: '1.5',
    authType,
    sequence: session.readUInt32LE(1),
    sessionId: session.readUInt32LE(5),
    authCode: session.subarray(9, 9 + codeBytes),
    payload: session.subarray(start, start + length),
  };
}

function decode20(session: Buffer): Packet20 | undefined {
  if (session.length < 12) return undefined;
  const type = session.readUInt8(1);
  const length = session.readUInt16LE(10);
  if (session.length < 12 + length) return undefined;
  return {
    kind: '2.0',
    payloadType: type & 0x3f,
    encrypted: (type & 0x80) !== 0,
    authenticated: (type & 0x40) !== 0,
    sessionId: session.readUInt32LE(2),
    sequence: session.readUInt32LE(6),
    payload: session.subarray(12, 12 + length),
    session,
  };
}

/** ASF presence pong: speaks IPMI (IPMI 2.0 §13.2.4). */
export function encodePong(tag: number): Buffer {
  return Buffer.from([
    6,
    0,
    0xff,
    CLASS_ASF,
    0,
    0,
    0x11,
    0xbe,
    0x40,
    tag,
    0,
    16,
    0,
    0,
    0x11,
    0xbe,
    0,
    0,
    0,
    0,
    0x81,
    ...Buffer.alloc(7),
  ]);
}

export function encode15(packet: Omit<Packet15, 'kind'>): Buffer {
  const head = Buffer.from([6, 0, 0xff, CLASS_IPMI, packet.authType, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(packet.sequence, 5);
  head.writeUInt32LE(packet.sessionId, 9);
  return Buffer.concat([head, packet.authCode, Buffer.from([packet.payload.length]), packet.payload]);
}

/** What a packet carries, and how its AuthCode is made; without `sign` it has none. */
export interface Outgoing20 {
  readonly payloadType: number;
  readonly encrypted?: boolean;
  readonly sessionId: number;
  readonly sequence: number;
  readonly payload: Buffer;
  readonly sign?: (signed: Buffer) => Buffer;
}

/** An RMCP+ packet; the integrity pad makes what is signed a multiple of 4 bytes (IPMI 2.0 §13.6). */
export function encode20({ payloadType, encrypted, sessionId, sequence, payload, sign }: Outgoing20): Buffer {
  const flags = (encrypted === true ? 0x80 : 0) | (sign === undefined ? 0 : 0x40);
  const head = Buffer.alloc(RMCP_BYTES + 12);
  head.set([6, 0, 0xff, CLASS_IPMI, AUTH_RMCPPLUS, payloadType | flags]);
  head.writeUInt32LE(sessionId, 6);
  head.writeUInt32LE(sequence, 10);
  head.writeUInt16LE(payload.length, 14);
  if (sign === undefined) return Buffer.concat([head, payload]);
  const padBytes = (4 - ((12 + payload.length + 2) % 4)) % 4;
  const trailer = Buffer.alloc(padBytes + 2, 0xff);
  trailer.set([padBytes, 0x07], padBytes);
  const packet = Buffer.concat([head, payload, trailer]);
  return Buffer.concat([packet, sign(packet.subarray(RMCP_BYTES))]);
}
