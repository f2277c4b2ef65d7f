import {
  broadcastOf,
  type Ipv4,
  type Ipv4Network,
  ipv4FromNumber,
  networkContains,
} from '../domain/network/ipv4.ts';

/** Dynamic addresses of a subnet, both ends included. */
export interface AddressRange {
  readonly first: Ipv4;
  readonly last: Ipv4;
}

export interface AddressQuestion {
  readonly network: Ipv4Network;
  /** Must not overlap; parts outside the network are never given out. */
  readonly ranges: readonly AddressRange[];
  /**
   * Is the address somebody else's (lease, pending offer, reservation, gateway, declined …)? Asked up to
   * MAX_PROBES times in a row, so it must look into memory, not into a database.
   */
  readonly isTaken: (ip: Ipv4) => boolean;
  /** What the choice depends on: the client's key, so that one client tends to get one address. */
  readonly seed: string;
  /** Addresses to give if they are in a range and free, the dearest first: its past lease, then what it asks for. */
  readonly preferred?: readonly Ipv4[];
}

export type AddressChoice =
  | { readonly kind: 'chosen'; readonly ip: Ipv4; readonly probes: number }
  | {
      readonly kind: 'none';
      readonly code: 'no-range' | 'range-full' | 'probe-limit';
      readonly reason: string;
    };

/** Bounds the work of one choice (a few milliseconds): every address of a /16 is looked at, no more. */
export const MAX_PROBES = 65_536;

/**
 * Chooses a dynamic address: a preferred one, else the first free one on a walk through all ranges that depends on
 * the seed only: the order of RFC 2131 §4.3.1. Nothing is random, so the same facts give the same address.
 *
 * The walk starts at a hash of the seed and goes on by a stride that has no factor in common with the number of
 * addresses: it visits each address once and then ends. A stride instead of "the next one" because neighbours cluster:
 * in a range that is 99 % full, the stride needs about 100 probes, next-one-up about 5000.
 */
export function chooseAddress(question: AddressQuestion): AddressChoice {
  const { ranges, isTaken, seed } = question;
  const isFree = (ip: Ipv4): boolean => isHostAddress(question.network, ip) && !isTaken(ip);
  for (const ip of question.preferred ?? [])
    if (isInRanges(ranges, ip) && isFree(ip)) return { kind: 'chosen', ip, probes: 0 };

  const total = ranges.reduce((sum, range) => sum + sizeOf(range), 0);
  if (total === 0) return { kind: 'none', code: 'no-range', reason: 'the subnet has no dynamic range' };
  const stride = coprimeStride(hashText(`stride ${seed}`), total);
  let index = hashText(seed) % total;
  for (let probes = 1; probes <= Math.min(total, MAX_PROBES); probes += 1) {
    const ip = addressAt(ranges, index);
    if (isFree(ip)) return { kind: 'chosen', ip, probes };
    index = (index + stride) % total;
  }
  if (total > MAX_PROBES)
    return {
      kind: 'none',
      code: 'probe-limit',
      reason: `${MAX_PROBES} of ${total} addresses tried, all taken`,
    };
  return { kind: 'none', code: 'range-full', reason: `all ${total} addresses of the ranges are taken` };
}

/** Is the address in one of the ranges? */
export function isInRanges(ranges: readonly AddressRange[], ip: Ipv4): boolean {
  return ranges.some((range) => range.first <= ip && ip <= range.last);
}

/**
 * Can a machine have this address in this network? Not the network's own and not the broadcast address, except where
 * these do not exist: /31 (RFC 3021 §2.1) and /32.
 */
export function isHostAddress(network: Ipv4Network, ip: Ipv4): boolean {
  if (!networkContains(network, ip)) return false;
  return network.prefix >= 31 || (ip !== network.network && ip !== broadcastOf(network));
}

function sizeOf(range: AddressRange): number {
  if (range.last < range.first) throw new RangeError('address range ends before it begins');
  return range.last - range.first + 1;
}

function addressAt(ranges: readonly AddressRange[], index: number): Ipv4 {
  let rest = index;
  for (const range of ranges) {
    const size = sizeOf(range);
    if (rest < size) return ipv4FromNumber(range.first + rest);
    rest -= size;
  }
  throw new RangeError(`no address at position ${index}`);
}

function coprimeStride(hash: number, total: number): number {
  if (total === 1) return 1;
  let stride = 1 + (hash % (total - 1));
  while (greatestCommonDivisor(stride, total) !== 1) stride = (stride % (total - 1)) + 1;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** FNV-1a with a final mix: MACs of one batch differ in the last digit only and must not land side by side. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
