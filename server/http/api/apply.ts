import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';
import { isDryRun } from '../dry-run.ts';

/** Some tens of thousands of systems. */
const DOCUMENT_LIMIT_BYTES = 32 * 1024 * 1024;

/** Records as one document: out of the service, and into it. */
export function applyRoutes(app: FastifyInstance, { apply }: ApiServices): void {
  app.get('/api/v1/export', { config: { permission: 'read', scope: 'selection' } }, (request) =>
    apply.export(actorFrom(request)),
  );
  const options = {
    config: { permission: 'operate', scope: 'selection' },
    bodyLimit: DOCUMENT_LIMIT_BYTES,
  } as const;
  app.post('/api/v1/apply', options, (request) =>
    apply.apply(request.body, actorFrom(request), isDryRun(request)),
  );
}
