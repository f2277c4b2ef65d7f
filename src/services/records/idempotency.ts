import { createHash } from 'node:crypto';
import { SEALING } from '../../domain/access/sealing.ts';
import { DomainError, invalid } from '../../domain/errors.ts';
import type { KeptAnswer } from '../../store/interfaces/idempotency-store.ts';
import type { Actor, Deps } from '../deps.ts';

/** How long an answer is given again. */
const KEEP_MS = 24 * 3_600_000;
/** A larger answer is not kept: it would fill the database. */
const LARGEST_ANSWER = 1024 * 1024;
const KEY = /^[\x21-\x7e]{1,200}$/;

export interface KeyedCall {
  readonly key: string;
  readonly actor: Actor;
  readonly method: string;
  /** With the query. */
  readonly target: string;
  readonly body: string;
}

export type IdempotencyService = ReturnType<typeof idempotencyService>;

/**
 * Requests that carry a key are done once: sent again within 24 hours, they get the answer that the first one got. What
 * was begun is written before it is done, so that even a crash in between does not make it happen twice: then nobody knows
 * the answer, which is said.
 */
export function idempotencyService({ store, now, secrets }: Deps) {
  /** Keys whose request is being done. */
  const underWay = new Set<string>();
  const place = ({ actor, key }: KeyedCall) => `${callerOf(actor)} ${key}`;

  return {
    /** The answer to be given again, or undefined: this is the first time, and `end` is called with what came of it. */
    async begin(call: KeyedCall): Promise<KeptAnswer | undefined> {
      const { key, actor } = call;
      if (!KEY.test(key))
        throw invalid([
          { path: 'Idempotency-Key', message: 'must be 1-200 printable characters, no spaces' },
        ]);
      if (underWay.has(place(call))) throw inProgress();
      underWay.add(place(call));
      try {
        const caller = callerOf(actor);
        const hash = hashOf(call);
        const known = await store.read.idempotency.find(caller, key);
        if (known === undefined || known.atMs <= now() - KEEP_MS) {
          // Sealed, since a hash of a short secret in a body would be one to guess by.
          const sealed = secrets.seal(hash, SEALING.idempotencyRequest);
          await store.transaction((tx) => tx.idempotency.begin(caller, key, sealed, now()));
          return undefined;
        }
        underWay.delete(place(call));
        if (secrets.open(known.requestHash, SEALING.idempotencyRequest) !== hash) throw otherRequest();
        if (known.answer === null || known.answer.body === null) throw answerNotKept();
        return known.answer;
      } catch (error) {
        underWay.delete(place(call));
        throw error;
      }
    },

    /** Keeps the answer. One that was refused has done nothing and can be tried again. */
    async end(call: KeyedCall, answer: KeptAnswer): Promise<void> {
      const { key, actor } = call;
      const isTooLarge = answer.body !== null && answer.body.length > LARGEST_ANSWER;
      try {
        await store.transaction((tx) =>
          answer.status >= 400
            ? tx.idempotency.forget(callerOf(actor), key)
            : tx.idempotency.finish(callerOf(actor), key, isTooLarge ? { ...answer, body: null } : answer),
        );
      } finally {
        // Also when it could not be written: then nobody knows the answer, and that is what is said.
        underWay.delete(place(call));
      }
    },

    prune: () => store.transaction((tx) => tx.idempotency.prune(now() - KEEP_MS)),
  };
}

/** One caller's keys are nobody else's. */
function callerOf({ kind, name }: Actor): string {
  return `${kind}:${name}`;
}

function hashOf({ method, target, body }: KeyedCall): string {
  return createHash('sha256')
    .update(JSON.stringify([method, target, body]))
    .digest('hex');
}

function inProgress(): DomainError {
  return new DomainError('in-progress', 'a request with this Idempotency-Key is being done at this moment', {
    hint: 'send it again in a moment: it is answered as this one will be',
  });
}

function otherRequest(): DomainError {
  return new DomainError('key-reused', 'this Idempotency-Key was sent with another request before', {
    hint: 'take a new key for each new request; a key is only sent again with exactly the same request',
  });
}

function answerNotKept(): DomainError {
  const what = 'it has a secret in it, is too large, or the service was stopped in between';
  return new DomainError(
    'not-replayable',
    `this request was done before, and its answer was not kept: ${what}`,
    {
      hint: 'look at what is there now; to do it once more, send it with a new Idempotency-Key',
    },
  );
}
