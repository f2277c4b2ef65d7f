import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { INSTALL_STATES, LIVE_STATES } from '../../../src/domain/install/install.ts';
import { parseInput } from '../../../src/services/records/input.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

type Numbered = { Params: { id: string } };

const limit = z.coerce.number().int().min(1).max(20_000).default(100);
export const installsQuery = z.strictObject({
  system: z.string().max(64).optional(),
  batch: z.string().max(64).optional(),
  state: z.enum(INSTALL_STATES).optional(),
  /** Only those that are not over; or only those that are. */
  live: z.stringbool().optional(),
  limit,
});
export const batchesQuery = z.strictObject({ limit });
const installId = z.strictObject({
  id: z.string().regex(/^\d{1,15}$/, { message: 'must be the number of an install' }),
});
/** Only what still waits in the queue. */
export const cancelBatchInput = z.strictObject({ queuedOnly: z.boolean().default(false) });

const read = { config: { permission: 'read', scope: 'selection' } } as const;
const write = { config: { permission: 'operate', scope: 'selection' } } as const;
/** To go before others concerns them too. */
const everybody = { config: { permission: 'operate', scope: 'all' } } as const;

/** Installs of many machines, their batches, and the queue. */
export function bulkInstallRoutes(app: FastifyInstance, { installQueue }: ApiServices): void {
  const { bulk, queue, lists } = installQueue;
  const base = '/api/v1/installs';
  app.post(base, write, async (request, reply) =>
    reply.status(202).send(await bulk.start(request.body, actorFrom(request))),
  );
  app.post(`${base}/plan`, read, (request) => bulk.plan(request.body, actorFrom(request)));
  app.get(base, read, async (request) => {
    const { limit, state, live, ...filter } = parseInput(installsQuery, request.query);
    return {
      items: await lists.installs({ ...filter, states: statesOf(state, live) }, limit, actorFrom(request)),
    };
  });
  app.get<Numbered>(`${base}/:id`, read, (request) =>
    lists.install(Number(parseInput(installId, request.params).id), actorFrom(request)),
  );
  app.get(`${base}/queue`, read, (request) => queue.view(actorFrom(request)));
  app.post(`${base}/queue/move`, everybody, (request) => installQueue.move(request.body, actorFrom(request)));
  app.get(`${base}/batches`, read, async (request) => ({
    items: await lists.batches(parseInput(batchesQuery, request.query).limit, actorFrom(request)),
  }));
  app.get<Numbered>(`${base}/batches/:id`, read, (request) =>
    lists.batch(request.params.id, actorFrom(request)),
  );
  app.post<Numbered>(`${base}/batches/:id/cancel`, write, (request) =>
    lists.cancelBatch(
      request.params.id,
      parseInput(cancelBatchInput, request.body ?? {}),
      actorFrom(request),
    ),
  );
}

type State = (typeof INSTALL_STATES)[number];

function statesOf(state: State | undefined, live: boolean | undefined): readonly State[] | undefined {
  if (state === undefined && live === undefined) return undefined;
  const isWanted = (one: State): boolean =>
    (state === undefined || one === state) && (live === undefined || LIVE_STATES.includes(one) === live);
  return INSTALL_STATES.filter(isWanted);
}
