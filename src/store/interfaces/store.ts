import type { Scope } from '../../domain/access/access.ts';
import type { Sealing } from '../../domain/access/sealing.ts';
import type { BootFields } from '../../domain/boot/boot-choice.ts';
import type { NewBootEvent } from '../../domain/boot/boot-event.ts';
import type { LoaderRecord } from '../../domain/boot/loader.ts';
import type { Conflict } from '../../domain/errors.ts';
import type { Install, InstallState } from '../../domain/install/install.ts';
import type { InstallChange } from '../../domain/install/install-state.ts';
import type { DhcpOption } from '../../domain/network/dhcp-option.ts';
import type { Lease } from '../../domain/network/lease.ts';
import type { Subnet, SubnetInput } from '../../domain/network/subnet.ts';
import type { PowerUp } from '../../domain/power/power-up.ts';
import type { Distro, DistroInput } from '../../domain/records/distro.ts';
import type { Profile, ProfileInput } from '../../domain/records/profile.ts';
import type { Settings } from '../../domain/records/settings.ts';
import type { System } from '../../domain/records/system.ts';
import type { AuditStore, SessionStore, TokenStore, UserStore } from './access-store.ts';
import type { AddressStore } from './address-store.ts';
import type { BootStore } from './boot-store.ts';
import type { CertificateStore } from './certificate-store.ts';
import type { DhcpStore } from './dhcp-store.ts';
import type { EventStore } from './event-store.ts';
import type { HandoffStore } from './handoff-store.ts';
import type { IdempotencyStore } from './idempotency-store.ts';
import type { InterfaceWrite } from './interface-store.ts';
import type { LockStore } from './lock-store.ts';
import type { NotificationStore } from './notification-store.ts';
import type { BmcStore, BmcWrite, JobStore, PowerStateStore } from './power-store.ts';
import type { BatchStore, QueueStore } from './queue-store.ts';
import type { SystemPageQuery } from './system-query.ts';
import type { UpkeepStore } from './upkeep-store.ts';

/**
 * The database as the services see it. Everything that belongs together happens in one `transaction`; a transaction
 * object is passed all the way down and never kept. Every implementation passes test/contract/store.ts.
 */
export interface Store {
  /** Runs `work` in one transaction: all of it, or nothing when it throws. Writers are served one after another. */
  transaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  /** Reads what is committed, outside any transaction. */
  readonly read: StoreTransaction;
  /** The hot path: prepared reads, and leases with group commit. */
  readonly dhcp: DhcpStore;
  /** The same for machines that fetch files: prepared reads, and installs moved on with group commit. */
  readonly boot: BootStore;
  readonly upkeep: UpkeepStore;
  /**
   * Writes boot events in one transaction of their own, all or none. kill -9 does not undo them; a power failure may,
   * until the next lease or record is on the disk. DomainError `in-use`: a system or an install that one of them belongs to is gone.
   */
  addEvents(events: readonly (NewBootEvent & { readonly atMs: number })[]): Promise<void>;
  close(): Promise<void>;
}

export interface StoreTransaction {
  readonly distros: DistroStore;
  readonly profiles: ProfileStore;
  readonly subnets: SubnetStore;
  readonly systems: SystemStore;
  readonly addresses: AddressStore;
  readonly installs: InstallStore;
  readonly events: EventStore;
  readonly tokens: TokenStore;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly audit: AuditStore;
  readonly leases: LeaseStore;
  readonly loaders: LoaderStore;
  readonly sealed: SealedStore;
  readonly bmcs: BmcStore;
  readonly powerStates: PowerStateStore;
  readonly certificates: CertificateStore;
  readonly queue: QueueStore;
  readonly batches: BatchStore;
  readonly jobs: JobStore;
  readonly handoffs: HandoffStore;
  readonly notifications: NotificationStore;
  readonly locks: LockStore;
  readonly idempotency: IdempotencyStore;
}

export interface DistroStore {
  find(name: string): Promise<Distro | undefined>;
  list(): Promise<Distro[]>;
  add(distro: DistroInput, nowMs: number): Promise<Distro>;
  update(id: number, distro: DistroInput, nowMs: number): Promise<Distro>;
  remove(id: number): Promise<void>;
  /** Names of profiles that stand on it. */
  usedBy(id: number): Promise<string[]>;
}

/** A profile as stored: the record to show, and its sealed secrets apart from it. */
export interface StoredProfile {
  readonly profile: Profile;
  readonly sealedSecrets: string | null;
}

export interface ProfileWrite {
  readonly input: Omit<ProfileInput, 'settings'>;
  readonly distroId: number;
  readonly settings: Settings;
  readonly sealedSecrets: string | null;
}

export interface ProfileStore {
  find(name: string): Promise<StoredProfile | undefined>;
  list(): Promise<Profile[]>;
  add(write: ProfileWrite, nowMs: number): Promise<Profile>;
  update(id: number, write: ProfileWrite, nowMs: number): Promise<Profile>;
  remove(id: number): Promise<void>;
  /** Names of systems that stand on it (the first 20). */
  usedBy(id: number): Promise<string[]>;
}

