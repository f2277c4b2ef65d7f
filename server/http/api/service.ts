import type { FastifyInstance } from 'fastify';
import type { AccessService } from '../../../src/services/access/access.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';
import { addressOf } from '../caller-address.ts';

/** What concerns the service itself: is it up, what does it listen on, the first token. */
export function serviceRoutes(app: FastifyInstance, services: ApiServices, access: AccessService): void {
  app.get('/healthz', { config: { permission: 'public', scope: 'none' } }, async () => ({ status: 'ok' }));
  app.get('/api/v1/status', { config: { permission: 'read', scope: 'none' } }, async () => services.status());
  app.get('/api/v1/leases', { config: { permission: 'read', scope: 'selection' } }, async (request) => ({
    items: await services.leases.list(actorFrom(request)),
  }));
  app.post('/api/v1/setup', { config: { permission: 'public', scope: 'none' } }, async (request, reply) =>
    reply
      .status(201)
      .send(await access.setup(request.body, { from: addressOf(request), request: request.id })),
  );
}
