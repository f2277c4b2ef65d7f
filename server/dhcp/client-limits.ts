import { HARDWARE_TYPE, HEADER_BYTES, MAGIC_COOKIE, OP } from '../../src/dhcp/codes.ts';

/** `limited`: its client, or the heap of what is no DHCP at all, has had its share for now. */
export type Verdict = 'serve' | 'limited';

export interface ClientLimits {
  judge(bytes: Buffer, nowMs: number): Verdict;
}

/**
 * Clients remembered at most; half as many that came last certainly are. One that fell out of memory begins with a full
 * bucket, as a new one does.
 */
const MOST_CLIENTS = 65_536;
/** Firmware that has lost its mind sends for minutes; what is normal comes in bursts of some ten packets. */
const BURST_SECONDS = 2;
/** What is no DHCP costs an error each and is answered in no case: a count of it is enough. */
const GARBAGE_PER_SECOND = 200;

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/**
 * A token bucket a client, by its hardware address as it stands in the packet, so that one client cannot take what is
 * for all. Whoever makes up an address a packet is not held back here: that is the queue's business.
 *
 * @param packetsPerSecond what each client may send in the long run; 0 is no limit, for garbage too
 */
export function createClientLimits(packetsPerSecond: number): ClientLimits {
  let recent = new Map<number, Bucket>();
  let older = new Map<number, Bucket>();
  const garbage: Bucket = { tokens: GARBAGE_PER_SECOND, filledAtMs: Number.NEGATIVE_INFINITY };
  const burst = packetsPerSecond * BURST_SECONDS;

  const bucketOf = (client: number, nowMs: number): Bucket => {
    const known = recent.get(client);
    if (known !== undefined) return known;
    // Two generations instead of the oldest one by one: a Map that loses its first key again and again is slow to
    // find the next first.
    if (recent.size >= MOST_CLIENTS / 2) {
      older = recent;
      recent = new Map();
    }
    const bucket = older.get(client) ?? { tokens: burst, filledAtMs: nowMs };
    recent.set(client, bucket);
    return bucket;
  };
  return {
    judge(bytes, nowMs) {
      if (packetsPerSecond === 0) return 'serve';
      if (!looksLikeDhcp(bytes)) return take(garbage, GARBAGE_PER_SECOND, GARBAGE_PER_SECOND, nowMs);
      const client = clientOf(bytes);
      // InfiniBand has no address here, and a rack of it must not share one bucket.
      if (client === undefined) return 'serve';
      return take(bucketOf(client, nowMs), packetsPerSecond, burst, nowMs);
    },
  };
}

function take(bucket: Bucket, perSecond: number, most: number, nowMs: number): Verdict {
  // A clock that was set back fills nothing until it has caught up, and takes nothing away.
  const passedMs = Math.max(0, nowMs - bucket.filledAtMs);
  bucket.tokens = Math.min(most, bucket.tokens + (passedMs / 1000) * perSecond);
  bucket.filledAtMs = Math.max(nowMs, bucket.filledAtMs);
  if (bucket.tokens < 1) return 'limited';
  bucket.tokens -= 1;
  return 'serve';
}

/** RFC 2131 §2 figure 1. */
const AT = { op: 0, htype: 1, hlen: 2, chaddr: 28 } as const;

/** From a client, and with the cookie: what does not even begin like DHCP needs no decoder to be told. */
function looksLikeDhcp(bytes: Buffer): boolean {
  return (
    bytes.length >= HEADER_BYTES + 4 &&
    bytes[AT.op] === OP.bootRequest &&
    bytes.readUInt32BE(HEADER_BYTES) === MAGIC_COOKIE
  );
}

/** The Ethernet address as a number, undefined for other hardware. */
function clientOf(bytes: Buffer): number | undefined {
  if (bytes[AT.htype] !== HARDWARE_TYPE.ethernet || bytes[AT.hlen] !== 6) return undefined;
  return bytes.readUIntBE(AT.chaddr, 6);
}
