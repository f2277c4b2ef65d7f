import type { Logger } from 'pino';
import type { Config } from '../../src/config.ts';
import type { Deps } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events.ts';
import type { BmcDrivers } from '../../src/services/power/bmc-access.ts';
import { type PowerService, powerService } from '../../src/services/power/power-service.ts';
import type { BindPeers } from '../net/peer-socket.ts';
import { createClock, monotonicMs } from './clock.ts';
import { createIpmiDriver } from './ipmi-driver.ts';
import { createRedfishDriver } from './redfish-driver.ts';

export interface PowerParts {
  readonly deps: Deps;
  readonly events: EventService;
  readonly config: Config['power'];
  readonly log: Logger;
  readonly bindPeers: BindPeers;
}

/** Power control as the configuration wants it. */
export function openPower({ deps, events, config, log, bindPeers }: PowerParts): PowerService {
  const ipmi = createIpmiDriver({
    bindPeers,
    now: monotonicMs,
    random: deps.randomBytes,
    // A hostile BMC must not fill the log; what it does is told by the outcome.
    onMalformed: ({ address, port }, error, bytes) =>
      log.debug({ address, port, bytes: bytes.toString('hex'), err: error }, 'not a valid answer of a BMC'),
    onError: (error) => log.error({ err: error }, 'the socket of IPMI failed'),
  });
  const drivers: BmcDrivers = { ipmi, redfish: createRedfishDriver() };
  const power = powerService({
    deps,
    events,
    drivers,
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
  return {
    ...power,
    async stop() {
      await power.stop();
      await ipmi.close();
    },
  };
}
