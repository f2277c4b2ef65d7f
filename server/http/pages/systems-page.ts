import type { FastifyInstance } from 'fastify';
import { actorFrom } from '../auth.ts';
import { type PageKit, sendPage } from './page-kit.ts';
import { listModel, parseListQuery } from './systems-model.ts';

/** The list of systems. */
export function systemsPage(app: FastifyInstance, kit: PageKit): void {
  const config = { permission: 'read', scope: 'selection' } as const;
  app.get('/systems', { config }, async (request, reply) => {
    const actor = actorFrom(request);
    const query = parseListQuery(request.query as Record<string, unknown>);
    const [systems, profiles, subnets] = await Promise.all([
      kit.services.systems.list(actor),
      kit.services.profiles.list(actor),
      kit.services.subnets.list(actor),
    ]);
    const model = {
      ...listModel(systems, query, kit.now()),
      hasProfiles: profiles.length > 0,
      hasSubnets: subnets.length > 0,
    };
    return sendPage(kit, request, reply, {
      view: 'systems.njk',
      title: 'Systems',
      section: 'systems',
      model,
    });
  });
}
