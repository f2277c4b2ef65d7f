import type { Conflict } from '../../domain/errors.ts';
import type { BindingKey } from '../../domain/network/binding-key.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';

export interface AddressHolder {
  readonly ip: Ipv4;
  readonly kind: 'interface' | 'bmc' | 'gateway' | 'server' | 'lease';
  readonly systemId: number | null;
  /** The systems that share it: by their BMCs, or as a shared address; null where it is one's own. */
  readonly sharedBy: readonly number[] | null;
  readonly subnetId: number | null;
  /** Of the interface or of the lease; null for the other kinds. */
  readonly key: string | null;
  readonly conflict: Conflict;
}

/** An address that is to be written to a record; `key` is that of its interface, null for a BMC or a gateway. */
export interface WantedAddress {
  readonly ip: Ipv4;
  readonly key: BindingKey | null;
  /** Others may have it too. */
  readonly shared?: true;
}

export interface AddressStore {
  /** Who holds the address? A lease that is over holds nothing. */
  findHolder(ip: Ipv4, nowMs: number): Promise<AddressHolder | undefined>;
  /**
   * Every held address between two addresses (both included), ascending. That of a removed record counts as long as
   * its machine has a lease of it; a lease that is over does not.
   */
  listHeld(from: Ipv4, to: Ipv4, nowMs: number): Promise<Ipv4[]>;
  /**
   * The first block of 256 addresses, from that of one address to that of another, in which some are held by nobody on
   * record: its first address. What is held by a lease only does not count here.
   */
  findBlockWithRoom(from: Ipv4, to: Ipv4): Promise<Ipv4 | undefined>;
  /** Holders between two addresses of the kinds given, at most `limit`. */
  listHolders(
    from: Ipv4,
    to: Ipv4,
    kinds: readonly AddressHolder['kind'][],
    limit: number,
  ): Promise<AddressHolder[]>;
  /** Drops leases that are over or that the wanting interface itself has, so that a record can have the address. */
  forgetLeases(wanted: readonly WantedAddress[], nowMs: number): Promise<void>;
  /** Makes the service's own addresses the rows of kind `server`; returns those that somebody else holds already. */
  replaceServerAddresses(ips: readonly Ipv4[], nowMs: number): Promise<AddressHolder[]>;
}
