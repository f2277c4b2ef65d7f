import type { CipherSuite } from './cipher-suites.ts';
import type { SessionKeys } from './keys.ts';
import { decodePlusPacket } from './plus-packet.ts';
import { openPacket, sealPacket } from './sealing.ts';
import type { OpenedPacket, RandomBytes, SessionWrapping } from './session.ts';

const IV_BYTES = 16;

/** Both ends of a session of IPMI 2.0. */
export interface PlusIds {
  readonly consoleId: number;
  readonly bmcId: number;
}

/** Wraps the packets of a session of IPMI 2.0: encrypted, signed, with sequence numbers from 1 (IPMI 2.0 §6.12.13). */
export function plusWrapping(suite: CipherSuite, keys: SessionKeys, ids: PlusIds): SessionWrapping {
  return {
    bmcId: ids.bmcId,
    firstSequence: 1,
    seal(payloadType: number, sequence: number, payload: Buffer, random: RandomBytes): Buffer {
      const open = { payloadType, sessionId: ids.bmcId, sequence, payload };
      return sealPacket(suite, keys, open, random(IV_BYTES));
    },
    open(datagram: Buffer): OpenedPacket | string {
      const packet = decodePlusPacket(datagram);
      if (packet === undefined) return 'no packet of IPMI 2.0';
      if (packet.sessionId !== ids.consoleId) return 'packet of another session';
      const payload = openPacket(suite, keys, packet);
      if (payload === undefined) return 'packet without a right authentication code';
      return { payloadType: packet.payloadType, sequence: packet.sequence, payload };
    },
  };
}
