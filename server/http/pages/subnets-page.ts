import type { FastifyInstance } from 'fastify';
import { actorFrom } from '../auth.ts';
import { type PageKit, sendPage } from './page-kit.ts';
import { spanRows, subnetPath } from './subnets-model.ts';

type Named = { Params: { name: string }; Querystring: { at?: unknown } };

/** Subnets, and who holds which address of one. */
export function subnetsPages(app: FastifyInstance, kit: PageKit): void {
  const { subnets, addresses } = kit.services;
  app.get('/subnets', { config: { permission: 'read', scope: 'none' } }, async (request, reply) => {
    const rows = await Promise.all(
      (await subnets.list(actorFrom(request))).map(async (subnet) => ({
        ...subnet,
        href: subnetPath(subnet.name),
        counts: await addresses.counts(subnet.name),
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
      const at = typeof request.query.at === 'string' ? request.query.at.trim() : '';
      const [subnet, part] = await Promise.all([
        subnets.get(name),
        addresses.part(name, actorFrom(request), at),
      ]);
      const path = subnetPath(name);
      const hrefAt = (ip: string | null) => (ip === null ? null : `${path}?at=${ip}`);
      const model = {
        subnet,
        path,
        at,
        spans: spanRows(part.spans),
        counts: part.counts,
        previous: hrefAt(part.previous),
        next: hrefAt(part.next),
        options: Object.entries(subnet.effective.options),
      };
      return sendPage(kit, request, reply, { view: 'subnet.njk', title: name, section: 'subnets', model });
    },
  );
}
