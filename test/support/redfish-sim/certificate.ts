import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate with its key, for simulated BMCs and for the authorities that sign theirs. */
export interface Certificate {
  readonly name: string;
  readonly key: string;
  readonly cert: string;
  /** SHA-256, 64 hex digits. */
  readonly fingerprint: string;
  readonly privateKey: KeyObject;
}

export interface CertificateOptions {
  readonly name: string;
  /** IPv4 addresses that it is for. */
  readonly addresses?: readonly string[];
  /** Self-signed without. */
  readonly issuer?: Certificate;
  readonly isAuthority?: boolean;
  readonly notAfter?: string;
  /** For a key that somebody else has (SubjectPublicKeyInfo); `key` is then of no use. */
  readonly publicKey?: Buffer;
}

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const utcTime = (text: string) => der(0x17, Buffer.from(text, 'ascii'));
const TRUE = der(0x01, Buffer.from([255]));

/** RFC 5280 §4.1.2.4: one common name. */
const distinguishedName = (name: string) =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name, 'utf8')))));

/** RFC 5280 §4.2.1.6: iPAddress, [7]. */
const alternativeNames = (addresses: readonly string[]) =>
  sequence(
    oid('551d11'),
    der(
      0x04,
      sequence(...addresses.map((address) => der(0x87, Buffer.from(address.split('.').map(Number))))),
    ),
  );

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
let serial = 1;

/** Makes an X.509 v3 certificate (RFC 5280 §4.1) with a new P-256 key; no program is needed for it. */
export function makeCertificate(options: CertificateOptions): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = options.issuer?.name ?? options.name;
  const extensions = [
    sequence(oid('551d13'), TRUE, der(0x04, options.isAuthority ? sequence(TRUE) : sequence())),
    ...(options.addresses === undefined ? [] : [alternativeNames(options.addresses)]),
  ];
  serial += 1;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    sequence(utcTime('200101000000Z'), utcTime(options.notAfter ?? '490101000000Z')),
    distinguishedName(options.name),
    options.publicKey ?? publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, options.issuer?.privateKey ?? privateKey);
  const whole = sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature));
  // No empty line where the last one is full: OpenSSL takes that for the end.
  const base64 = whole.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return {
    name: options.name,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    fingerprint: createHash('sha256').update(whole).digest('hex'),
    privateKey,
  };
}
