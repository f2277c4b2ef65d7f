import type { Deps } from '../deps.ts';
import type { EventService } from '../events/events.ts';
import type { BmcDrivers } from './bmc-access.ts';
import type { Clock } from './clock.ts';
import type { OpenConsoleLog } from './consoles.ts';

/** What the power service keeps to; all of it may be configured. */
export interface PowerLimits {
  /** Between two sessions with one BMC. */
  readonly gapMs: number;
  /** With all BMCs together. */
  readonly maxSessions: number;
  /** One session, all of it. */
  readonly sessionMs: number;
  /** Between two questions while a machine is on its way. */
  readonly pollMs: number;
  /** Sessions in a row that may fail before a job does. */
  readonly tries: number;
  /** How long a machine may take to switch off (or on), unless a request says otherwise. */
  readonly timeoutSeconds: number;
}

export interface PowerDeps {
  readonly deps: Deps;
  readonly events: EventService;
  readonly drivers: BmcDrivers;
  readonly clock: Clock;
  readonly limits: PowerLimits;
  readonly openConsoleLog: OpenConsoleLog;
  /** Hears of our own failures: a driver that throws what it should not, a disk that refuses. */
  readonly onError: (error: unknown, what: string) => void;
}
