import type { Problem } from '../errors.ts';
import type { Install, InstallState } from './install.ts';

/** Why something is not done for one system, with every reason. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly problems: readonly Problem[];
  readonly hint: string | null;
}

/** One system of those that were meant, and why it is not installed. */
export interface RefusedItem {
  readonly system: string;
  readonly refused: Refusal;
}

/** What became of a request for one machine. */
export interface BatchItem {
  readonly system: string;
  readonly outcome: 'armed' | 'queued' | 'refused';
  /** Null where it is refused. */
  readonly install: Install | null;
  readonly refused: Refusal | null;
}

/** What became of one request for many machines. */
export interface BatchReceipt {
  /** Null where every machine is refused: then nothing is on record. */
  readonly batch: string | null;
  readonly items: readonly BatchItem[];
}

/** Installs that were asked for together. */
export interface InstallBatch {
  readonly id: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  /** How its machines were chosen: `role web`. */
  readonly selection: string;
  /** So many failed installs end what waits of it; null: none do. */
  readonly stopAfterFailures: number | null;
  /** Null unless its failures have ended it. */
  readonly stopped: { readonly at: string; readonly reason: string } | null;
  readonly refused: readonly RefusedItem[];
}

/** A batch with how far it is. */
export interface BatchProgress extends InstallBatch {
  readonly counts: Partial<Readonly<Record<InstallState, number>>>;
  /** None of its installs is under way or waits any more. */
  readonly isOver: boolean;
  /** In the order in which they were asked for. */
  readonly items: readonly Install[];
}

/** One install that waits. */
export interface QueueItem {
  readonly install: Install;
  /** Null as long as that is not decided. */
  readonly beginsAt: string | null;
  readonly reason: string;
}

/** The queue as it is now. */
export interface QueueView {
  readonly maxConcurrentInstalls: number;
  readonly jitterSeconds: number;
  /** Installs that have a place. */
  readonly running: number;
  readonly items: readonly QueueItem[];
}

/** How the service would bring a machine to boot from the network. */
export interface PlannedPower {
  readonly driver: string;
  /** It is on, and is switched off first. */
  readonly switchesOff: boolean;
  /** What is tried, one after another, in words. */
  readonly ways: readonly string[];
}

/** What would become of one machine. */
export interface PlanItem {
  readonly system: string;
  readonly profile: string;
  /** Null where nothing is against it. */
  readonly refused: Refusal | null;
  /** Since when the machine is in service that would be wiped; null where it is not in service, or would not be wiped. */
  readonly wipes: string | null;
  /** Place in the queue; null where it is armed at once, or refused. */
  readonly place: number | null;
  /** 1: begins with the places that are free now; null where it is refused. */
  readonly wave: number | null;
  /** Null where somebody else switches it on. */
  readonly power: PlannedPower | null;
  /** Name of the hand-off; null where it is refused. */
  readonly handoff: string | null;
}

/** What a request for many machines would do. */
export interface InstallPlan {
  readonly selection: string;
  readonly maxConcurrentInstalls: number;
  readonly jitterSeconds: number;
  /** Before it: installs that have a place, and that wait. */
  readonly running: number;
  readonly queued: number;
  readonly waves: number;
  /** Machines in service that would be wiped. */
  readonly wipes: readonly string[];
  readonly items: readonly PlanItem[];
}
