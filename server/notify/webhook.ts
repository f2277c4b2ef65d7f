import { readFile } from 'node:fs/promises';
import type { WebhookConfig } from '../../src/config/notify.ts';
import type { DeliveryOutcome } from '../../src/domain/notification.ts';
import { signWebhook } from '../../src/domain/webhook-signature.ts';

export interface WebhookRequest {
  readonly body: string;
  /** What it is about, and its number: the same each time that it is sent. */
  readonly event: string;
  readonly delivery: number;
  readonly unixSeconds: number;
}

/**
 * Posts JSON to a webhook, signed with the secret of its file as `Provision-Signature` says. 2xx is accepted; a redirect is not
 * followed, since the signature is meant for this receiver. Rejects by the signal's reason only.
 */
export async function postWebhook(
  { url, secretFile, timeoutSeconds }: WebhookConfig,
  { body, event, delivery, unixSeconds }: WebhookRequest,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  try {
    const secret = secretFile === null ? null : await readSecret(secretFile);
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'provision',
        'provision-event': event,
        'provision-delivery': String(delivery),
        ...(secret === null ? {} : { 'provision-signature': signWebhook(secret, body, unixSeconds) }),
      },
      body,
    });
    // What it says is for its own log.
    await response.body?.cancel();
    if (response.ok) return { kind: 'accepted' };
    return refused(response.status, `it answered ${response.status} ${response.statusText}`.trim());
  } catch (error) {
    signal.throwIfAborted();
    return refused(null, problemOf(error, timeoutSeconds));
  }
}

function refused(status: number | null, problem: string): DeliveryOutcome {
  return { kind: 'refused', status, problem };
}

async function readSecret(file: string): Promise<string> {
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret !== '') return secret;
  throw new Error(`the secret file ${file} is empty`);
}

function problemOf(error: unknown, timeoutSeconds: number): string {
  if (!(error instanceof Error)) return 'it could not be sent';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutSeconds} s`;
  // fetch says only that it failed; why is its cause.
  return error.cause instanceof Error ? error.cause.message : error.message;
}
