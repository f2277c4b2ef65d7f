import type { FastifyInstance } from 'fastify';
import type { Actor } from '../../../src/services/deps.ts';
import { actorFrom } from '../auth.ts';
import { type PageKit, sendPage } from './page-kit.ts';
import { countsOf, spanRows } from './subnets-model.ts';

type Named = { Params: { name: string } };

/** Subnets, and who holds which address of one. */
export function subnetsPages(app: FastifyInstance, kit: PageKit): void {
  const { subnets, addresses } = kit.services;
  app.get('/subnets', { config: { permission: 'read', scope: 'none' } }, async (request, reply) => {
    const rows = await Promise.all(
      (await subnets.list(actorFrom(request))).map(async (subnet) => ({
        ...subnet,
        href: `/subnets/${encodeURIComponent(subnet.name)}`,
        counts: countsOf(await addresses(subnet.name)),
      })),
    );
    const page = { view: 'subnets.njk', title: 'Subnets', section: 'subnets', model: { rows } } as const;
    return sendPage(kit, request, reply, page);
  });
  app.get<Named>(
    '/subnets/:name',
    { config: { permission: 'read', scope: 'selection' } },
    async (request, reply) => {
      const { name } = request.params;
      const [subnet, spans, isVisible] = await Promise.all([
        subnets.get(name),
        addresses(name),
        visibilityFor(kit, actorFrom(request)),
      ]);
      const options = Object.entries(subnet.effective.options);
      const model = { subnet, spans: spanRows(spans, isVisible), counts: countsOf(spans), options };
      return sendPage(kit, request, reply, { view: 'subnet.njk', title: name, section: 'subnets', model });
    },
  );
}

/** May the reader know of a system? */
export async function visibilityFor(kit: PageKit, actor: Actor): Promise<(system: string) => boolean> {
  if (actor.scope === null) return () => true;
  const names = new Set((await kit.services.systems.list(actor)).map(({ name }) => name));
  return (system) => names.has(system);
}
