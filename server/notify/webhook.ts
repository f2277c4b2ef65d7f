import { readFile } from 'node:fs/promises';
import type { WebhookConfig } from '../../src/config/notify.ts';
import type { DeliveryOutcome } from '../../src/domain/notification.ts';
import { postSigned } from '../net/post-signed.ts';

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
    const headers = { 'provision-event': event, 'provision-delivery': String(delivery) };
    const answer = await postSigned({ url, body, secret, unixSeconds, timeoutSeconds, headers }, signal);
    if (answer.ok) return { kind: 'accepted' };
    return refused(answer.status, `it answered ${answer.status} ${answer.statusText}`.trim());
  } catch (error) {
    signal.throwIfAborted();
    return refused(null, error instanceof Error ? error.message : 'it could not be sent');
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
