/** An IPv4 address as an unsigned 32-bit number: ordered, cheap to compare, no text in hot paths. */
export type Ipv4 = number & { readonly __ipv4: unique symbol };

/** A network in CIDR form; `network` has no host bits set, `prefix` is 0–32. */
export interface Ipv4Network {
  readonly network: Ipv4;
  readonly prefix: number;
}

const ZERO = '0'.charCodeAt(0);

/** Treats a number as an address; anything outside 0–2^32-1 is a programming error. */
export function ipv4FromNumber(value: number): Ipv4 {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new RangeError(`not an IPv4 number: ${value}`);
  return value as Ipv4;
}

/**
 * Parses dotted decimal. Leading zeros are refused, not read: `010.0.0.1` is 10.0.0.1 to one program
 * and 8.0.0.1 (octal) to the next, and the same machine must not have two addresses.
 */
export function parseIpv4(text: string): Ipv4 | undefined {
  let value = 0;
  let octets = 0;
  let octet = 0;
  let digits = 0;
  // By hand: this is asked for the source of every packet. One round more than there are characters, for the end.
  for (let at = 0; at <= text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && octet === 0) return undefined;
      octet = octet * 10 + digit;
      digits += 1;
      if (octet > 255) return undefined;
      continue;
    }
    if (digits === 0 || (at < text.length && text[at] !== '.')) return undefined;
    value = value * 256 + octet;
    octets += 1;
    octet = 0;
    digits = 0;
  }
  return octets === 4 ? (value as Ipv4) : undefined;
}

/** Dotted decimal of an address. */
export function formatIpv4(ip: Ipv4): string {
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
}

/** Netmask of a prefix length 0–32. */
export function netmask(prefix: number): Ipv4 {
  return (prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0) as Ipv4;
}

/** Parses `10.0.0.0/24`. Host bits set are refused (undefined): they hide a typing error. */
export function parseNetwork(text: string): Ipv4Network | undefined {
  const [address, length, ...rest] = text.split('/');
  if (address === undefined || length === undefined || rest.length > 0) return undefined;
  const ip = parseIpv4(address);
  if (ip === undefined || !/^(0|[1-9][0-9]?)$/.test(length)) return undefined;
  const prefix = Number(length);
  if (prefix > 32) return undefined;
  return (ip & netmask(prefix)) >>> 0 === ip ? { network: ip, prefix } : undefined;
}

/** `10.0.0.0/24`. */
export function formatNetwork(net: Ipv4Network): string {
  return `${formatIpv4(net.network)}/${net.prefix}`;
}

/** Is the address inside the network (network and broadcast address included)? */
export function networkContains(net: Ipv4Network, ip: Ipv4): boolean {
  return (ip & netmask(net.prefix)) >>> 0 === net.network;
}

/** Last address of the network: the directed broadcast, RFC 919 §7. */
export function broadcastOf(net: Ipv4Network): Ipv4 {
  return (net.network + 2 ** (32 - net.prefix) - 1) as Ipv4;
}

/** Do two networks share any address? */
export function networksOverlap(a: Ipv4Network, b: Ipv4Network): boolean {
  return a.prefix <= b.prefix ? networkContains(a, b.network) : networkContains(b, a.network);
}

/** The four bytes in network order. */
export function ipv4ToBytes(ip: Ipv4): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(ip);
  return bytes;
}

/** Reads four bytes in network order at `offset`; the caller has checked the length. */
export function ipv4FromBytes(bytes: Buffer, offset = 0): Ipv4 {
  return bytes.readUInt32BE(offset) as Ipv4;
}

/** 0.0.0.0: "no address" in BOOTP fields, RFC 2131 §2. */
export const NO_ADDRESS = 0 as Ipv4;
/** 255.255.255.255: limited broadcast, RFC 919 §7. */
export const LIMITED_BROADCAST = 0xffffffff as Ipv4;
