import { MalformedMessage, needBytes } from './malformed.ts';

/** RMCP's UDP port (IPMI 2.0 §13.1.2). */
export const RMCP_PORT = 623;

/** IPMI 2.0 §13.1.3: version 06h, reserved, sequence FFh (no RMCP ACK wanted), class. */
const RMCP_BYTES = 4;
const VERSION = 0x06;
const NO_ACK = 0xff;
const CLASS_ASF = 0x06;
const CLASS_IPMI = 0x07;

/** The RMCP header of every IPMI message. */
export const RMCP_IPMI = Buffer.from([VERSION, 0x00, NO_ACK, CLASS_IPMI]);

/** What follows the RMCP header. */
export interface RmcpBody {
  readonly type: 'asf' | 'ipmi';
  /** A view, no copy. */
  readonly body: Buffer;
}

/** Reads the RMCP header (IPMI 2.0 §13.1.3). Throws MalformedMessage. */
export function decodeRmcp(bytes: Buffer): RmcpBody {
  needBytes(bytes, RMCP_BYTES + 1, 'RMCP message');
  if (bytes[0] !== VERSION) throw new MalformedMessage(`RMCP version ${bytes[0]}, not ${VERSION}`);
  // The upper bit marks an RMCP ACK, which carries nothing; the class is below it.
  if (bytes[3] === CLASS_IPMI) return { type: 'ipmi', body: bytes.subarray(RMCP_BYTES) };
  if (bytes[3] === CLASS_ASF) return { type: 'asf', body: bytes.subarray(RMCP_BYTES) };
  throw new MalformedMessage(`RMCP class 0x${bytes[3]?.toString(16)} is neither ASF nor IPMI`);
}

/** The Alerting Standard Forum's number at IANA, which marks ASF messages. */
const ASF_IANA = 4542;
const ASF_HEAD_BYTES = 8;
const PRESENCE_PING = 0x80;
const PRESENCE_PONG = 0x40;

/** RMCP/ASF Presence Ping (IPMI 2.0 §13.2.3): is anybody there? `tag` 0–254 comes back with the answer. */
export function encodePing(tag: number): Buffer {
  const bytes = Buffer.alloc(RMCP_BYTES + ASF_HEAD_BYTES);
  bytes.set([VERSION, 0x00, NO_ACK, CLASS_ASF]);
  bytes.writeUInt32BE(ASF_IANA, 4);
  bytes[8] = PRESENCE_PING;
  bytes[9] = tag;
  return bytes;
}

/** RMCP/ASF Presence Pong (IPMI 2.0 §13.2.4). */
export interface Pong {
  readonly tag: number;
  /** The entity behind it speaks IPMI. */
  readonly ipmi: boolean;
}

/** Reads a Presence Pong from what follows the RMCP header. Throws MalformedMessage. */
export function decodePong(body: Buffer): Pong {
  needBytes(body, ASF_HEAD_BYTES, 'ASF header');
  if (body.readUInt32BE(0) !== ASF_IANA || body[4] !== PRESENCE_PONG)
    throw new MalformedMessage('ASF message is no Presence Pong');
  needBytes(body, ASF_HEAD_BYTES + 10, 'Presence Pong');
  // 4 bytes IANA, 4 bytes OEM, then supported entities: bit 7 IPMI.
  return { tag: body.readUInt8(5), ipmi: (body.readUInt8(ASF_HEAD_BYTES + 8) & 0x80) !== 0 };
}
