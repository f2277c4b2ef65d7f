import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../api-services.ts';

type Named = { Params: { name: string } };

/** What an install has reached, and what is missing. */
export function diagnosisRoutes(app: FastifyInstance, { diagnosis }: Pick<ApiServices, 'diagnosis'>): void {
  const read = { config: { permission: 'read', scope: 'system' } } as const;
  app.get<Named>('/api/v1/systems/:name/diagnosis', read, (request) =>
    diagnosis.diagnose(request.params.name),
  );
}
