import type { NewBootEvent } from '../../domain/boot/boot-event.ts';
import type { HandoffDefinition } from '../../domain/handoff/handoff-definition.ts';
import type { Deps } from '../deps.ts';
import type { Clock } from '../power/clock.ts';
import type { HandoffDriver, HandoffTarget, SshAnswer, SshNeed } from './driver.ts';

/** What a run has written, as a file that can be read while it grows. */
export interface HandoffLog {
  write(text: string | Buffer): void;
  /** Resolves when all of it is in the file. */
  close(): Promise<void>;
}

/** A piece of a log: whole lines from a byte on, and where the next piece begins. */
export interface HandoffLogPiece {
  readonly text: string;
  readonly next: number;
}

export interface HandoffLogs {
  open(id: number): Promise<HandoffLog>;
  /** From a byte on, at most 256 KiB; nothing where there is no log. */
  read(id: number, from: number): Promise<HandoffLogPiece>;
  /** Removes logs whose run is not on record. */
  prune(listIds: () => Promise<readonly number[]>): Promise<void>;
}

/** What hand-offs need of the rest of the service; the edges are in server/handoff/. */
export interface HandoffDeps {
  readonly deps: Deps;
  readonly clock: Clock;
  readonly record: (event: NewBootEvent) => void;
  /** Of the configuration in force. */
  readonly definitions: () => Readonly<Record<string, HandoffDefinition>>;
  readonly maxConcurrent: () => number;
  readonly driverOf: (definition: HandoffDefinition) => HandoffDriver<HandoffDefinition>;
  readonly probe: (order: SshQuestion, signal: AbortSignal) => Promise<SshAnswer>;
  readonly logs: HandoffLogs;
  /** Resolves when nothing of an earlier process is left that a run could meet. */
  readonly ready: () => Promise<void>;
  readonly onError: (error: unknown, what: string) => void;
}

export interface SshQuestion {
  readonly id: number;
  readonly target: HandoffTarget;
  readonly need: SshNeed;
  readonly definition: HandoffDefinition;
}
