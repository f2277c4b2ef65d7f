import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

/** What a machine would get now, and why. Answer files are masked, as nothing here leads to a machine. */
export function explainRoutes(app: FastifyInstance, { explain }: Pick<ApiServices, 'explain'>): void {
  const read = { config: { permission: 'read', scope: 'selection' } } as const;
  app.get('/api/v1/explain', read, (request) => explain.explain(request.query, actorFrom(request)));
}
