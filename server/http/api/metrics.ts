import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../api-services.ts';

/** What Prometheus scrapes; with a token, as everything else (`authorization` of its scrape configuration). */
export function metricsRoutes(app: FastifyInstance, { metrics }: ApiServices): void {
  app.get('/metrics', { config: { permission: 'read', scope: 'all' } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  );
}
