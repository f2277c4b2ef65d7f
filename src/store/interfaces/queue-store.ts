import type { InstallBatch } from '../../domain/install/install-batch.ts';
import type { InstallInput } from '../../domain/install/install-input.ts';
import type { StoredInstall } from './store.ts';

/** What of an install that waits it takes to say whose turn it is. */
export interface QueuePlace {
  readonly id: number;
  readonly system: string;
  readonly batch: string | null;
  readonly position: number;
  /** When it is to begin; null as long as that is not decided. */
  readonly dueAtMs: number | null;
}

/** An install that waits for its turn. */
export interface QueuedInstall extends StoredInstall {
  /** What was asked for: it is judged again when its turn comes. */
  readonly input: InstallInput;
}

export interface QueueStore {
  /** In the order of their places; quick, since it is asked for once a second. */
  list(): Promise<QueuePlace[]>;
  find(installId: number): Promise<QueuedInstall | undefined>;
  /** How many wait, and how many have a place: those under way that a machine drives, or whose machine the service switches on. */
  count(): Promise<{ readonly queued: number; readonly running: number }>;
  /** Keeps what was asked for with an install that was just written as `queued`. */
  keep(installId: number, input: InstallInput): Promise<void>;
  setDue(installId: number, dueAtMs: number | null): Promise<void>;
  /** To a place of the queue, from 1; the others make room. */
  move(installId: number, position: number): Promise<void>;
}

export type BatchWrite = Omit<InstallBatch, 'requestedAt' | 'stopped'>;

/** Failures of a batch that may end it. */
export interface StoredBatchStand {
  readonly batch: string;
  readonly stopAfterFailures: number;
  /** Systems, in the order of their installs. */
  readonly failed: readonly string[];
}

export interface BatchStore {
  add(write: BatchWrite, nowMs: number): Promise<void>;
  find(id: string): Promise<InstallBatch | undefined>;
  /** Newest first. */
  list(limit: number): Promise<InstallBatch[]>;
  /** Of the batches that failures may end, and that have something in the queue. */
  listStands(): Promise<StoredBatchStand[]>;
  setStopped(id: string, reason: string, nowMs: number): Promise<void>;
}
