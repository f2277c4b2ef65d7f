import type { Deps } from '../deps.ts';
import type { EventService } from '../events/events.ts';
import type { InstallService, PowerUps } from '../installs/installs.ts';
import type { QueueLimits } from './decide-queue.ts';

/** What the queue of installs stands on. */
export interface QueueDeps {
  readonly deps: Deps;
  readonly events: Pick<EventService, 'record'>;
  readonly installs: InstallService;
  readonly powerUps: Pick<PowerUps, 'giveWay'>;
  /** As they are configured now. */
  readonly limits: () => QueueLimits;
  /** Numbers from 0 up to 1. */
  readonly random: () => number;
  /** Hears of what nobody foresaw; that install is looked at again later. */
  readonly onUnexpected: (error: unknown, install: number) => void;
}
