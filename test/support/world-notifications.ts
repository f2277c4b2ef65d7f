import type { Logger } from 'pino';
import type { Deps } from '../../src/services/deps.ts';
import {
  type Endpoint,
  type NotificationService,
  notificationService,
} from '../../src/services/notifications/notifications.ts';

/** Notifications of a world, to endpoints that a test may add while it runs. */
export function worldNotifications(
  deps: Deps,
  log: Logger,
  endpoints: readonly Endpoint[],
): NotificationService {
  return notificationService(deps, {
    endpoints: () => endpoints,
    chance: () => 0.5,
    onDead: ({ id }, problem) => log.warn({ notification: id, problem }, 'a notification was given up'),
    onError: (error) => log.error({ err: error }, 'a notification could not be written down'),
  });
}
