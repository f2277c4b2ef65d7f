import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Secret } from '../domain/access/secret.ts';
import { contentOf, type DerValue, decodeDer, decodeInside, decodeOid, MalformedDer, TAG } from './der.ts';

/** A certificate request (RFC 2986 §4), as far as a decision needs it. */
export interface Csr {
  /** Parts of its subject, in order: object identifier and text. */
  readonly subject: readonly { readonly type: string; readonly value: string }[];
  /** The whole of its SubjectPublicKeyInfo: what a certificate made of it must have as well. */
  readonly publicKey: Buffer;
  /** The key's kind and size: `rsa 4096`. */
  readonly keyKind: string;
  /** Was it made by the holder of the private key? False as well for an algorithm that is too weak or not known. */
  readonly isSelfSigned: boolean;
  /** RFC 2985 §5.4.1; null without. */
  readonly challenge: Secret | null;
  /** Object identifiers of the extensions that it asks for (RFC 2985 §5.4.2): alternative names, trusted facts … */
  readonly extensions: readonly string[];
}

/** Signature algorithms, by object identifier, and the digest that Node wants for them. No SHA-1. */
const DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256', // RSA, RFC 8017 §8.2
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256', // ECDSA, RFC 5758 §3.2
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

const CHALLENGE_PASSWORD = '1.2.840.113549.1.9.7';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const TEXT_TAGS: readonly number[] = [TAG.utf8String, TAG.printableString, TAG.ia5String];
/** That of a key of 16,384 bits is smaller. */
const LARGEST_PEM = 16 * 1024;
const PEM =
  /^-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----\s([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----$/;

/** Reads a request in PEM (RFC 7468 §7), exactly one. Throws MalformedDer. */
export function decodeCsr(pem: string): Csr {
  const base64 = pem.length <= LARGEST_PEM ? PEM.exec(pem.trim())?.[1] : undefined;
  if (base64 === undefined) throw new MalformedDer('no certificate request in PEM');
  const [info, algorithm, signature, ...rest] = decodeInside(
    decodeDer(Buffer.from(base64, 'base64')),
    TAG.sequence,
  );
  if (info === undefined || rest.length > 0) throw new MalformedDer('not the three parts of a request');
  const [version, subject, publicKey, attributes, ...more] = decodeInside(info, TAG.sequence);
  // Version 0 is version 1 (RFC 2986 §4.1).
  if (!contentOf(version, TAG.integer).equals(Buffer.from([0])) || more.length > 0)
    throw new MalformedDer('a request of another version');
  if (publicKey === undefined) throw new MalformedDer('a request without a key');
  const key = readKey(publicKey.whole);
  return {
    subject: readSubject(subject),
    publicKey: publicKey.whole,
    keyKind: kindOf(key),
    isSelfSigned: isSignedBy(key, info.whole, algorithm, signature),
    ...readAttributes(attributes),
  };
}

/** RFC 5280 §4.1.2.4. */
function readSubject(name: DerValue | undefined): Csr['subject'] {
  return decodeInside(name, TAG.sequence).flatMap((set) =>
    decodeInside(set, TAG.set).map((pair) => {
      const [type, value] = decodeInside(pair, TAG.sequence);
      return { type: decodeOid(type), value: textOf(value) };
    }),
  );
}

function readAttributes(attributes: DerValue | undefined): Pick<Csr, 'challenge' | 'extensions'> {
  let challenge: Secret | null = null;
  const extensions: string[] = [];
  const all = attributes === undefined ? [] : decodeInside(attributes, TAG.context0);
  for (const attribute of all) {
    const [type, values] = decodeInside(attribute, TAG.sequence);
    const oid = decodeOid(type);
    if (oid !== CHALLENGE_PASSWORD && oid !== EXTENSION_REQUEST) continue;
    const [value, ...more] = decodeInside(values, TAG.set);
    if (more.length > 0) throw new MalformedDer('an attribute with several values');
    if (oid === EXTENSION_REQUEST) {
      for (const extension of decodeInside(value, TAG.sequence))
        extensions.push(decodeOid(decodeInside(extension, TAG.sequence)[0]));
    } else if (challenge !== null) throw new MalformedDer('two challenges');
    else challenge = new Secret(textOf(value));
  }
  return { challenge, extensions };
}

function textOf(value: DerValue | undefined): string {
  if (value !== undefined && TEXT_TAGS.includes(value.tag)) return value.content.toString('utf8');
  throw new MalformedDer('text of another kind');
}

function readKey(der: Buffer): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    throw new MalformedDer('a key that is none');
  }
}

function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const size = asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve ?? '';
  return `${asymmetricKeyType} ${size}`.trim();
}

function isSignedBy(
  key: KeyObject,
  signed: Buffer,
  algorithm: DerValue | undefined,
  signature: DerValue | undefined,
): boolean {
  const digest = DIGESTS[decodeOid(decodeInside(algorithm, TAG.sequence)[0])];
  // The first byte counts unused bits (X.690 §8.6.2), of which a signature has none.
  const bits = contentOf(signature, TAG.bitString);
  if (digest === undefined || bits[0] !== 0) return false;
  try {
    return verify(digest, signed, key, bits.subarray(1));
  } catch {
    // A key of a kind that this algorithm is not for.
    return false;
  }
}
