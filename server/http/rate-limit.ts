import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../src/domain/errors.ts';
import { addressOf } from './caller-address.ts';

/** Requests of one caller: so many at once, and so many a second from then on. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** More than any script of a site needs; what asks for more is broken, or means harm. */
export const USUAL_RATE: RateLimit = { burst: 10_000, perSecond: 1000 };

/** Callers that are remembered; beyond it those who have not asked for longest are forgotten. */
const MOST_CALLERS = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Refuses a caller who asks too often with 429 and `Retry-After` (RFC 6585 §4, RFC 9110 §10.2.3). `address`: before anybody
 * has proved who it is. `caller`: by the token or user, wherever it is used from; after authentication.
 */
export function limitRates(
  app: FastifyInstance,
  limit: RateLimit,
  nowMs: () => number,
  by: 'address' | 'caller',
): void {
  const buckets = new Map<string, Bucket>();
  const take = (caller: string): number => {
    const atMs = nowMs();
    const { tokens, atMs: sinceMs } = buckets.get(caller) ?? { tokens: limit.burst, atMs };
    const filled = Math.min(limit.burst, tokens + (Math.max(0, atMs - sinceMs) * limit.perSecond) / 1000);
    // The one that has asked last stands last.
    buckets.delete(caller);
    buckets.set(caller, { tokens: Math.max(0, filled - 1), atMs });
    const [longest] = buckets.keys();
    if (buckets.size > MOST_CALLERS && longest !== undefined) buckets.delete(longest);
    return filled >= 1 ? 0 : (1 - filled) / limit.perSecond;
  };
  app.addHook('onRequest', async (request, reply) => {
    const { actor } = request;
    if (by === 'caller' && actor === null) return;
    const waitSeconds = take(
      by === 'address' || actor === null ? addressOf(request) : `${actor.kind} ${actor.name}`,
    );
    if (waitSeconds === 0) return;
    reply.header('retry-after', String(Math.ceil(waitSeconds)));
    throw new DomainError('too-many', 'too many requests within a short time', {
      hint: 'wait as many seconds as Retry-After says; ask for many records in one list, and change many with apply',
    });
  });
}
