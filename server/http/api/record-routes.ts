import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Permission, RouteScope } from '../../../src/domain/access/access.ts';
import { invalid } from '../../../src/domain/errors.ts';
import type { DryRun } from '../../../src/domain/records/record-changes.ts';
import type { Page } from '../../../src/domain/records/record-query.ts';
import type { Actor } from '../../../src/services/deps.ts';
import { parseInput } from '../../../src/services/records/input.ts';
import { actorFrom } from '../auth.ts';
import { isDryRun } from '../dry-run.ts';

/** What is done to one record by its verbs; each result of a dry run is another. */
interface RecordChanges<Added, Changed, Removed> {
  add(body: unknown, actor: Actor): Promise<Added>;
  update(name: string, body: unknown, actor: Actor, revision?: number): Promise<Changed>;
  replace(name: string, body: unknown, actor: Actor, revision?: number): Promise<Changed>;
  remove(name: string, actor: Actor, revision?: number): Promise<Removed>;
}

interface Revised {
  readonly name: string;
  readonly revision: number;
}

/** The use cases that every kind of record has. */
export interface RecordService<T extends Revised> extends RecordChanges<T, T, void> {
  /** One page of a list, as the query of the URL asks for it, of what lies in the actor's scope. */
  page(query: unknown, actor: Actor): Promise<Page<object>>;
  get(name: string): Promise<T>;
  readonly dryRun: RecordChanges<DryRun<T>, DryRun<T>, DryRun<T>>;
}

/** One record is shown whole. */
const noQuery = z.strictObject({});

type Named = { Params: { name: string } };

interface Asked {
  readonly config: { readonly permission: Permission; readonly scope: RouteScope };
}

/** What each of the routes of a kind of record asks of its caller. */
interface RecordAccess {
  readonly list: Asked;
  readonly add: Asked;
  readonly show: Asked;
  readonly change: Asked;
}

/** What machines stand on: changing it concerns all of them. */
const FOUNDATION: RecordAccess = {
  list: { config: { permission: 'read', scope: 'none' } },
  show: { config: { permission: 'read', scope: 'none' } },
  add: { config: { permission: 'admin', scope: 'all' } },
  change: { config: { permission: 'admin', scope: 'all' } },
};

const MACHINES: RecordAccess = {
  list: { config: { permission: 'read', scope: 'selection' } },
  show: { config: { permission: 'read', scope: 'system' } },
  add: { config: { permission: 'operate', scope: 'selection' } },
  change: { config: { permission: 'operate', scope: 'system' } },
};

/** `/api/v1/<nouns>` and `/api/v1/<nouns>/:name`, alike for every kind of record. */
export function recordRoutes<T extends Revised>(
  app: FastifyInstance,
  nouns: string,
  service: RecordService<T>,
): void {
  const { list, show, add, change } = nouns === 'systems' ? MACHINES : FOUNDATION;
  const base = `/api/v1/${nouns}`;
  app.get(base, list, (request) => service.page(request.query, actorFrom(request)));
  app.get<Named>(`${base}/:name`, show, async (request, reply) => {
    parseInput(noQuery, request.query);
    const record = await service.get(request.params.name);
    const isKnown = nouns !== 'systems' && isCurrent(request.headers['if-none-match'], record);
    return isKnown ? revised(reply, record).status(304).send() : revised(reply, record).send(record);
  });
  app.post(base, add, async (request, reply) => {
    if (isDryRun(request)) return service.dryRun.add(request.body, actorFrom(request));
    const record = await service.add(request.body, actorFrom(request));
    return revised(reply, record).status(201).header('location', `${base}/${record.name}`).send(record);
  });
  for (const [method, verb] of [
    ['PATCH', 'update'],
    ['PUT', 'replace'],
  ] as const)
    app.route<Named>({
      method,
      url: `${base}/:name`,
      ...change,
      handler: async (request, reply) => {
        const { name } = request.params;
        const revision = revisionOf(request.headers['if-match']);
        if (isDryRun(request)) return service.dryRun[verb](name, request.body, actorFrom(request), revision);
        const record = await service[verb](name, request.body, actorFrom(request), revision);
        return revised(reply, record).send(record);
      },
    });
  app.delete<Named>(`${base}/:name`, change, async (request, reply) => {
    const revision = revisionOf(request.headers['if-match']);
    if (isDryRun(request)) return service.dryRun.remove(request.params.name, actorFrom(request), revision);
    await service.remove(request.params.name, actorFrom(request), revision);
    return reply.status(204).send();
  });
}

/** RFC 9110 §8.8.3: the revision as ETag. */
function revised(reply: FastifyReply, { revision }: Revised): FastifyReply {
  return reply.header('etag', `"${revision}"`);
}

/**
 * Has the caller this revision already (RFC 9110 §13.1.2)? Never asked of systems: what they show of power and installs
 * changes without a revision.
 */
function isCurrent(header: string | undefined, { revision }: Revised): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(`"${revision}"`);
}

/**
 * `If-Match: "7"` (RFC 9110 §13.1.1): change only the revision that the caller has seen. What cannot be understood is
 * refused: passed over, it would be a change without the condition that was asked for.
 */
function revisionOf(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const digits = /^"?(\d{1,15})"?$/.exec(header)?.[1];
  if (digits !== undefined) return Number(digits);
  throw invalid([{ path: 'If-Match', message: 'must be one revision like "7"' }]);
}
