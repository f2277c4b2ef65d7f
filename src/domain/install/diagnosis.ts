import type { InstallState } from './install.ts';

/** The way of a machine from its power to being in service, as far as it can be seen from here, in order. */
export const ROUTE_STAGES = [
  'power-on',
  'discover',
  'offer',
  'ack',
  'loader',
  'loader-runs',
  'boot-script',
  'kernel',
  'initrd',
  'answer-file',
  'image',
  'installer',
  'installed',
  'restart',
  'first-boot',
  'ssh',
  'hand-off',
  'ready',
] as const;
export type RouteStageName = (typeof ROUTE_STAGES)[number];

/**
 * `passed`: nothing of it was seen, and something that comes after it was; what is not on the way of every machine, or
 * can go unseen. `missing`: the first that was not reached. `ahead`: comes after that one.
 */
export type RouteStageState = 'reached' | 'passed' | 'missing' | 'ahead';

export interface DiagnosedStage {
  readonly name: RouteStageName;
  readonly says: string;
  readonly state: RouteStageState;
  /** RFC 3339; null unless it is reached. */
  readonly reachedAt: string | null;
  /** From the stage that was reached before it; null for the first. */
  readonly tookSeconds: number | null;
  /** Ids of the events that say so. */
  readonly events: readonly number[];
}

/** Something that was seen, as a sentence, with the events that say so. */
export interface EvidenceLine {
  /** RFC 3339; null for what is known at any time. */
  readonly at: string | null;
  readonly says: string;
  readonly events: readonly number[];
}

/** The first stage that was not reached, and why that may be. */
export interface MissingStage {
  readonly name: RouteStageName;
  readonly says: string;
  /** When the stage before it was reached, RFC 3339. */
  readonly since: string;
  readonly waitedSeconds: number;
  /** Longer than machines take; before that there need be nothing wrong. */
  readonly isLate: boolean;
  readonly cause: { readonly id: string; readonly says: string; readonly hint: string };
  readonly evidence: readonly EvidenceLine[];
}

/** What happened in an install, and what is missing. */
export interface Diagnosis {
  readonly system: string;
  /** Null: none was ever armed, and then there is nothing else. */
  readonly install: {
    readonly id: number;
    readonly state: InstallState;
    readonly reason: string | null;
    readonly attempt: number;
    readonly attempts: number;
  } | null;
  /** Of the attempt under way, or the last one. */
  readonly stages: readonly DiagnosedStage[];
  /** Null where nothing is missing. */
  readonly missing: MissingStage | null;
}
