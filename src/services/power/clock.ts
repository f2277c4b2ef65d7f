/** Time as the power service sees it; a test's stands still until it is moved. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so long, at once for zero and less; rejects with the signal's reason when it is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `fire` once after so long; the result takes it back. */
  alarm(ms: number, fire: () => void): () => void;
}
