import type { PowerService } from '../../src/services/power/power-service.ts';
import { createBmcControl } from '../../src/services/power-up/bmc-control.ts';
import { type PowerUpService, powerUpService } from '../../src/services/power-up/power-up.ts';
import { createClock } from './clock.ts';
import type { PowerParts } from './wiring.ts';

/** Installs that switch their machines on, through power control as it is configured. */
export function openPowerUps(
  { deps, events, config, log }: Pick<PowerParts, 'deps' | 'events' | 'config' | 'log'>,
  { access, jobs }: Pick<PowerService, 'access' | 'jobs'>,
): PowerUpService {
  const { timeoutSeconds, netbootSeconds } = config().power;
  const control = createBmcControl(deps, { access, jobs, clock: createClock(deps.now), timeoutSeconds });
  return powerUpService(deps, {
    control,
    timeoutSeconds: netbootSeconds,
    record: events.record,
    onUnexpected: (error, system) => log.error({ err: error, system }, 'failed to bring a machine up'),
  });
}
