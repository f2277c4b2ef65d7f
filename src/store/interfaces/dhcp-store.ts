import type { LoaderChoice, LocalBootChoice } from '../../domain/boot/boot-choice.ts';
import type { InstallState } from '../../domain/install/install.ts';
import type { BindingKey } from '../../domain/network/binding-key.ts';
import type { DhcpOption } from '../../domain/network/dhcp-option.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { Subnet } from '../../domain/network/subnet.ts';

/** What the DHCP path must know of a machine's record: one prepared read. */
export interface MachineFacts {
  readonly systemId: number;
  readonly system: string;
  readonly hostname: string;
  /** Address of the interface that sent the packet, or of the bond or bridge whose first card it is; null = none in the record. */
  readonly ip: Ipv4 | null;
  /** The card is a member of `upper`, whose address another card is given; null for all others. */
  readonly follows: { readonly name: string; readonly upper: string } | null;
  /** In force: the system's own, its profile's or the default. */
  readonly loader: LoaderChoice;
  readonly localBoot: LocalBootChoice;
  /** DHCP options of its profile and its own, the system's winning. */
  readonly dhcpOptions: readonly DhcpOption[];
  /** The newest install, if any. */
  readonly install: {
    readonly id: number;
    readonly state: InstallState;
    readonly attempts: number;
    readonly attemptsUsed: number;
    readonly scriptsServed: number;
    readonly expiresAtMs: number;
  } | null;
}

export interface LeaseFacts {
  readonly ip: Ipv4;
  /** What it is kept under: domain/network/binding-key.ts. */
  readonly mac: BindingKey;
  /** The MAC that has it, where it is kept under something else. */
  readonly seenMac: string | null;
  readonly state: 'bound' | 'released' | 'declined';
  readonly expiresAtMs: number;
  readonly updatedAtMs: number;
}

/** A binding that must be on disk before its ACK may exist. */
export interface LeaseWrite {
  readonly ip: Ipv4;
  /** What it is kept under: domain/network/binding-key.ts. */
  readonly mac: BindingKey;
  /** The MAC that has it, where it is kept under something else. */
  readonly seenMac: string | null;
  readonly hostname: string | null;
  readonly state: 'bound' | 'released' | 'declined';
  readonly expiresAtMs: number;
  readonly nowMs: number;
  /** The address comes from a record, so no row of its own is claimed in the table of addresses. */
  readonly reserved: boolean;
}

/**
 * Reads are synchronous and answered from memory where packets repeat them (a Kysely read costs fifty times as much); they
 * tell what is committed, from the moment at which whoever waits for a commit goes on. Writes are collected and
 * committed together (group commit): the promise resolves after the commit, never before.
 */
export interface DhcpStore {
  /** The machine that a record knows by this key. */
  findMachine(key: BindingKey): MachineFacts | undefined;
  /**
   * Reads all machines into memory, a few at a time with a pause between: the first packets need not wait for it, and
   * nobody after them for the database.
   */
  readMachines(pause: () => Promise<void>, atOnce?: number): Promise<void>;
  /** The machine whose record knows no MAC, and whose live lease this MAC has; `key` is what that is kept under. */
  findMachineSeen(
    mac: string,
    nowMs: number,
  ): { readonly machine: MachineFacts; readonly key: BindingKey } | undefined;
  /** The newest binding of this key inside the network, live or past. */
  findLease(key: BindingKey, first: Ipv4, last: Ipv4): LeaseFacts | undefined;
  /** Who holds an address: a record (label) or a live lease; `mac` is the key that it is held under. Undefined = free. */
  findHolder(ip: Ipv4, nowMs: number): { readonly mac: string | null; readonly label: string } | undefined;
  /** All subnets, cached until one changes. */
  subnets(): readonly Subnet[];
  /** The MAC to which an address belongs now, by record or live lease; of a lease without one, what it is kept under. */
  findMacOf(ip: Ipv4, nowMs: number): string | undefined;
  /** `taken`: somebody else holds the address, and nothing was written. */
  commitLease(write: LeaseWrite): Promise<'bound' | 'taken'>;
}
