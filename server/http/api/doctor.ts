import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '../api-services.ts';

/** What is missing or wrong, each with what to do about it. */
export function doctorRoutes(app: FastifyInstance, { doctor }: ApiServices): void {
  app.get('/api/v1/doctor', { config: { permission: 'read', scope: 'all' } }, async () => ({
    items: await doctor.examine(),
  }));
}
