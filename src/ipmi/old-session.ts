import { createHash, timingSafeEqual } from 'node:crypto';
import { UnencodableMessage } from './malformed.ts';
import { AUTH_TYPE, type AuthType, decodeOldPacket, encodeOldPacket } from './old-packet.ts';
import { FORMAT_PLUS, PAYLOAD } from './plus-packet.ts';
import { decodeRmcp } from './rmcp.ts';
import type { OpenedPacket, SessionWrapping } from './session.ts';

export interface OldSessionFacts {
  readonly sessionId: number;
  /** MD5, or none where the BMC has said that packets need no code of their own. */
  readonly authType: AuthType;
  /** 16 bytes. */
  readonly password: Buffer;
  readonly firstSequence: number;
}

/** Wraps the packets of a session of IPMI 1.5: readable to all, and signed by MD5 (IPMI 2.0 §22.17.1). */
export function oldWrapping(facts: OldSessionFacts): SessionWrapping {
  const { sessionId, authType, password, firstSequence } = facts;
  return {
    bmcId: sessionId,
    firstSequence,
    seal(payloadType: number, sequence: number, payload: Buffer): Buffer {
      if (payloadType !== PAYLOAD.ipmi) throw new UnencodableMessage('IPMI 1.5 carries IPMI messages only');
      const authCode =
        authType === AUTH_TYPE.none ? undefined : md5Code(password, sessionId, sequence, payload);
      return encodeOldPacket({ authType, sequence, sessionId, authCode, payload });
    },
    open(datagram: Buffer): OpenedPacket | string {
      const { type, body } = decodeRmcp(datagram);
      if (type !== 'ipmi' || body[0] === FORMAT_PLUS) return 'no packet of IPMI 1.5';
      const packet = decodeOldPacket(body);
      if (packet.sessionId !== sessionId) return 'packet of another session';
      if (authType === AUTH_TYPE.md5) {
        const right = md5Code(password, sessionId, packet.sequence, packet.payload);
        if (packet.authCode === undefined || !timingSafeEqual(right, packet.authCode))
          return 'packet without a right authentication code';
      }
      // A copy: the datagram's memory is another's after this call.
      const payload = Buffer.from(packet.payload);
      return { payloadType: PAYLOAD.ipmi, sequence: packet.sequence, payload };
    },
  };
}

/** IPMI 2.0 §22.17.1: MD5(password | session ID | message | sequence number | password) */
function md5Code(password: Buffer, sessionId: number, sequence: number, payload: Buffer): Buffer {
  const numbers = Buffer.allocUnsafe(8);
  numbers.writeUInt32LE(sessionId, 0);
  numbers.writeUInt32LE(sequence, 4);
  return createHash('md5')
    .update(password)
    .update(numbers.subarray(0, 4))
    .update(payload)
    .update(numbers.subarray(4))
    .update(password)
    .digest();
}
