import { signWebhook } from '../../src/domain/access/webhook-signature.ts';

export interface SignedPost {
  readonly url: string;
  readonly body: string;
  /** Null: not signed. */
  readonly secret: string | null;
  readonly unixSeconds: number;
  readonly timeoutSeconds: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PostAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  /** Its beginning: what a receiver says is for people. */
  readonly text: string;
}

/** Read of an answer, however long it is. */
const MOST_ANSWER_BYTES = 8 * 1024;

/**
 * Posts JSON, signed where there is a secret. A redirection is not followed: it would carry the body to somebody whom the
 * configuration does not name. Rejects with the signal's reason, or with an Error that says in words why there is no answer.
 */
export async function postSigned(post: SignedPost, signal: AbortSignal): Promise<PostAnswer> {
  const { url, body, secret, unixSeconds, timeoutSeconds } = post;
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'provision',
    ...post.headers,
    ...(secret === null ? {} : { 'provision-signature': signWebhook(secret, body, unixSeconds) }),
  };
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: within });
    const { ok, status, statusText } = answer;
    return { ok, status, statusText, text: await readBeginning(answer) };
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(problemOf(error, timeoutSeconds), { cause: error });
  }
}

async function readBeginning({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the connection.
  for await (const part of body ?? []) {
    parts.push(part);
    length += part.length;
    if (length >= MOST_ANSWER_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MOST_ANSWER_BYTES).toString();
}

/** fetch says only that it failed; why is its cause. */
function problemOf(error: unknown, timeoutSeconds: number): string {
  const { name, message, cause } = error as Error & { cause?: { message?: string } };
  return name === 'TimeoutError' ? `no answer within ${timeoutSeconds} s` : (cause?.message ?? message);
}
