import type { Ipv4 } from '../../domain/network/ipv4.ts';

/**
 * Addresses that were offered and not yet asked for. Kept in memory: an offer is no promise (RFC 2131 §3.1), and what
 * must hold is made durable before the ACK. Without it two machines of one storm would be offered the same address.
 */
export interface Offers {
  add(ip: Ipv4, key: string, nowMs: number): void;
  /** Is the address on offer to somebody else? */
  isOfferedToOther(ip: Ipv4, key: string, nowMs: number): boolean;
  /** The address that has been on offer longest and fits, to whomever. */
  findOldest(fits: (ip: Ipv4) => boolean): Ipv4 | undefined;
  /** The offer was taken up: from now on the lease says whose the address is. */
  forget(ip: Ipv4): void;
}

/** A client that takes an offer does so within seconds; after this the address is anybody's again. */
const OFFER_MS = 30_000;
/** Sweeping is rare and cheap; the map cannot grow beyond the addresses of the ranges. */
const SWEEP_EVERY = 4096;

export function createOffers(): Offers {
  const offers = new Map<Ipv4, { key: string; untilMs: number }>();
  let added = 0;
  return {
    add(ip, key, nowMs) {
      // Deleted first: a Map keeps the place of a key that is set again, and this one is the newest now.
      offers.delete(ip);
      offers.set(ip, { key, untilMs: nowMs + OFFER_MS });
      added += 1;
      if (added % SWEEP_EVERY !== 0) return;
      for (const [address, offer] of offers) if (offer.untilMs <= nowMs) offers.delete(address);
    },
    isOfferedToOther(ip, key, nowMs) {
      const offer = offers.get(ip);
      return offer !== undefined && offer.key !== key && offer.untilMs > nowMs;
    },
    findOldest(fits) {
      for (const ip of offers.keys()) if (fits(ip)) return ip;
      return undefined;
    },
    forget(ip) {
      offers.delete(ip);
    },
  };
}
