import type { Logger } from 'pino';
import type { NotifyConfig } from '../../src/config/notify.ts';
import type { Config } from '../../src/config.ts';
import type { InstallState } from '../../src/domain/install/install.ts';
import type { Deps } from '../../src/services/deps.ts';
import {
  type Endpoint,
  type NotificationService,
  notificationService,
} from '../../src/services/notifications/notifications.ts';
import { sendMail } from './email.ts';
import { postWebhook } from './webhook.ts';

export interface NotificationParts {
  readonly deps: Deps;
  /** As it is now: a reload changes who is told. */
  readonly config: () => Config;
  readonly log: Logger;
}

/** Those who are told, as the configuration wants it. */
export function openNotifications({ deps, config, log }: NotificationParts): NotificationService {
  return notificationService(deps, {
    endpoints: () => endpointsOf(config().notify, deps.now),
    chance: () => deps.randomBytes(1).readUInt8() / 255,
    onDead: ({ id, endpoint }, problem) =>
      log.warn({ notification: id, endpoint, problem }, 'a notification was given up'),
    onError: (error) => log.error({ err: error }, 'a notification could not be written down'),
  });
}

function endpointsOf({ webhooks, email }: NotifyConfig, now: () => number): readonly Endpoint[] {
  const hooks = Object.entries(webhooks).map(([name, webhook]): Endpoint => {
    const { states, tries } = webhook;
    return {
      name,
      states: states as readonly InstallState[],
      tries,
      send: (notice, signal) => {
        const { type: event, id: delivery } = notice;
        const unixSeconds = Math.floor(now() / 1000);
        const body = JSON.stringify(notice);
        return postWebhook(webhook, { body, event, delivery, unixSeconds }, signal);
      },
    };
  });
  if (email === null) return hooks;
  const { states, tries } = email;
  const mail = { name: 'email', states: states as readonly InstallState[], tries };
  return [...hooks, { ...mail, send: (notice) => sendMail(email, notice) }];
}
