import type { Logger } from 'pino';
import type { Deps } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events/events.ts';
import { type PowerService, powerService } from '../../src/services/power/power-service.ts';
import type { FakeBmcs } from './fake-bmcs.ts';
import type { FakeClock } from './fake-clock.ts';
import { noConsoleLog } from './no-console-log.ts';
import { POWER_LIMITS } from './power-limits.ts';

interface WorldPowerParts {
  readonly deps: Deps;
  readonly events: EventService;
  readonly log: Logger;
  readonly bmcs: FakeBmcs;
  readonly clock: FakeClock;
}

/** Power control of a world, on BMCs and a clock that only the test moves. */
export function worldPower({ deps, events, log, bmcs, clock }: WorldPowerParts): PowerService {
  return powerService({
    deps,
    events,
    drivers: { ipmi: bmcs.driver },
    clock,
    openConsoleLog: noConsoleLog,
    limits: POWER_LIMITS,
    onError: (error, what) => log.error({ err: error, what }, 'power control failed'),
  });
}
