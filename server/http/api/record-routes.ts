import type { FastifyInstance } from 'fastify';
import { invalid } from '../../../src/domain/errors.ts';
import type { Actor } from '../../../src/services/deps.ts';
import { actorFrom } from '../auth.ts';

/** The five use cases that every kind of record has. */
export interface RecordService<T extends { readonly name: string }> {
  /** `query`: of the URL, for services that can narrow down what they list. */
  list(query?: unknown): Promise<T[]>;
  get(name: string): Promise<T>;
  add(body: unknown, actor: Actor): Promise<T>;
  update(name: string, body: unknown, actor: Actor, revision?: number): Promise<T>;
  remove(name: string, actor: Actor, revision?: number): Promise<void>;
}

type Named = { Params: { name: string } };

/** `/api/v1/<nouns>` and `/api/v1/<nouns>/:name`, alike for every kind of record. */
export function recordRoutes<T extends { readonly name: string }>(
  app: FastifyInstance,
  nouns: string,
  service: RecordService<T>,
): void {
  const read = { config: { permission: 'read' } } as const;
  const write = { config: { permission: 'write' } } as const;
  const base = `/api/v1/${nouns}`;
  app.get(base, read, async (request) => ({ items: await service.list(request.query) }));
  app.get<Named>(`${base}/:name`, read, (request) => service.get(request.params.name));
  app.post(base, write, async (request, reply) => {
    const record = await service.add(request.body, actorFrom(request));
    return reply.status(201).header('location', `${base}/${record.name}`).send(record);
  });
  app.patch<Named>(`${base}/:name`, write, (request) =>
    service.update(
      request.params.name,
      request.body,
      actorFrom(request),
      revisionOf(request.headers['if-match']),
    ),
  );
  app.delete<Named>(`${base}/:name`, write, async (request, reply) => {
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
