import { createHmac } from 'node:crypto';

/** Headers of a signed webhook; `timestamp` in seconds since the epoch. */
export const WEBHOOK_HEADERS = {
  timestamp: 'x-provision-timestamp',
  signature: 'x-provision-signature',
} as const;

/**
 * Headers that prove who sent a body: `sha256=` and the hexadecimal HMAC-SHA256 (RFC 2104) of `TIMESTAMP.BODY` with the shared
 * secret. A receiver compares in constant time, and refuses a timestamp that is more than some minutes old, so that what
 * somebody has recorded cannot be sent again.
 */
export function signWebhook(secret: string, timestampSeconds: number, body: string): Record<string, string> {
  const hmac = createHmac('sha256', secret).update(`${timestampSeconds}.${body}`).digest('hex');
  return {
    [WEBHOOK_HEADERS.timestamp]: String(timestampSeconds),
    [WEBHOOK_HEADERS.signature]: `sha256=${hmac}`,
  };
}
