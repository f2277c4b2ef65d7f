import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import type { CipherSuite } from './cipher-suites.ts';
import type { SessionKeys } from './keys.ts';
import { MalformedMessage } from './malformed.ts';
import { encodeProtectedPacket, type PlusPacket, signedParts } from './plus-packet.ts';

const AES = 'aes-128-cbc';
const BLOCK_BYTES = 16;

/** A payload to be encrypted and signed. */
export interface OpenPayload {
  readonly payloadType: number;
  /** The receiver's. */
  readonly sessionId: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** Encrypts and signs one packet of a session (IPMI 2.0 §13.6, §13.29). `iv` are 16 random bytes. */
export function sealPacket(suite: CipherSuite, keys: SessionKeys, open: OpenPayload, iv: Buffer): Buffer {
  return encodeProtectedPacket({
    payloadType: open.payloadType,
    sessionId: open.sessionId,
    sequence: open.sequence,
    payload: encrypt(keys.confidentiality, open.payload, iv),
    authCodeBytes: suite.authCodeBytes,
    sign: (signed) => createHmac(suite.hash, keys.integrity).update(signed).digest(),
  });
}

/**
 * The payload of a packet whose authentication code is right, decrypted; undefined where it is not signed or the code is
 * wrong. A session that was agreed to be encrypted takes nothing in the clear. Throws MalformedMessage.
 */
export function openPacket(suite: CipherSuite, keys: SessionKeys, packet: PlusPacket): Buffer | undefined {
  if (!packet.authenticated || !packet.encrypted) return undefined;
  const { signed, authCode } = signedParts(packet, suite.authCodeBytes);
  const expected = createHmac(suite.hash, keys.integrity).update(signed).digest();
  if (!timingSafeEqual(expected.subarray(0, suite.authCodeBytes), authCode)) return undefined;
  return decrypt(keys.confidentiality, packet.payload);
}

//  IV (16) | encrypted: payload | 01h 02h 03h ... | pad length           IPMI 2.0 §13.29
function encrypt(key: Buffer, payload: Buffer, iv: Buffer): Buffer {
  const padBytes = BLOCK_BYTES - 1 - (payload.length % BLOCK_BYTES);
  const clear = Buffer.allocUnsafe(payload.length + padBytes + 1);
  payload.copy(clear);
  for (let i = 0; i < padBytes; i += 1) clear[payload.length + i] = i + 1;
  clear[clear.length - 1] = padBytes;
  const cipher = createCipheriv(AES, key, iv).setAutoPadding(false);
  // The last block leaves with update, as all of them are whole.
  return Buffer.concat([iv, cipher.update(clear)]);
}

function decrypt(key: Buffer, sealed: Buffer): Buffer {
  const whole = sealed.length % BLOCK_BYTES === 0;
  if (sealed.length < 2 * BLOCK_BYTES || !whole)
    throw new MalformedMessage(`encrypted payload of ${sealed.length} bytes`);
  const decipher = createDecipheriv(AES, key, sealed.subarray(0, BLOCK_BYTES)).setAutoPadding(false);
  const clear = decipher.update(sealed.subarray(BLOCK_BYTES));
  const padBytes = clear.readUInt8(clear.length - 1);
  // The values of the pad bytes are not looked at: the packet is authentic, and some BMCs count them from 0.
  if (padBytes >= BLOCK_BYTES) throw new MalformedMessage(`confidentiality pad of ${padBytes} bytes`);
  return clear.subarray(0, clear.length - 1 - padBytes);
}
