import { createHash } from 'node:crypto';
import { type BmcUser, USER } from './options.ts';
import { AUTH_MD5, encode15, encode20, type Packet15, type Packet20 } from './packet.ts';
import { SequenceWindow } from './sequence-window.ts';
import type { Spoil } from './spoil.ts';
import {
  decryptPayload,
  encryptPayload,
  integrityBytes,
  integrityCode,
  isSame,
  type SessionKeys,
  type Suite,
} from './suites.ts';

/** One slot of the session table, from Open Session Request or Get Session Challenge on. */
export interface Session {
  readonly id: number;
  /** The id that the other side chose; 1.5 has one id only. */
  readonly consoleId: number;
  /** Null in a session of IPMI 1.5. */
  readonly suite: Suite | null;
  /** Address and port of the other side. */
  readonly peer: string;
  isActive: boolean;
  user: BmcUser | undefined;
  /** What it may raise itself to. */
  limit: number;
  privilege: number;
  keys: SessionKeys;
  inbound: SequenceWindow;
  outbound: number;
  heardMs: number;
  /** Serial over LAN: sequence number of the last packet that was sent; null where it is not active. */
  sol: number | null;
}

export function newSession(
  fields: Pick<Session, 'id' | 'consoleId' | 'suite' | 'peer' | 'heardMs'>,
): Session {
  return {
    ...fields,
    isActive: false,
    user: undefined,
    limit: USER,
    privilege: USER,
    keys: { k1: Buffer.alloc(0), k2: Buffer.alloc(0) },
    inbound: new SequenceWindow(0),
    outbound: 0,
    sol: null,
  };
}

/** The payload of a packet that belongs to the session; undefined where it does not, or was there before. */
export function decodeInSession(session: Session, packet: Packet20): Buffer | undefined {
  const { suite, keys } = session;
  if (suite === null || !session.isActive) return undefined;
  const codeBytes = integrityBytes(suite);
  if (packet.authenticated !== codeBytes > 0) return undefined;
  if (packet.encrypted !== suite.confidentiality > 0) return undefined;
  if (codeBytes > 0) {
    const signed = packet.session.subarray(0, -codeBytes);
    if (!isSame(integrityCode(suite, keys.k1, signed), packet.session.subarray(-codeBytes))) return undefined;
    if (!session.inbound.accept(packet.sequence)) return undefined;
  }
  return packet.encrypted ? decryptPayload(keys.k2, packet.payload) : packet.payload;
}

export function encodeInSession(
  session: Session,
  payload: { readonly type: number; readonly bytes: Buffer },
  random: (bytes: number) => Buffer,
  spoil: Spoil,
): Buffer {
  session.outbound += 1;
  const bytes = spoil.payload?.(payload.bytes) ?? payload.bytes;
  const sessionId = spoil.sessionId?.(session.consoleId) ?? session.consoleId;
  const { suite, keys } = session;
  if (suite === null)
    return encode15(sign15(session, { sequence: session.outbound, sessionId: session.id, payload: bytes }));
  const isEncrypted = suite.confidentiality > 0;
  return encode20({
    payloadType: payload.type,
    encrypted: isEncrypted,
    sessionId,
    sequence: session.outbound,
    payload: isEncrypted ? encryptPayload(keys.k2, random(16), bytes, spoil.padding) : bytes,
    ...(suite.integrity > 0 && { sign: (signed: Buffer) => integrityCode(suite, keys.k1, signed) }),
  });
}

/** Is the code of a packet of IPMI 1.5 right? Each is authenticated (IPMI 2.0 §22.17.1). */
export function isSigned15(session: Session, packet: Packet15): boolean {
  return packet.authType === AUTH_MD5 && isSame(sign15(session, packet).authCode, packet.authCode);
}

export function sign15(
  session: Session,
  { sequence, sessionId, payload }: Pick<Packet15, 'sequence' | 'sessionId' | 'payload'>,
): Omit<Packet15, 'kind'> {
  const password = Buffer.alloc(16);
  password.write(session.user?.password ?? '');
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32LE(sessionId, 0);
  numbers.writeUInt32LE(sequence, 4);
  const authCode = createHash('md5')
    .update(password)
    .update(numbers.subarray(0, 4))
    .update(payload)
    .update(numbers.subarray(4))
    .update(password)
    .digest();
  return { authType: AUTH_MD5, sequence, sessionId, authCode, payload };
}
