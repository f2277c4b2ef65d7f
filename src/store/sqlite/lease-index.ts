import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { LeaseFacts } from '../interfaces/dhcp-store.ts';

/** All leases in memory, by address and by machine. Whoever fills it keeps it equal to what is committed. */
export interface LeaseIndex {
  at(ip: Ipv4): LeaseFacts | undefined;
  /** The newest lease of this MAC between two addresses, both included. */
  newestOf(mac: string, first: Ipv4, last: Ipv4): LeaseFacts | undefined;
  /** The newest lease that this MAC has, of those that are kept under something else. */
  newestSeen(mac: string): LeaseFacts | undefined;
  /** Puts the lease of an address in the place of the one before; undefined: the address has none. */
  set(ip: Ipv4, lease: LeaseFacts | undefined): void;
}

export function createLeaseIndex(): LeaseIndex {
  const byIp = new Map<Ipv4, LeaseFacts>();
  // A machine has one lease a subnet that it has ever been in: an array costs less than a Map of them.
  const byMac = new Map<string, LeaseFacts[]>();
  const bySeenMac = new Map<string, LeaseFacts[]>();
  const keep = (lease: LeaseFacts): void => {
    append(byMac, lease.mac, lease);
    if (lease.seenMac !== null) append(bySeenMac, lease.seenMac, lease);
  };
  const forget = (lease: LeaseFacts): void => {
    takeOut(byMac, lease.mac, lease.ip);
    if (lease.seenMac !== null) takeOut(bySeenMac, lease.seenMac, lease.ip);
  };
  return {
    at: (ip) => byIp.get(ip),
    newestOf: (mac, first, last) => newest(byMac.get(mac) ?? [], ({ ip }) => ip >= first && ip <= last),
    newestSeen: (mac) => newest(bySeenMac.get(mac) ?? [], () => true),
    set(ip, lease) {
      const before = byIp.get(ip);
      if (before !== undefined) forget(before);
      if (lease === undefined) {
        byIp.delete(ip);
        return;
      }
      byIp.set(ip, lease);
      keep(lease);
    },
  };
}

function append(index: Map<string, LeaseFacts[]>, key: string, lease: LeaseFacts): void {
  const others = index.get(key);
  if (others === undefined) index.set(key, [lease]);
  else others.push(lease);
}

function takeOut(index: Map<string, LeaseFacts[]>, key: string, ip: Ipv4): void {
  const left = (index.get(key) ?? []).filter((other) => other.ip !== ip);
  if (left.length === 0) index.delete(key);
  else index.set(key, left);
}

function newest(leases: readonly LeaseFacts[], fits: (lease: LeaseFacts) => boolean): LeaseFacts | undefined {
  let found: LeaseFacts | undefined;
  for (const lease of leases)
    if (fits(lease) && (found === undefined || lease.updatedAtMs > found.updatedAtMs)) found = lease;
  return found;
}
