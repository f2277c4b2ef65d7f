import type { Deps } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events/events.ts';
import type { QueueLimits } from '../../src/services/install-queue/decide-queue.ts';
import { findPlaceBy } from '../../src/services/install-queue/place.ts';
import {
  type InstallQueueService,
  installQueueService,
} from '../../src/services/install-queue/queue-service.ts';
import {
  type ChooseHandoff,
  type InstallService,
  installService,
  type PowerUps,
  type ReadinessCheck,
} from '../../src/services/installs/installs.ts';

/** What a test decides about installs; all of it may be changed while it runs. */
export interface InstallEdges {
  readonly powerUps: { -readonly [K in keyof PowerUps]: PowerUps[K] };
  checkReady: ReadinessCheck;
  /** `none` unless given. */
  readonly chooseHandoff?: ChooseHandoff;
  limits: QueueLimits;
  random: () => number;
}

/** Installs and their queue, on edges that the test has in its hand. */
export function openInstallServices(
  deps: Deps,
  events: EventService,
  edges: InstallEdges,
): { readonly installs: InstallService; readonly installQueue: InstallQueueService } {
  const { powerUps } = edges;
  const checkReady: ReadinessCheck = (system, input) => edges.checkReady(system, input);
  const limits = () => edges.limits;
  const installs = installService(
    deps,
    events,
    checkReady,
    powerUps,
    edges.chooseHandoff,
    findPlaceBy(limits),
  );
  const installQueue = installQueueService({
    ...{ deps, events, installs, powerUps, limits },
    random: () => edges.random(),
    onUnexpected: (error) => {
      throw error;
    },
  });
  return { installs, installQueue };
}
