import { z } from 'zod';
import { DEFAULT_NOTICES, NOTICES } from '../domain/notification.ts';

const file = z.string().max(1024).regex(/^\//, { message: 'must be the path of a file, from the root' });
const states = z
  .array(z.enum(NOTICES as [string, ...string[]]))
  .min(1)
  .default([...DEFAULT_NOTICES]);
const tries = z.int().min(1).max(50).default(12);

const webhook = z.strictObject({
  url: z.url({ protocol: /^https?$/, message: 'must be a URL that begins with http:// or https://' }),
  /** Holds the secret that requests are signed with; without one they are not signed. */
  secretFile: file.nullable().default(null),
  /** States of installs that it is told of. */
  states,
  /** Tries until it is given up: twelve are about eight hours. */
  tries,
  timeoutSeconds: z.int().min(1).max(120).default(10),
});

const email = z.strictObject({
  /** `smtp://mail.example.net:25`, `smtps://mail.example.net:465`; smtp:// goes over to TLS where the server offers it. */
  server: z.url({
    protocol: /^smtps?$/,
    message: 'must be a URL that begins with smtp:// or smtps://',
  }),
  user: z.string().min(1).max(256).nullable().default(null),
  passwordFile: file.nullable().default(null),
  from: z.email({ message: 'must be a mail address' }),
  to: z.array(z.email({ message: 'must be a mail address' })).min(1),
  states: states.default(['failed', 'expired']),
  tries,
  timeoutSeconds: z.int().min(1).max(300).default(30),
});

/** Section `notify`: who is told when the state of an install changes. */
export const notifySection = z
  .strictObject({
    webhooks: z
      .record(
        z.string().regex(/^(?!email$)[a-z0-9][a-z0-9_-]{0,63}$/, {
          message: "must be a name of a-z, 0-9, dash and underscore, and not 'email'",
        }),
        webhook,
      )
      .default({}),
    email: email.nullable().default(null),
  })
  .prefault({});

export type WebhookConfig = z.infer<typeof webhook>;
export type EmailConfig = z.infer<typeof email>;
export type NotifyConfig = z.infer<typeof notifySection>;
