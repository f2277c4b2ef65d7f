import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';

/** The algorithms of one cipher suite (IPMI 2.0 §22.15.2), by their numbers in the Open Session Request. */
export interface Suite {
  readonly id: number;
  /** IPMI 2.0 §13.28. */
  readonly authentication: number;
  /** IPMI 2.0 §13.28.4. */
  readonly integrity: number;
  /** IPMI 2.0 §13.28.5. */
  readonly confidentiality: number;
}

export const SUITES: readonly Suite[] = [
  { id: 0, authentication: 0, integrity: 0, confidentiality: 0 },
  { id: 3, authentication: 1, integrity: 1, confidentiality: 1 },
  { id: 8, authentication: 2, integrity: 2, confidentiality: 1 },
  { id: 17, authentication: 3, integrity: 4, confidentiality: 1 },
];

/** By authentication algorithm: the hash, and the bytes of its code that RAKP 4 holds (IPMI 2.0 §13.28.1). */
const AUTHENTICATION = new Map([
  [1, { hash: 'sha1', rakp4Bytes: 12 }],
  [2, { hash: 'md5', rakp4Bytes: 16 }],
  [3, { hash: 'sha256', rakp4Bytes: 16 }],
]);

const INTEGRITY = new Map([
  [1, { hash: 'sha1', bytes: 12 }],
  [2, { hash: 'md5', bytes: 16 }],
  [4, { hash: 'sha256', bytes: 16 }],
]);

/** A keyed code of all parts by the authentication algorithm; empty for RAKP-none. */
export function authenticate(suite: Suite, key: Buffer, ...parts: readonly Buffer[]): Buffer {
  const algorithm = AUTHENTICATION.get(suite.authentication);
  if (algorithm === undefined) return Buffer.alloc(0);
  const hmac = createHmac(algorithm.hash, key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** The integrity check value of RAKP 4 (IPMI 2.0 §13.23). */
export function rakp4Code(suite: Suite, sik: Buffer, ...parts: readonly Buffer[]): Buffer {
  const bytes = AUTHENTICATION.get(suite.authentication)?.rakp4Bytes ?? 0;
  return authenticate(suite, sik, ...parts).subarray(0, bytes);
}

/** K1 for integrity, K2 for confidentiality (IPMI 2.0 §13.32). */
export interface SessionKeys {
  readonly k1: Buffer;
  readonly k2: Buffer;
}

export function deriveKeys(suite: Suite, sik: Buffer): SessionKeys {
  return {
    k1: authenticate(suite, sik, Buffer.alloc(20, 1)),
    k2: authenticate(suite, sik, Buffer.alloc(20, 2)),
  };
}

export function integrityBytes(suite: Suite): number {
  return INTEGRITY.get(suite.integrity)?.bytes ?? 0;
}

/** The AuthCode of a packet, over everything from its authentication type to its next header (IPMI 2.0 §13.28.4). */
export function integrityCode(suite: Suite, k1: Buffer, signed: Buffer): Buffer {
  const algorithm = INTEGRITY.get(suite.integrity);
  if (algorithm === undefined) return Buffer.alloc(0);
  return createHmac(algorithm.hash, k1).update(signed).digest().subarray(0, algorithm.bytes);
}

export function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** AES-CBC-128 with its own padding 1, 2, 3 …, pad length, and the vector in front (IPMI 2.0 §13.29). */
export function encryptPayload(k2: Buffer, iv: Buffer, payload: Buffer, padding = rightPadding): Buffer {
  const cipher = createCipheriv('aes-128-cbc', k2.subarray(0, 16), iv).setAutoPadding(false);
  const trailer = padding((16 - ((payload.length + 1) % 16)) % 16);
  return Buffer.concat([iv, cipher.update(payload), cipher.update(trailer), cipher.final()]);
}

/** `length` bytes of confidentiality pad, and their number. */
export function rightPadding(length: number): Buffer {
  return RIGHT_PADDINGS[length] ?? Buffer.alloc(0);
}

const RIGHT_PADDINGS = Array.from({ length: 16 }, (_, length) =>
  Buffer.from([...Array.from({ length }, (_, at) => at + 1), length]),
);

/** The payload, or undefined where the padding is wrong. */
export function decryptPayload(k2: Buffer, bytes: Buffer): Buffer | undefined {
  if (bytes.length < 32 || bytes.length % 16 !== 0) return undefined;
  const decipher = createDecipheriv('aes-128-cbc', k2.subarray(0, 16), bytes.subarray(0, 16));
  const plain = Buffer.concat([decipher.setAutoPadding(false).update(bytes.subarray(16)), decipher.final()]);
  const length = plain.at(-1) ?? 0;
  const end = plain.length - 1 - length;
  if (length > 15 || end < 0 || !plain.subarray(end).equals(rightPadding(length))) return undefined;
  return plain.subarray(0, end);
}
