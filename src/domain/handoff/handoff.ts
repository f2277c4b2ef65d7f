import type { HandoffFailure } from './handoff-failure.ts';

/**
 * `waiting`: for its turn, or until it is tried again. `checking`: what would change is being found out, nothing is
 * changed yet. `running`: the machine is being configured.
 */
export const HANDOFF_STATES = [
  'waiting',
  'awaiting-ssh',
  'checking',
  'running',
  'done',
  'failed',
  'cancelled',
] as const;
export type HandoffState = (typeof HANDOFF_STATES)[number];

/** States in which something may still happen to the machine. */
export const OPEN_HANDOFF_STATES: readonly HandoffState[] = [
  'waiting',
  'awaiting-ssh',
  'checking',
  'running',
];

/** One run of a hand-off for one machine, with all its tries. */
export interface Handoff {
  readonly id: number;
  /** What was asked for in one request has the same. */
  readonly batch: string;
  readonly system: string;
  /** The install that it belongs to; null: a run on a machine in service. */
  readonly install: number | null;
  /** Name of the definition. */
  readonly definition: string;
  readonly driver: string;
  /** Only look at what would change. */
  readonly check: boolean;
  readonly state: HandoffState;
  /** When the state was entered, RFC 3339. */
  readonly stateAt: string;
  /** Tries that failed. */
  readonly tries: number;
  /** How often the service was ended in the middle. */
  readonly interruptions: number;
  readonly requestedBy: string;
  readonly createdAt: string;
  /** Not before this time. */
  readonly startAt: string;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
  readonly failure: HandoffFailure | null;
  /** One sentence: what happened last. */
  readonly message: string;
  /** What to do next, where it failed. */
  readonly hint: string | null;
  /** Tasks that changed something, or would; null where nobody counted. */
  readonly changed: number | null;
}

/** What of a run changes while it goes on. */
export type HandoffChange = Partial<
  Pick<Handoff, 'state' | 'tries' | 'interruptions' | 'failure' | 'message' | 'changed'>
> & { readonly startAtMs?: number };

/** What became of a request for one machine. */
export interface HandoffItem {
  readonly system: string;
  readonly handoff: Handoff | null;
  readonly refused: { readonly code: string; readonly detail: string; readonly hint: string } | null;
}

/** What became of one request for many machines. */
export interface HandoffReceipt {
  readonly batch: string;
  readonly items: readonly HandoffItem[];
  /** Chosen by what they have in common, and not in service: names. */
  readonly skipped: readonly string[];
}
