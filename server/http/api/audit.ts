import type { FastifyInstance } from 'fastify';
import type { AccessService } from '../../../src/services/access/access.ts';

type Named = { Params: { name: string } };

/** Who did what: everything, or what was done with one system. */
export function auditRoutes(app: FastifyInstance, { audit }: Pick<AccessService, 'audit'>): void {
  app.get('/api/v1/audit', { config: { permission: 'admin', scope: 'all' } }, (request) =>
    audit.list(request.query),
  );
  // Also of one that was removed, for those whom no scope binds.
  app.get<Named>(
    '/api/v1/systems/:name/audit',
    { config: { permission: 'read', scope: 'system' } },
    (request) => audit.list(request.query, { noun: 'system', name: request.params.name }),
  );
}
