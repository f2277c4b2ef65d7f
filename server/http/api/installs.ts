import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseInput } from '../../../src/services/records/input.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

export const timelineQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

type Named = { Params: { name: string } };

/** Arming, cancelling and watching an install. */
export function installRoutes(app: FastifyInstance, { installs, events }: ApiServices): void {
  const read = { config: { permission: 'read', scope: 'system' } } as const;
  const write = { config: { permission: 'operate', scope: 'system' } } as const;
  app.post<Named>('/api/v1/systems/:name/install', write, async (request, reply) => {
    const install = await installs.arm(request.params.name, request.body, actorFrom(request));
    return reply.status(201).send(install);
  });
  app.post<Named>('/api/v1/systems/:name/cancel', write, (request) =>
    installs.cancel(request.params.name, actorFrom(request)),
  );
  app.get<Named>('/api/v1/systems/:name/timeline', read, async (request) => {
    const { after, limit } = parseInput(timelineQuery, request.query);
    await events.flush();
    return { items: await events.timeline(request.params.name, after, limit) };
  });
}
