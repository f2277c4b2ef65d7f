import type { FindPlace } from '../installs/installs.ts';
import type { QueueLimits } from './decide-queue.ts';

/**
 * Where an install that is asked for alone has to wait: behind everybody else, if there is no free place or somebody waits
 * for one. A machine that somebody else switches on takes no place: nobody knows when it comes.
 */
export function findPlaceBy(limits: () => QueueLimits): FindPlace {
  return async (tx, powerUp) => {
    if (powerUp === null) return null;
    const { queued, running } = await tx.queue.count();
    return queued === 0 && running < limits().maxConcurrentInstalls ? null : queued + 1;
  };
}
