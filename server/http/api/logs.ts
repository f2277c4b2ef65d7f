import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

type Named = { Params: { name: string } };

/** What installers said. */
export function logRoutes(app: FastifyInstance, { logs }: ApiServices): void {
  const read = { config: { permission: 'read', scope: 'system' } } as const;
  app.get<Named>('/api/v1/systems/:name/log', read, (request) =>
    logs.read(request.params.name, request.query, actorFrom(request)),
  );
}
