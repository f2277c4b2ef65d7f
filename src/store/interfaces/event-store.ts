import type { Scope } from '../../domain/access/access.ts';
import type { BootEvent } from '../../domain/boot/boot-event.ts';

/** Which events; what is left out does not matter. */
export interface EventFilter {
  readonly systemId?: number | undefined;
  readonly stages?: readonly BootEvent['stage'][] | undefined;
  /** Only of systems in it. */
  readonly scope?: Scope;
}

export interface EventStore {
  listForSystem(systemId: number, afterId: number, limit: number): Promise<BootEvent[]>;
  /** Events after an id, of every machine and of none, in the order in which they were committed. */
  list(filter: EventFilter, afterId: number, limit: number): Promise<BootEvent[]>;
  /** The highest id there is; 0 where there is none. An id is never given twice, and ids only ever grow. */
  latestId(): Promise<number>;
  /** The newest events of one install, newest first. */
  listForInstall(installId: number, limit: number): Promise<BootEvent[]>;
  /** Keeps the newest `keep` events of every machine. */
  prune(keep: number): Promise<number>;
}
