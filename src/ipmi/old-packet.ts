import { MalformedMessage, needBytes, UnencodableMessage } from './malformed.ts';
import { RMCP_IPMI } from './rmcp.ts';

/** Authentication types of IPMI 1.5 (IPMI 2.0 §13.6) that are spoken here. */
export const AUTH_TYPE = { none: 0x00, md5: 0x02 } as const;
export type AuthType = (typeof AUTH_TYPE)[keyof typeof AUTH_TYPE];

const CODE_BYTES = 16;
/** Authentication type, sequence number, session ID. */
const HEAD_BYTES = 9;

/** A packet in the format of IPMI 1.5, also of requests outside of a session. Buffers are views. */
export interface OldPacket {
  readonly authType: AuthType;
  readonly sequence: number;
  readonly sessionId: number;
  /** 16 bytes; undefined where the type is none. */
  readonly authCode: Buffer | undefined;
  readonly payload: Buffer;
}

//  auth type | sequence (4) | session ID (4) | [authentication code (16)] | length | payload
/** Reads what follows the RMCP header (IPMI 2.0 §13.6). Throws MalformedMessage. */
export function decodeOldPacket(body: Buffer): OldPacket {
  needBytes(body, HEAD_BYTES + 1, 'IPMI 1.5 header');
  const authType = Object.values(AUTH_TYPE).find((known) => known === body[0]);
  if (authType === undefined)
    throw new MalformedMessage(`authentication type 0x${body[0]?.toString(16)} is neither none nor MD5`);
  const lengthAt = HEAD_BYTES + (authType === AUTH_TYPE.none ? 0 : CODE_BYTES);
  needBytes(body, lengthAt + 1, 'IPMI 1.5 header');
  const end = lengthAt + 1 + body.readUInt8(lengthAt);
  // Behind the payload there may be a pad byte, which some network cards of 1998 needed.
  needBytes(body, end, 'IPMI 1.5 payload');
  return {
    authType,
    sequence: body.readUInt32LE(1),
    sessionId: body.readUInt32LE(5),
    authCode: authType === AUTH_TYPE.none ? undefined : body.subarray(HEAD_BYTES, lengthAt),
    payload: body.subarray(lengthAt + 1, end),
  };
}

/** Writes one with its RMCP header. Throws UnencodableMessage where the payload is longer than 255 bytes. */
export function encodeOldPacket({ authType, sequence, sessionId, authCode, payload }: OldPacket): Buffer {
  if (payload.length > 0xff) throw new UnencodableMessage(`IPMI 1.5 payload of ${payload.length} bytes`);
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = authType;
  head.writeUInt32LE(sequence, 1);
  head.writeUInt32LE(sessionId, 5);
  const code = authType === AUTH_TYPE.none ? Buffer.alloc(0) : (authCode ?? Buffer.alloc(CODE_BYTES));
  return Buffer.concat([RMCP_IPMI, head, code, Buffer.from([payload.length]), payload]);
}
