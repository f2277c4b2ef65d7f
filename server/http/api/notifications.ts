import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseInput } from '../../../src/services/records/input.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

type Numbered = { Params: { id: string } };

const numbered = z.strictObject({
  id: z.string().regex(/^\d{1,15}$/, { message: 'must be the number of a notification' }),
});
export const noticeTestInput = z.strictObject({ endpoint: z.string().min(1).max(64) });

const read = { config: { permission: 'read', scope: 'all' } } as const;
const admin = { config: { permission: 'admin', scope: 'all' } } as const;

/** Notices to webhooks and mail: what is on its way, what was given up, and whether they arrive at all. */
export function notificationRoutes(app: FastifyInstance, { notifications }: ApiServices): void {
  const base = '/api/v1/notifications';
  app.get(base, read, async (request) => ({ items: await notifications.list(request.query) }));
  app.get(`${base}/endpoints`, read, async () => ({ items: notifications.listEndpoints() }));
  app.get<Numbered>(`${base}/:id`, read, (request) =>
    notifications.get(Number(parseInput(numbered, request.params).id)),
  );
  app.post(`${base}/retry`, admin, async (request) => ({
    count: await notifications.retry(request.body, actorFrom(request)),
  }));
  app.post(`${base}/discard`, admin, async (request) => ({
    count: await notifications.discard(request.body, actorFrom(request)),
  }));
  app.post(`${base}/test`, admin, (request) =>
    notifications.test(parseInput(noticeTestInput, request.body).endpoint, actorFrom(request)),
  );
}
