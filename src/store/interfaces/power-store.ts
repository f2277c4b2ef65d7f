import type { Scope } from '../../domain/access/access.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { Bmc } from '../../domain/power/bmc.ts';
import type { Job, JobChange } from '../../domain/power/job.ts';
import type { PowerAction, PowerState } from '../../domain/power/power.ts';

/** What is written of a BMC: secrets sealed already. */
export interface BmcWrite extends Omit<Bmc, 'address' | 'passwordSet' | 'kgSet'> {
  readonly ip: Ipv4 | null;
  readonly sealedPassword: string | null;
  readonly sealedKg: string | null;
}

/** A BMC with what only the service may see. */
export interface StoredBmc {
  readonly systemId: number;
  readonly system: string;
  readonly bmc: Bmc;
  readonly sealedPassword: string | null;
  readonly sealedKg: string | null;
  /** Of the system's interfaces, in their order. */
  readonly macs: readonly string[];
}

/** What of a system it takes to choose it, or not, for power control. */
export interface PowerSystem {
  readonly id: number;
  readonly name: string;
  readonly profile: string;
  readonly roles: readonly string[];
  /** Null where there is no power control. */
  readonly driver: string | null;
}

export interface BmcStore {
  /** Every system, by name; in two quick queries, since a thousand may be meant. */
  listSystems(): Promise<PowerSystem[]>;
  find(systemId: number): Promise<StoredBmc | undefined>;
  /** Those of these systems; of every system, where none are named. In the order of the systems' names. */
  list(systemIds?: readonly number[]): Promise<StoredBmc[]>;
  /** Is another system asked for at the same place (address, port and node)? Its name. */
  findAtSamePlace(write: BmcWrite, exceptSystemId: number | null): Promise<string | undefined>;
}

/** What a BMC said of its power, or that it did not. */
export interface PowerNote {
  readonly systemId: number;
  readonly state: PowerState;
  readonly atMs: number;
  readonly reason: string;
}

export interface PowerStateStore {
  /** Notes of systems that are gone are dropped. */
  note(notes: readonly PowerNote[]): Promise<void>;
  /** Nothing is known of its power any more. */
  forget(systemId: number): Promise<void>;
}

/** A job with the system that it belongs to. */
export interface StoredJob {
  readonly job: Job;
  readonly systemId: number;
}

export interface JobWrite {
  readonly batch: string;
  readonly systemId: number;
  readonly action: PowerAction;
  readonly requestedBy: string;
  readonly startAt: number;
  readonly timeoutSeconds: number;
  readonly message: string;
}

/** Which jobs to list; what is not named does not narrow. */
export interface JobFilter {
  /** Only of systems in it. */
  readonly scope?: Scope;
  readonly open?: boolean;
  readonly system?: string;
  readonly batch?: string;
  readonly ids?: readonly number[];
}

export interface JobStore {
  find(id: number): Promise<StoredJob | undefined>;
  findOpen(systemId: number): Promise<StoredJob | undefined>;
  /** Newest first, at most `limit`. */
  list(filter: JobFilter, limit: number): Promise<StoredJob[]>;
  add(write: JobWrite, nowMs: number): Promise<StoredJob>;
  /** Undefined where the job is over or gone: nothing is changed then, and nothing may be done for it any more. */
  update(id: number, change: JobChange, nowMs: number): Promise<StoredJob | undefined>;
  /** Forgets jobs that were over before then. */
  prune(beforeMs: number): Promise<number>;
}
