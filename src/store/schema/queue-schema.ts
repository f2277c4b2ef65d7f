/** The tables of the queue of installs; see schema.ts. */
export interface QueueTables {
  install_batches: InstallBatchRow;
  install_queue: InstallQueueRow;
}

export interface InstallBatchRow {
  id: string;
  requested_by: string;
  requested_at: number;
  selection: string;
  stop_after: number | null;
  /** JSON: the systems that were refused, and why. */
  refused: string;
  stopped_at: number | null;
  stopped_reason: string | null;
}

/** Beside the row of an install that is queued; gone when it is not any more. */
interface InstallQueueRow {
  install_id: number;
  /** JSON: what was asked for. */
  input: string;
  due_at: number | null;
}
