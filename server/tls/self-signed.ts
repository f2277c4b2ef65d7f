import { createPrivateKey, createPublicKey, sign } from 'node:crypto';

const HOUR_MS = 3_600_000;
/** Clocks of clients that are a little slow. */
const BEFORE_MS = 24 * HOUR_MS;
const YEARS = 10;
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const ALTERNATIVE_NAME = '2.5.29.17';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

/** Tags of X.690 §8; those with 0x20 hold others. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export interface SelfSigned {
  /** PEM of an EC key on P-256. */
  readonly key: string;
  /** Host names; the first is the subject. At least one. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  /** 1 to 20 bytes, never used twice. */
  readonly serial: Buffer;
  readonly nowMs: number;
}

/** A certificate that nobody vouches for, as PEM: RFC 5280 §4.1. Good for ten years. */
export function makeSelfSigned({ key, names, addresses, serial, nowMs }: SelfSigned): string {
  const algorithm = der(TAG.sequence, oid(ECDSA_WITH_SHA256));
  const subject = nameOf(names[0] ?? 'provision');
  const until = new Date(nowMs);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  const body = der(
    TAG.sequence,
    der(0xa0, der(TAG.integer, Buffer.of(2))),
    // RFC 5280 §4.1.2.2: positive.
    der(TAG.integer, Buffer.concat([Buffer.of(1), serial.subarray(0, 19)])),
    algorithm,
    subject,
    der(TAG.sequence, time(nowMs - BEFORE_MS), time(until.getTime())),
    subject,
    createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' }),
    der(0xa3, der(TAG.sequence, ...extensions(names, addresses))),
  );
  const signature = sign('sha256', body, key);
  const whole = der(TAG.sequence, body, algorithm, der(TAG.bits, Buffer.of(0), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extensions(names: readonly string[], addresses: readonly string[]): Buffer[] {
  // RFC 5280 §4.2.1.6: dNSName is [2], iPAddress is [7].
  const alternatives = [
    ...names.map((name) => der(0x82, Buffer.from(name, 'latin1'))),
    ...addresses.map((address) => der(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  const isCritical = der(TAG.boolean, Buffer.of(0xff));
  return [
    der(TAG.sequence, oid(BASIC_CONSTRAINTS), isCritical, der(TAG.octets, der(TAG.sequence))),
    der(TAG.sequence, oid(ALTERNATIVE_NAME), der(TAG.octets, der(TAG.sequence, ...alternatives))),
    der(
      TAG.sequence,
      oid(EXTENDED_KEY_USAGE),
      der(TAG.octets, der(TAG.sequence, oid(SERVER_AUTHENTICATION))),
    ),
  ];
}

function nameOf(text: string): Buffer {
  const attribute = der(TAG.sequence, oid(COMMON_NAME), der(TAG.utf8, Buffer.from(text.slice(0, 64))));
  return der(TAG.sequence, der(TAG.set, attribute));
}

/** RFC 5280 §4.1.2.5: UTCTime until 2049, GeneralizedTime from then on. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  const year = new Date(ms).getUTCFullYear();
  return year < 2050
    ? der(TAG.utcTime, Buffer.from(`${text.slice(2)}Z`))
    : der(TAG.generalizedTime, Buffer.from(`${text}Z`));
}

/** X.690 §8.19. */
function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [40 * first + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(TAG.oid, Buffer.from(bytes));
}

/** A value with its tag and length: X.690 §8.1. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const head =
    length < 0x100 ? Buffer.of(tag, 0x81, length) : Buffer.of(tag, 0x82, length >> 8, length & 0xff);
  return Buffer.concat([head, content]);
}
