import type { Logger } from 'pino';
import type { NewBootEvent, Outcome } from '../src/domain/boot/boot-event.ts';

/** Writes boot events to the service's log too, so that a machine's story can be read where its other lines are. */
export interface EventLog {
  /** One event, found again by `mac` or `systemId`. */
  event(event: NewBootEvent): void;
  /** So many events could not be kept on the timeline. */
  lost(error: unknown, count: number): void;
}

/** Trouble is a warning, not an error: it is the machine's, and the service goes on. */
const LEVELS: Readonly<Record<Outcome, 'debug' | 'warn'>> = { ok: 'debug', warning: 'warn', error: 'warn' };

export function createEventLog(log: Pick<Logger, 'debug' | 'warn' | 'error'>): EventLog {
  return {
    event({ mac, systemId, installId, stage, outcome, message }) {
      log[LEVELS[outcome]]({ mac, systemId, installId, stage, outcome }, message);
    },
    lost(error, count) {
      log.error({ err: error, count }, 'boot events lost');
    },
  };
}
