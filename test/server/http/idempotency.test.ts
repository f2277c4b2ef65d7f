import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { installIdempotency } from '../../../server/http/idempotency.ts';
import { LOCAL } from '../../../src/services/deps.ts';

it('an answer that could not be kept is kept once only: the error in its place says nothing of the request', async () => {
  const ends: number[] = [];
  const app = Fastify();
  app.decorateRequest('actor', null);
  app.addHook('onRequest', async (request) => {
    request.actor = LOCAL;
  });
  installIdempotency(app, {
    begin: async () => undefined,
    end: async (_call, { status }) => {
      ends.push(status);
      throw new Error('the disk is full');
    },
    prune: async () => {},
  });
  app.post('/', async (_request, reply) => reply.status(201).send({ done: true }));
  const headers = { 'idempotency-key': 'k1' };
  const { statusCode } = await app.inject({ method: 'POST', url: '/', headers, payload: {} });
  expect(statusCode).toBe(500);
  expect(ends).toEqual([201]);
  await app.close();
});
