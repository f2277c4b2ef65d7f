import type { Loader } from '../../domain/boot/loader.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import type { KnownPower } from '../../domain/power/power.ts';

/** A listener as the status tells it. */
export interface ListenerFact {
  readonly name: string;
  readonly state: 'listening' | 'off' | 'refused';
  readonly address: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
}

export interface InterfaceFact {
  readonly name: string;
  readonly up: boolean;
  /** It is a port of a bridge or bond, which has the addresses in its place. */
  readonly isPort: boolean;
  readonly addresses: readonly Ipv4[];
}

/** What can only be asked of the machine; null where it does not say. */
export interface HostFacts {
  /** Effective capabilities of the process, a bit each (capabilities(7)). */
  readonly capabilities: bigint | null;
  /** First port that needs no privilege (net.ipv4.ip_unprivileged_port_start). */
  readonly firstFreePort: number | null;
  /** net.core.rmem_max: the largest receive buffer that a socket may ask for. */
  readonly receiveBufferBytes: number | null;
  /** What the DHCP socket asks for. */
  readonly wantedReceiveBufferBytes: number;
  /** Of the file system that the data folder is in. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
  /** Does a time service say that the clock is right? */
  readonly clockIsSynchronised: boolean | null;
}

/** A path that a record names, and what is there. */
export interface FileFact {
  /** `distro debian-13`. */
  readonly record: string;
  readonly field: string;
  readonly path: string;
  /** Why it cannot be used, as a sentence; null when it can. */
  readonly refused: string | null;
  /** The command that names another. */
  readonly edit: string;
}

/** A loader that machines with a record will ask for, and which record makes them. */
export interface NeededLoader {
  readonly name: string;
  readonly by: string;
  /** Without it machines still install, but may not get back to their disk. */
  readonly isForLocalBoot: boolean;
}

/** A hand-off that the configuration defines. */
export interface HandoffFact {
  readonly name: string;
  /** What it uses: `ansible, core 2.14.18`. */
  readonly about: string;
  /** Why it cannot be used, a sentence each; empty if it can. */
  readonly problems: readonly string[];
}

/** A BMC that is asked for power, and what is known of it; null: it was never asked. */
export interface BmcFact {
  readonly system: string;
  readonly power: Pick<KnownPower, 'state' | 'reason'> | null;
}

/** What is known of backups. */
export interface BackupFact {
  readonly dir: string;
  /** How often one is made by itself; 0 = never. */
  readonly everyHours: number;
  /** When the newest one was made; null where there is none. */
  readonly newestMs: number | null;
  /** Why the last one could not be made; null where it could. */
  readonly failure: string | null;
}

/** Everything that the checks judge, looked up before: they are pure functions of it. */
export interface DoctorFacts {
  readonly nowMs: number;
  readonly dataDir: string;
  readonly listeners: readonly ListenerFact[];
  readonly warnings: readonly string[];
  readonly interfaces: readonly InterfaceFact[];
  readonly subnets: readonly Subnet[];
  readonly loaders: readonly Loader[];
  readonly neededLoaders: readonly NeededLoader[];
  readonly files: readonly FileFact[];
  /** Records whose secrets the key file does not open. */
  readonly unreadableSecrets: readonly string[];
  readonly handoffs: readonly HandoffFact[];
  readonly bmcs: readonly BmcFact[];
  /** The latest time that the service itself has written into a record; null in an empty database. */
  readonly latestWriteMs: number | null;
  readonly backups: BackupFact;
  /** What is wrong with the file of the database, a sentence each. */
  readonly database: readonly string[];
  readonly host: HostFacts;
}
