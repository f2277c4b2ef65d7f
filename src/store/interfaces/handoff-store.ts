import type { Scope } from '../../domain/access/access.ts';
import type { Handoff, HandoffChange } from '../../domain/handoff/handoff.ts';

/** A run with the system that it belongs to. */
export interface StoredHandoff {
  readonly handoff: Handoff;
  readonly systemId: number;
}

export interface HandoffWrite {
  readonly batch: string;
  readonly systemId: number;
  readonly installId: number | null;
  readonly definition: string;
  readonly driver: string;
  readonly check: boolean;
  readonly requestedBy: string;
  readonly message: string;
}

/** Which runs to list; what is not named does not narrow. */
export interface HandoffFilter {
  /** Only of systems in it. */
  readonly scope?: Scope;
  readonly open?: boolean;
  readonly system?: string;
  readonly batch?: string;
}

/** An install that is being configured, and whether a run does so. */
export interface ConfiguringInstall {
  readonly id: number;
  readonly systemId: number;
  readonly system: string;
  readonly handoff: string;
  readonly hasOpenRun: boolean;
}

export interface HandoffStore {
  find(id: number): Promise<StoredHandoff | undefined>;
  findOpen(systemId: number): Promise<StoredHandoff | undefined>;
  /** Newest first, at most `limit`. */
  list(filter: HandoffFilter, limit: number): Promise<StoredHandoff[]>;
  add(write: HandoffWrite, nowMs: number): Promise<StoredHandoff>;
  /** Undefined where the run is over or gone: nothing is changed then, and nothing may be done for it any more. */
  update(id: number, change: HandoffChange, nowMs: number): Promise<StoredHandoff | undefined>;
  /** Every install in state `configuring`. */
  listConfiguring(): Promise<ConfiguringInstall[]>;
  /** Public host keys that the system in service reported: those of its newest install that became ready. */
  findHostKeys(systemId: number): Promise<readonly string[]>;
  /** Numbers of all runs, for what is kept beside the database. */
  listIds(): Promise<number[]>;
  /** Forgets runs that were over before then. */
  prune(beforeMs: number): Promise<number>;
}
