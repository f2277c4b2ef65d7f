/** Bytes that are no DER, or not of the shape that is wanted. The message never holds a value. */
export class MalformedDer extends Error {
  override readonly name = 'MalformedDer';
}

/** Tags of X.690 §8 that certificate requests are made of; constructed ones have bit 6 set. */
export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  sequence: 0x30,
  set: 0x31,
  /** `[0]`, constructed: the attributes of a request. */
  context0: 0xa0,
} as const;

/** One value: its tag, what is in it, and all its bytes. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** Reads exactly one value. Throws MalformedDer, also if something follows it. */
export function decodeDer(bytes: Buffer): DerValue {
  const [value, ...more] = decodeAll(bytes);
  if (value === undefined || more.length > 0) throw new MalformedDer('not one value');
  return value;
}

/** The values inside of one, which must have this tag. Throws MalformedDer. */
export function decodeInside(value: DerValue | undefined, tag: number): DerValue[] {
  return decodeAll(contentOf(value, tag));
}

/** What is in a value, which must be there and have this tag. Throws MalformedDer. */
export function contentOf(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag === tag) return value.content;
  throw new MalformedDer(`no value of tag ${tag} where one must be`);
}

/** `1.2.840.113549.1.9.7` of an object identifier (X.690 §8.19). Throws MalformedDer. */
export function decodeOid(value: DerValue | undefined): string {
  const arcs: number[] = [];
  let arc = 0;
  let isWhole = false;
  for (const byte of contentOf(value, TAG.oid)) {
    if (arc > 2 ** 40) throw new MalformedDer('an object identifier with an arc that is too large');
    arc = arc * 128 + (byte & 0x7f);
    isWhole = byte < 0x80;
    if (!isWhole) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first] = arcs;
  if (first === undefined || !isWhole) throw new MalformedDer('an object identifier that ends in the middle');
  const top = Math.min(Math.floor(first / 40), 2);
  return [top, first - top * 40, ...arcs.slice(1)].join('.');
}

/** Values one after another; definite lengths in their shortest form only (X.690 §10.1), tags of one byte. */
function decodeAll(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    if ((tag & 0x1f) === 0x1f) throw new MalformedDer('a tag of several bytes');
    const { length, start } = lengthAt(bytes, at + 1);
    const end = start + length;
    if (end > bytes.length) throw new MalformedDer('a value that is longer than its surroundings');
    values.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return values;
}

function lengthAt(bytes: Buffer, at: number): { length: number; start: number } {
  const first = bytes[at];
  if (first === undefined) throw new MalformedDer('a value without a length');
  if (first < 0x80) return { length: first, start: at + 1 };
  const size = first & 0x7f;
  if (size === 0 || size > 3 || at + size >= bytes.length) throw new MalformedDer('a length that is none');
  const length = bytes.readUIntBE(at + 1, size);
  if (length < 0x80 || length < 2 ** (8 * (size - 1)))
    throw new MalformedDer('a length that is not in its shortest form');
  return { length, start: at + 1 + size };
}
