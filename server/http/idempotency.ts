import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IdempotencyService, KeyedCall } from '../../src/services/records/idempotency.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer has a secret in it, which is kept nowhere. */
    answerIsSecret?: boolean;
  }
  interface FastifyRequest {
    keyed: KeyedCall | null;
  }
}

/** POST with `Idempotency-Key` is done once, however often it is sent. */
export function installIdempotency(app: FastifyInstance, idempotency: IdempotencyService): void {
  app.decorateRequest('keyed', null);
  app.addHook('preHandler', async (request, reply) => {
    const call = keyedCallOf(request);
    if (call === undefined) return;
    const kept = await idempotency.begin(call);
    if (kept === undefined) {
      request.keyed = call;
      return;
    }
    const { status, contentType, body } = kept;
    reply.header('idempotency-replayed', 'true').status(status);
    return body === null || body === '' ? reply.send() : reply.type(contentType).send(body);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const { keyed, routeOptions } = request;
    if (keyed === null) return;
    // Where keeping it fails, an error is sent instead and comes by here as well: it is not what came of the request.
    request.keyed = null;
    const text = payload === undefined || payload === null ? '' : payload;
    const isKept = routeOptions.config.answerIsSecret !== true && typeof text === 'string';
    const contentType = String(reply.getHeader('content-type') ?? '');
    const body = isKept ? text : null;
    await idempotency.end(keyed, { status: reply.statusCode, contentType, body });
  });
}

function keyedCallOf({ method, url, headers, body, actor }: FastifyRequest): KeyedCall | undefined {
  const key = headers['idempotency-key'];
  if (method !== 'POST' || key === undefined || actor === null) return undefined;
  const text = Buffer.isBuffer(body) ? body.toString('base64') : JSON.stringify(body ?? null);
  return { key: String(key), actor, method, target: url, body: text };
}
