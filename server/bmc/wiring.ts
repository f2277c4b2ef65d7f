import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../src/config.ts';
import { parseNetwork } from '../../src/domain/network/ipv4.ts';
import type { Deps } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events/events.ts';
import type { BmcDrivers } from '../../src/services/power/bmc-access.ts';
import { type PowerService, powerService } from '../../src/services/power/power-service.ts';
import type { BindPeers } from '../net/peer-socket.ts';
import type { OwnMachine } from '../own-machine.ts';
import { createClock, monotonicMs } from './clock.ts';
import { createCommandDriver } from './command-driver.ts';
import { openConsoleLogs } from './console-log.ts';
import { createIpmiDriver } from './ipmi-driver.ts';
import { poolRandom } from './random-pool.ts';
import { createRedfishDriver } from './redfish-driver.ts';
import { createWolDriver } from './wol-driver.ts';

export interface PowerParts {
  readonly deps: Deps;
  readonly events: EventService;
  /** As it is now: a reload changes the command sets. */
  readonly config: () => Config;
  readonly machine: Pick<OwnMachine, 'interfaces'>;
  readonly log: Logger;
  readonly bindPeers: BindPeers;
}

/** Power control as the configuration wants it. */
export function openPower(parts: PowerParts): PowerService {
  const { deps, events, config, log, machine, bindPeers } = parts;
  const limits = config().power;
  const ipmi = createIpmiDriver({
    bindPeers,
    now: monotonicMs,
    random: poolRandom(deps.randomBytes),
    // A hostile BMC must not fill the log; what it does is told by the outcome.
    onMalformed: ({ address, port }, error, bytes) =>
      log.debug({ address, port, bytes: bytes.toString('hex'), err: error }, 'not a valid answer of a BMC'),
    onError: (error) => log.error({ err: error }, 'the socket of IPMI failed'),
  });
  const drivers: BmcDrivers = {
    ipmi,
    redfish: createRedfishDriver(),
    wol: createWolDriver({
      ownAddresses: () => machine.interfaces().flatMap(({ addresses }) => addresses),
      networks: async () =>
        (await deps.store.read.subnets.list()).flatMap(({ network }) => parseNetwork(network) ?? []),
    }),
    command: createCommandDriver(() => config().power.commands),
  };
  const power = powerService({
    deps,
    events,
    drivers,
    clock: createClock(deps.now),
    limits: {
      gapMs: limits.gapSeconds * 1000,
      maxSessions: limits.maxSessions,
      sessionMs: limits.sessionSeconds * 1000,
      pollMs: limits.pollSeconds * 1000,
      tries: limits.tries,
      timeoutSeconds: limits.timeoutSeconds,
    },
    openConsoleLog: openConsoleLogs(join(config().dataDir, 'console'), (error, path) =>
      log.error({ err: error, path }, 'the log of a console cannot be written'),
    ),
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
