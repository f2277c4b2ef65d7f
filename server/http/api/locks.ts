import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../api-services.ts';
import { actorFrom } from '../auth.ts';

type Named = { Params: { name: string } };

/** Locks of systems: a locked one is not installed. */
export function lockRoutes(app: FastifyInstance, { locks }: ApiServices): void {
  const write = { config: { permission: 'operate', scope: 'system' } } as const;
  app.post<Named>('/api/v1/systems/:name/lock', write, (request) =>
    locks.lock(request.params.name, request.body, actorFrom(request)),
  );
  app.post<Named>('/api/v1/systems/:name/unlock', write, (request) =>
    locks.unlock(request.params.name, actorFrom(request)),
  );
}
