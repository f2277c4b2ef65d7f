import type { Logger } from 'pino';
import type { Config } from '../../src/config.ts';
import type { Deps } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events.ts';
import type { BmcDrivers } from '../../src/services/power/bmc-access.ts';
import { type PowerService, powerService } from '../../src/services/power/power-service.ts';
import { createClock } from './clock.ts';

export interface PowerParts {
  readonly deps: Deps;
  readonly events: EventService;
  readonly config: Config['power'];
  readonly log: Logger;
}

/** Power control as the configuration wants it. */
export function openPower({ deps, events, config, log }: PowerParts): PowerService {
  return powerService({
    deps,
    events,
    drivers: DRIVERS,
    clock: createClock(deps.now),
    limits: {
      gapMs: config.gapSeconds * 1000,
      maxSessions: config.maxSessions,
      sessionMs: config.sessionSeconds * 1000,
      pollMs: config.pollSeconds * 1000,
      tries: config.tries,
      timeoutSeconds: config.timeoutSeconds,
    },
    onError: (error, what) => log.error({ err: error, what }, 'power control failed'),
  });
}

const DRIVERS: BmcDrivers = {};
