import { type Ipv4, ipv4FromBytes, ipv4ToBytes } from '../domain/network/ipv4.ts';
import type { OptionMap } from './option-area.ts';

/** What reading one option gave. A malformed value is never the same as none: the caller must look. */
export type OptionRead<T> =
  | { readonly state: 'absent' }
  | { readonly state: 'value'; readonly value: T }
  | { readonly state: 'malformed'; readonly code: number; readonly reason: string };

/** Takes the value out of a read option; what is malformed it notes. The way in which one packet is read once. */
export type TakeValue = <T>(read: OptionRead<T>) => T | undefined;

/** One octet, 0–255. */
export function readU8(options: OptionMap, code: number): OptionRead<number> {
  return readFixed(options, code, 1, (bytes) => bytes.readUInt8(0));
}

/** Two octets, 0–65535. */
export function readU16(options: OptionMap, code: number): OptionRead<number> {
  return readFixed(options, code, 2, (bytes) => bytes.readUInt16BE(0));
}

/** Four octets, unsigned. */
export function readU32(options: OptionMap, code: number): OptionRead<number> {
  return readFixed(options, code, 4, (bytes) => bytes.readUInt32BE(0));
}

/** One address. */
export function readIp(options: OptionMap, code: number): OptionRead<Ipv4> {
  return readFixed(options, code, 4, (bytes) => ipv4FromBytes(bytes));
}

/** One or more addresses, RFC 2132 §3.5. */
export function readIps(options: OptionMap, code: number): OptionRead<readonly Ipv4[]> {
  return readList(options, code, 4, (bytes, at) => ipv4FromBytes(bytes, at));
}

/** One or more 16-bit numbers: option 93 is a list, RFC 4578 §2.1. */
export function readU16List(options: OptionMap, code: number): OptionRead<readonly number[]> {
  return readList(options, code, 2, (bytes, at) => bytes.readUInt16BE(at));
}

/** One or more octets: option 55. */
export function readU8List(options: OptionMap, code: number): OptionRead<readonly number[]> {
  return readList(options, code, 1, (bytes, at) => bytes.readUInt8(at));
}

/** Raw bytes of at least `minBytes`. */
export function readBytes(options: OptionMap, code: number, minBytes = 1): OptionRead<Buffer> {
  return readWith(options, code, (bytes) =>
    bytes.length >= minBytes
      ? { value: bytes }
      : { reason: `${bytes.length} bytes, at least ${minBytes} expected` },
  );
}

/**
 * Text in UTF-8, without control characters. NULs at the end are not part of it: some clients count the C string's
 * end in the length, RFC 2132 §2.
 */
export function readText(options: OptionMap, code: number): OptionRead<string> {
  return readWith(options, code, (bytes) => {
    const text = parseOptionText(bytes);
    return text === undefined ? { reason: `not text: ${bytes.toString('hex')}` } : { value: text };
  });
}

/** The text in option bytes, as readText says, or undefined. Empty is no text. */
export function parseOptionText(bytes: Buffer): string | undefined {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  if (end === 0) return undefined;
  if (isPlainAscii(bytes, end)) return bytes.toString('latin1', 0, end);
  try {
    const text = UTF_8.decode(bytes.subarray(0, end));
    return /\p{Cc}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** Nearly every text is, and needs neither a decoder nor a look for control characters then. */
function isPlainAscii(bytes: Buffer, end: number): boolean {
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

type Parsed<T> = { readonly value: T } | { readonly reason: string };

function readWith<T>(options: OptionMap, code: number, parse: (bytes: Buffer) => Parsed<T>): OptionRead<T> {
  const bytes = options.get(code);
  if (bytes === undefined) return { state: 'absent' };
  const parsed = parse(bytes);
  if ('reason' in parsed) return { state: 'malformed', code, reason: `option ${code}: ${parsed.reason}` };
  return { state: 'value', value: parsed.value };
}

function readFixed<T>(
  options: OptionMap,
  code: number,
  width: number,
  read: (bytes: Buffer) => T,
): OptionRead<T> {
  return readWith(options, code, (bytes) =>
    bytes.length === width ? { value: read(bytes) } : { reason: `${bytes.length} bytes, ${width} expected` },
  );
}

function readList<T>(
  options: OptionMap,
  code: number,
  width: number,
  read: (bytes: Buffer, at: number) => T,
): OptionRead<readonly T[]> {
  return readWith(options, code, (bytes) => {
    if (bytes.length === 0 || bytes.length % width !== 0)
      return { reason: `${bytes.length} bytes are no list of ${width}-byte values` };
    const values: T[] = [];
    for (let at = 0; at < bytes.length; at += width) values.push(read(bytes, at));
    return { value: values };
  });
}

/** One octet; RangeError outside 0–255. */
export function u8Bytes(value: number): Buffer {
  const bytes = Buffer.alloc(1);
  bytes.writeUInt8(value);
  return bytes;
}

/** Two octets; RangeError outside 0–65535. */
export function u16Bytes(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** Four octets; RangeError outside 0–2^32-1. */
export function u32Bytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Addresses one after the other. */
export function ipsBytes(addresses: readonly Ipv4[]): Buffer {
  return Buffer.concat(addresses.map(ipv4ToBytes));
}

/**
 * Domain names as in DNS, one after the other, RFC 3397 §2: labels with their length, a zero at the end of each name.
 * Without the pointers of DNS compression, which not every client follows.
 */
export function domainNamesBytes(names: readonly string[]): Buffer {
  const labels = names.flatMap((name) => [...name.split('.').filter((label) => label !== ''), '']);
  return Buffer.concat(labels.flatMap((label) => [Buffer.of(label.length), Buffer.from(label, 'ascii')]));
}

/** UTF-8 without a final NUL, RFC 2132 §2. */
export function textBytes(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}
