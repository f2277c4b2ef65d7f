import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseInput } from '../../../src/services/records/input.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

type Named = { Params: { name: string } };
type Numbered = { Params: { id: string } };

export const jobsQuery = z.strictObject({
  open: z.stringbool().optional(),
  system: z.string().max(64).optional(),
  batch: z.string().max(64).optional(),
  /** `1,2,3` */
  ids: z
    .string()
    .regex(/^\d{1,15}(,\d{1,15}){0,999}$/, { message: 'must be numbers of jobs: 1,2,3' })
    .transform((text) => text.split(',').map(Number))
    .optional(),
  limit: z.coerce.number().int().min(1).max(20_000).default(100),
});
export const bmcLogQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(50) });
const jobId = z.strictObject({
  id: z.string().regex(/^\d{1,15}$/, { message: 'must be the number of a job' }),
});

const read = { config: { permission: 'read', scope: 'selection' } } as const;
const operate = { config: { permission: 'operate', scope: 'selection' } } as const;
const readOne = { config: { permission: 'read', scope: 'system' } } as const;
const operateOne = { config: { permission: 'operate', scope: 'system' } } as const;

/** Power: orders as jobs, states as they are now. */
export function powerRoutes(app: FastifyInstance, { power }: ApiServices): void {
  const { jobs, states } = power;
  app.post('/api/v1/power', operate, async (request, reply) =>
    reply.status(202).send(await jobs.request(request.body, actorFrom(request))),
  );
  app.post('/api/v1/power/status', read, (request) => states.ask(request.body, actorFrom(request)));
  app.get<Named>('/api/v1/systems/:name/power', readOne, (request) => states.get(request.params.name));
  app.get('/api/v1/jobs', read, async (request) => {
    const { limit, ...filter } = parseInput(jobsQuery, request.query);
    const named = Object.entries(filter).filter(([, value]) => value !== undefined);
    return { items: await jobs.list(Object.fromEntries(named), limit, actorFrom(request)) };
  });
  app.get<Numbered>('/api/v1/jobs/:id', read, (request) =>
    jobs.get(idOf(request.params), actorFrom(request)),
  );
  app.post<Numbered>('/api/v1/jobs/:id/cancel', operate, (request) =>
    jobs.cancel(idOf(request.params), actorFrom(request)),
  );
}

/** What is asked of one BMC and answered at once. */
export function bmcRoutes(app: FastifyInstance, { power }: ApiServices): void {
  const { bmcs } = power;
  const base = '/api/v1/systems/:name';
  app.get<Named>(`${base}/boot-device`, readOne, (request) => bmcs.bootDevice(request.params.name));
  app.put<Named>(`${base}/boot-device`, operateOne, (request) =>
    bmcs.setBootDevice(request.params.name, request.body, actorFrom(request)),
  );
  app.post<Named>(`${base}/identify`, operateOne, (request) =>
    bmcs.identify(request.params.name, request.body, actorFrom(request)),
  );
  app.get<Named>(`${base}/bmc`, readOne, (request) => bmcs.info(request.params.name));
  app.get<Named>(`${base}/bmc/sensors`, readOne, async (request) => ({
    items: await bmcs.sensors(request.params.name),
  }));
  app.get<Named>(`${base}/bmc/log`, readOne, async (request) => ({
    items: await bmcs.log(request.params.name, parseInput(bmcLogQuery, request.query).limit),
  }));
  app.get<Named>(`${base}/bmc/check`, readOne, async (request) => ({
    items: await bmcs.check(request.params.name),
  }));
}

function idOf(params: object): number {
  return Number(parseInput(jobId, params).id);
}
