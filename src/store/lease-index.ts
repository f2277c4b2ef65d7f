import type { Ipv4 } from '../domain/ipv4.ts';
import type { LeaseFacts } from './dhcp-store.ts';

/** All leases in memory, by address and by machine. Whoever fills it keeps it equal to what is committed. */
export interface LeaseIndex {
  at(ip: Ipv4): LeaseFacts | undefined;
  /** The newest lease of this MAC between two addresses, both included. */
  newestOf(mac: string, first: Ipv4, last: Ipv4): LeaseFacts | undefined;
  /** Puts the lease of an address in the place of the one before; undefined: the address has none. */
  set(ip: Ipv4, lease: LeaseFacts | undefined): void;
}

export function createLeaseIndex(): LeaseIndex {
  const byIp = new Map<Ipv4, LeaseFacts>();
  // A machine has one lease a subnet that it has ever been in: an array costs less than a Map of them.
  const byMac = new Map<string, LeaseFacts[]>();
  const forget = (lease: LeaseFacts): void => {
    const left = (byMac.get(lease.mac) ?? []).filter((other) => other.ip !== lease.ip);
    if (left.length === 0) byMac.delete(lease.mac);
    else byMac.set(lease.mac, left);
  };
  return {
    at: (ip) => byIp.get(ip),
    newestOf(mac, first, last) {
      let newest: LeaseFacts | undefined;
      for (const lease of byMac.get(mac) ?? []) {
        if (lease.ip < first || lease.ip > last) continue;
        if (newest === undefined || lease.updatedAtMs > newest.updatedAtMs) newest = lease;
      }
      return newest;
    },
    set(ip, lease) {
      const before = byIp.get(ip);
      if (before !== undefined) forget(before);
      if (lease === undefined) {
        byIp.delete(ip);
        return;
      }
      byIp.set(ip, lease);
      const others = byMac.get(lease.mac);
      if (others === undefined) byMac.set(lease.mac, [lease]);
      else others.push(lease);
    },
  };
}
