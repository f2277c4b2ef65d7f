import type { FastifyInstance } from 'fastify';
import type { InventoryQuery } from '../../../src/services/systems/inventory.ts';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

/** The machines, for configuration management. */
export function inventoryRoutes(app: FastifyInstance, { inventory }: ApiServices): void {
  app.get<{ Querystring: InventoryQuery }>(
    '/api/v1/inventory/ansible',
    { config: { permission: 'read', scope: 'selection' } },
    (request) => inventory.ansible(request.query, actorFrom(request)),
  );
}
