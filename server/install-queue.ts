import type { Logger } from 'pino';
import type { Config } from '../src/config.ts';
import type { Deps } from '../src/services/deps.ts';
import type { EventService } from '../src/services/events/events.ts';
import type { QueueLimits } from '../src/services/install-queue/decide-queue.ts';
import { findPlaceBy } from '../src/services/install-queue/place.ts';
import {
  type InstallQueueService,
  installQueueService,
} from '../src/services/install-queue/queue-service.ts';
import {
  type ChooseHandoff,
  type InstallService,
  installService,
  type PowerUps,
  type ReadinessCheck,
} from '../src/services/installs/installs.ts';

interface InstallParts {
  readonly deps: Deps;
  readonly events: EventService;
  readonly checkReady: ReadinessCheck;
  readonly powerUps: PowerUps;
  readonly chooseHandoff: ChooseHandoff;
  readonly config: () => Config;
  readonly log: Logger;
}

/** Installs, and the queue that lets so many of them begin at once as are configured. */
export function openInstalls({ config, log, checkReady, chooseHandoff, ...parts }: InstallParts): {
  readonly installs: InstallService;
  readonly installQueue: InstallQueueService;
} {
  const { deps, events, powerUps } = parts;
  const limits = (): QueueLimits => {
    const { maxConcurrentInstalls, jitterSeconds } = config().installs;
    return { maxConcurrentInstalls, jitterMs: jitterSeconds * 1000 };
  };
  const installs = installService(deps, events, checkReady, powerUps, chooseHandoff, findPlaceBy(limits));
  const installQueue = installQueueService({
    ...parts,
    installs,
    limits,
    random: () => deps.randomBytes(4).readUInt32BE() / 2 ** 32,
    onUnexpected: (error, install) => log.error({ err: error, install }, 'failed to begin an install'),
  });
  return { installs, installQueue };
}
