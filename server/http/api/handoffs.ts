import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseInput } from '../../../src/services/records/input.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

type Named = { Params: { name: string } };
type Numbered = { Params: { id: string } };

export const handoffsQuery = z.strictObject({
  open: z.stringbool().optional(),
  system: z.string().max(64).optional(),
  batch: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(20_000).default(100),
});
export const handoffLogQuery = z.strictObject({ from: z.coerce.number().int().min(0).default(0) });
const runId = z.strictObject({
  id: z.string().regex(/^\d{1,15}$/, { message: 'must be the number of a hand-off run' }),
});

const read = { config: { permission: 'read', scope: 'selection' } } as const;
const operate = { config: { permission: 'operate', scope: 'selection' } } as const;
const operateOne = { config: { permission: 'operate', scope: 'system' } } as const;

/** Hand-offs: runs of what configures machines, and their logs. */
export function handoffRoutes(app: FastifyInstance, { handoffs }: ApiServices): void {
  app.post('/api/v1/handoffs', operate, async (request, reply) =>
    reply.status(202).send(await handoffs.run(request.body, actorFrom(request))),
  );
  app.get('/api/v1/handoffs', read, async (request) => {
    const { limit, ...filter } = parseInput(handoffsQuery, request.query);
    const named = Object.entries(filter).filter(([, value]) => value !== undefined);
    return { items: await handoffs.list(Object.fromEntries(named), limit, actorFrom(request)) };
  });
  app.get<Numbered>('/api/v1/handoffs/:id', read, (request) =>
    handoffs.get(idOf(request.params), actorFrom(request)),
  );
  app.get<Numbered>('/api/v1/handoffs/:id/log', read, (request) =>
    handoffs.log(idOf(request.params), parseInput(handoffLogQuery, request.query).from, actorFrom(request)),
  );
  app.post<Numbered>('/api/v1/handoffs/:id/cancel', operate, (request) =>
    handoffs.cancel(idOf(request.params), actorFrom(request)),
  );
  app.post<Named>('/api/v1/systems/:name/handoff/retry', operateOne, async (request, reply) =>
    reply.status(202).send(await handoffs.retry(request.params.name, actorFrom(request))),
  );
}

function idOf(params: object): number {
  return Number(parseInput(runId, params).id);
}
