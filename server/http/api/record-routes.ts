import type { FastifyInstance } from 'fastify';
import type { Permission, RouteScope } from '../../../src/domain/access.ts';
import { invalid } from '../../../src/domain/errors.ts';
import type { Page } from '../../../src/domain/record-query.ts';
import type { Actor } from '../../../src/services/deps.ts';
import { actorFrom } from '../auth.ts';

/** The five use cases that every kind of record has. */
export interface RecordService<T extends { readonly name: string }> {
  /** One page of a list, as the query of the URL asks for it, of what lies in the actor's scope. */
  page(query: unknown, actor: Actor): Promise<Page<object>>;
  get(name: string): Promise<T>;
  add(body: unknown, actor: Actor): Promise<T>;
  update(name: string, body: unknown, actor: Actor, revision?: number): Promise<T>;
  remove(name: string, actor: Actor, revision?: number): Promise<void>;
}

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
export function recordRoutes<T extends { readonly name: string }>(
  app: FastifyInstance,
  nouns: string,
  service: RecordService<T>,
): void {
  const { list, show, add, change } = nouns === 'systems' ? MACHINES : FOUNDATION;
  const base = `/api/v1/${nouns}`;
  app.get(base, list, (request) => service.page(request.query, actorFrom(request)));
  app.get<Named>(`${base}/:name`, show, (request) => service.get(request.params.name));
  app.post(base, add, async (request, reply) => {
    const record = await service.add(request.body, actorFrom(request));
    return reply.status(201).header('location', `${base}/${record.name}`).send(record);
  });
  app.patch<Named>(`${base}/:name`, change, (request) =>
    service.update(
      request.params.name,
      request.body,
      actorFrom(request),
      revisionOf(request.headers['if-match']),
    ),
  );
  app.delete<Named>(`${base}/:name`, change, async (request, reply) => {
    const revision = revisionOf(request.headers['if-match']);
    await service.remove(request.params.name, actorFrom(request), revision);
    return reply.status(204).send();
  });
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
