import type { FastifyInstance } from 'fastify';
import { DomainError, type Problem } from '../../../src/domain/errors.ts';
import type { System } from '../../../src/domain/records/system.ts';
import type { Actor } from '../../../src/services/deps.ts';
import { cursorOf } from '../../../src/services/records/pages.ts';
import { sortValue } from '../../../src/services/systems/systems.ts';
import { actorFrom } from '../auth.ts';
import { problemOf } from '../errors.ts';
import { type PageKit, sendPage } from './page-kit.ts';
import { type ListPart, listModel } from './systems-model.ts';
import { isNarrowed, type ListQuery, parseListQuery, serviceQuery, turned } from './systems-query.ts';

/** The list of systems, of which there may be tens of thousands: never more than a page of it is read. */
export function systemsPage(app: FastifyInstance, kit: PageKit): void {
  const config = { permission: 'read', scope: 'selection' } as const;
  const { systems, profiles, subnets } = kit.services;
  app.get('/systems', { config }, async (request, reply) => {
    const actor = actorFrom(request);
    const query = parseListQuery(request.query as Record<string, unknown>);
    const { part, problems, status } = await readJudged(kit, query, actor, request.id);
    const profileList = await profiles.list(actor);
    const model = {
      ...listModel(part, query, kit.now()),
      problems,
      roles: await systems.roleNames(actor),
      profiles: profileList.map(({ name }) => name),
      hasProfiles: profileList.length > 0,
      hasSubnets: part.all > 0 || (await subnets.list(actor)).length > 0,
    };
    const page = { view: 'systems.njk', title: 'Systems', section: 'systems', model, status } as const;
    return sendPage(kit, request, reply, page);
  });
}

interface Judged {
  readonly part: ListPart;
  /** What of the query makes no sense; then nothing is shown, as it would not be what was asked for. */
  readonly problems: readonly Problem[];
  readonly status: number;
}

async function readJudged(kit: PageKit, query: ListQuery, actor: Actor, id: string): Promise<Judged> {
  try {
    return { part: await readPart(kit, query, actor), problems: [], status: 200 };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid') throw error;
    const part = { systems: [], found: 0, all: await countAll(kit, actor), before: null, next: null };
    return { part, problems: error.problems, status: problemOf(error, id).status };
  }
}

async function readPart(kit: PageKit, query: ListQuery, actor: Actor): Promise<ListPart> {
  const { items, next, total } = await kit.services.systems.page(serviceQuery(query), actor);
  const read = items as readonly System[];
  const all = isNarrowed(query) ? await countAll(kit, actor) : total;
  const place = (sort: typeof query.sort, system: System | undefined) =>
    system === undefined ? null : cursorOf(sort, system, sortValue(system, sort));
  if (query.before !== '')
    return {
      systems: read.toReversed(),
      found: total,
      all,
      before: next,
      next: place(query.sort, read[0]),
    };
  const before = query.cursor === '' ? null : place(turned(query.sort), read[0]);
  return { systems: read, found: total, all, before, next };
}

async function countAll(kit: PageKit, actor: Actor): Promise<number> {
  return (await kit.services.systems.page({ limit: '1' }, actor)).total;
}
