import { BMC_FAILURES, type BmcFailure } from './bmc-error.ts';
import type { PowerAction } from './power.ts';

/** `waiting`: no session with its BMC yet, or none that came about. */
export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** States in which something may still happen to the machine. */
export const OPEN_JOB_STATES: readonly JobState[] = ['waiting', 'running'];

/**
 * How far a job is. A `sending` step is on record before the BMC hears of it, the one after it when the BMC has said
 * yes: a job that is found in a `sending` step after a restart may have had its effect or not.
 */
export const JOB_STEPS = [
  'queued',
  'sending-off',
  'sending-soft',
  'awaiting-off',
  'sending-on',
  'awaiting-on',
  'sending-reset',
] as const;
export type JobStep = (typeof JOB_STEPS)[number];

/** Why a job failed: what the BMC did not do, or that nobody knows whether it did. */
export type JobFailure = BmcFailure | 'interrupted';

/** One thing that is to be done to one machine, however long it takes and whatever happens to the service meanwhile. */
export interface Job {
  readonly id: number;
  /** What was asked for in one request has the same. */
  readonly batch: string;
  readonly kind: 'power';
  readonly system: string;
  readonly action: PowerAction;
  readonly state: JobState;
  readonly step: JobStep;
  /** Sessions in a row that failed. */
  readonly attempts: number;
  readonly requestedBy: string;
  readonly createdAt: string;
  /** Not before this time. */
  readonly startAt: string;
  /** When `step` was begun. */
  readonly stepAt: string;
  /** How long the machine may take to get where it is to be. */
  readonly timeoutSeconds: number;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
  readonly failure: JobFailure | null;
  /** One sentence: what happened last. */
  readonly message: string;
  /** What to do next, where it failed. */
  readonly hint: string | null;
}

/** What to do about a job that failed. */
export function jobHint(failure: JobFailure | null, system: string): string | null {
  if (failure === null) return null;
  if (failure === 'interrupted') return `look at ${system}, and ask again if need be`;
  return BMC_FAILURES[failure].next.replace('NAME', system);
}

/** What of a job changes while it goes on. */
export type JobChange = Partial<Pick<Job, 'state' | 'step' | 'attempts' | 'failure' | 'message'>>;

/** What became of a request for one machine. */
export interface JobItem {
  readonly system: string;
  /** Null where there is none. */
  readonly job: Job | null;
  /** It was under way already: somebody else has asked for the same. */
  readonly joined: boolean;
  readonly refused: { readonly code: string; readonly detail: string; readonly hint: string } | null;
}

/** What became of one request for many machines. */
export interface JobReceipt {
  readonly batch: string;
  readonly items: readonly JobItem[];
  /** Chosen by what they have in common, and without power control: names. */
  readonly skipped: readonly string[];
}
