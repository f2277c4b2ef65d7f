import { createHmac } from 'node:crypto';

/**
 * Value of the header `Provision-Signature`: `t=<Unix seconds>,v1=<HMAC-SHA256 of "t.body", hex>` (RFC 2104). The time is signed as
 * well, so that a receiver can refuse what somebody has kept and sends again.
 */
export function signWebhook(secret: string, body: string, unixSeconds: number): string {
  const mac = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex');
  return `t=${unixSeconds},v1=${mac}`;
}
