/** A 48-bit hardware address in canonical text: lower case, colons (`52:54:00:12:34:56`). */
export type Mac = string & { readonly __mac: unique symbol };

/** How machines and loaders of ours say it, which is most of the time. */
const PAIRS = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/;
const SEPARATED =
  /^([0-9a-f]{1,2})[:-]([0-9a-f]{1,2})[:-]([0-9a-f]{1,2})[:-]([0-9a-f]{1,2})[:-]([0-9a-f]{1,2})[:-]([0-9a-f]{1,2})$/;
const DOTTED = /^([0-9a-f]{4})\.([0-9a-f]{4})\.([0-9a-f]{4})$/;
const BARE = /^[0-9a-f]{12}$/;

/**
 * Parses every usual spelling (colons, dashes, Cisco dots, bare, any case) into the one canonical form,
 * so that a UNIQUE column can do its work. Multicast, all-zero and broadcast addresses are no machine's: undefined.
 */
export function parseMac(text: string): Mac | undefined {
  const lower = text.trim().toLowerCase();
  const mac = PAIRS.test(lower) ? lower.replaceAll('-', ':') : hexDigits(lower)?.replace(/(..)(?=.)/g, '$1:');
  if (mac === undefined || mac === '00:00:00:00:00:00') return undefined;
  // IEEE 802-2014 §8.2.2: the lowest bit of the first octet marks a group address.
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 ? undefined : (mac as Mac);
}

function hexDigits(text: string): string | undefined {
  if (BARE.test(text)) return text;
  const parts = SEPARATED.exec(text) ?? DOTTED.exec(text);
  if (parts === null) return undefined;
  const width = parts.length === 7 ? 2 : 4;
  return parts
    .slice(1)
    .map((part) => part.padStart(width, '0'))
    .join('');
}

/** Canonical MAC of six bytes of a frame or a packet; the caller has checked the length. No plausibility check. */
export function macFromBytes(bytes: Buffer): Mac {
  const hex = (at: number): string => HEX_OCTETS[bytes[at] ?? 0] ?? '';
  return `${hex(0)}:${hex(1)}:${hex(2)}:${hex(3)}:${hex(4)}:${hex(5)}` as Mac;
}

const HEX_OCTETS = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

/** Can these six bytes be one machine's address? parseMac says which cannot. */
export function isMachineMac(bytes: Buffer): boolean {
  return ((bytes[0] ?? 0) & 1) === 0 && bytes.readUIntBE(0, 6) !== 0;
}

/** Six bytes in wire order. */
export function macToBytes(mac: Mac): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

/** `52-54-00-12-34-56`, as iPXE's `:hexhyp` and pxelinux write it in file names. */
export function macWithDashes(mac: Mac): string {
  return mac.replaceAll(':', '-');
}