export interface SubnetStore {
  find(name: string): Promise<Subnet | undefined>;
  list(): Promise<Subnet[]>;
  add(subnet: SubnetInput, nowMs: number): Promise<Subnet>;
  update(id: number, subnet: SubnetInput, nowMs: number): Promise<Subnet>;
  remove(id: number): Promise<void>;
}

/** What is written of a system: everything resolved (no `auto`, no names of other records). */
export interface SystemWrite extends BootFields {
  readonly name: string;
  readonly hostname: string;
  readonly profileId: number;
  readonly roles: readonly string[];
  readonly interfaces: readonly InterfaceWrite[];
  readonly bmc: BmcWrite | null;
  readonly handoff: string | null;
  readonly kernelArgs: readonly string[];
  readonly dhcpOptions: readonly DhcpOption[];
  readonly settings: Settings;
  readonly sealedSecrets: string | null;
  readonly comment: string;
}

export interface StoredSystem {
  readonly system: System;
  readonly sealedSecrets: string | null;
}

export interface SystemStore {
  find(name: string): Promise<StoredSystem | undefined>;
  findById(id: number): Promise<StoredSystem | undefined>;
  findByMac(mac: string): Promise<StoredSystem | undefined>;
  /** By name: every one, or those that have a role, or lie in a scope. */
  list(filter?: { readonly role?: string | undefined; readonly scope?: Scope }): Promise<System[]>;
  /** One page of those that fit a query, and how many there are on all pages. */
  page(query: SystemPageQuery): Promise<{ items: System[]; isLast: boolean; total: number }>;
  /** Roles that systems of a scope have, each once, by name. */
  roleNames(scope: Scope): Promise<string[]>;
  /** Names of the systems of a scope. */
  namesOfScope(scope: Exclude<Scope, null>): Promise<string[]>;
  /** Writes record, interfaces and addresses. A constraint that fails is thrown as DomainError with its holder. */
  add(write: SystemWrite, nowMs: number): Promise<System>;
  update(id: number, write: SystemWrite, nowMs: number): Promise<System>;
  remove(id: number): Promise<void>;
  /**
   * Takes host names, interfaces, addresses and BMCs away from systems that are written anew in the same transaction, so
   * that these can change hands.
   */
  release(ids: readonly number[]): Promise<void>;
  /** Who has this name, hostname, MAC, client id or circuit, other than the system `exceptId`? */
  conflicts(write: SystemWrite, exceptId: number | null): Promise<Conflict[]>;
}

/** An install with what only the service may see. */
export interface StoredInstall {
  readonly install: Install;
  readonly systemId: number;
  readonly tokenSealed: string;
}

export interface InstallWrite {
  readonly systemId: number;
  readonly state: 'armed' | 'queued';
  readonly batch: string | null;
  /** Null unless it is queued. */
  readonly position: number | null;
  readonly handoff: string;
  readonly attempts: number;
  readonly armedAt: number;
  readonly armedBy: string;
  readonly expiresAt: number;
  readonly tokenHash: string;
  readonly tokenSealed: string;
  readonly powerUp: PowerUp | null;
}

/** Which installs to list; what is not named does not narrow. */
export interface InstallFilter {
  /** Only of systems in it. */
  readonly scope?: Scope;
  readonly system?: string | undefined;
  readonly batch?: string | undefined;
  readonly states?: readonly InstallState[] | undefined;
}

export interface InstallStore {
  /** The newest install of a system, open or over. */
  findLatest(systemId: number): Promise<StoredInstall | undefined>;
  findById(id: number): Promise<StoredInstall | undefined>;
  /** Newest first. */
  list(filter: InstallFilter, limit: number): Promise<StoredInstall[]>;
  add(write: InstallWrite): Promise<StoredInstall>;
  update(id: number, change: InstallChange, nowMs: number): Promise<StoredInstall>;
  /** Writes how far the machine's power-up is; its state and the time of its last change stay. */
  setPowerUp(id: number, powerUp: PowerUp): Promise<StoredInstall>;
  /** Installs, open or over, whose power-up is not done. */
  listPowerUps(): Promise<StoredInstall[]>;
  /** How many systems have a newest install in each state; null: never armed. */
  countSystems(): Promise<readonly { readonly state: InstallState | null; readonly count: number }[]>;
  /** Installs that are not over, oldest first. */
  listLive(): Promise<StoredInstall[]>;
  /** Open installs whose time is over. */
  listOverdue(nowMs: number): Promise<StoredInstall[]>;
}

export interface LeaseStore {
  list(nowMs: number): Promise<Lease[]>;
}

/** Names of what holds something that only the key file opens. */
export interface SealedStore {
  profiles(): Promise<string[]>;
  systems(): Promise<string[]>;
  /** Systems whose install is open or queued, so that its token may still be wanted. */
  openInstalls(): Promise<string[]>;
  /** Puts what `change` makes of it in the place of everything that may still be opened; gives how many there are. */
  reseal(change: (sealed: string, sealing: Sealing) => string): Promise<number>;
}

export interface LoaderStore {
  /** Every loader on record, by name. */
  list(): Promise<LoaderRecord[]>;
  /** Records a loader, in the place of an older record of its name. */
  put(record: Omit<LoaderRecord, 'installedAt'>, nowMs: number): Promise<void>;
  remove(name: string): Promise<void>;
}
