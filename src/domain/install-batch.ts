import type { Problem } from './errors.ts';

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
