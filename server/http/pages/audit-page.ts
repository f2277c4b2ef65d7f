import type { FastifyInstance } from 'fastify';
import { AUDIT_ACTIONS } from '../../../src/domain/access/audit.ts';
import type { AuditLog } from '../../../src/services/access/audit-log.ts';
import { auditRows } from './audit-model.ts';
import { type PageKit, sendPage, systemPath } from './page-kit.ts';
import type { Named } from './system-page.ts';

const SHOWN = 50;

/** Filters of the page; those that are empty narrow nothing. */
const FILTERS = ['actor', 'noun', 'name', 'action', 'cursor'] as const;
type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

/** Who did what: everything, and what was done with one system. */
export function auditPages(app: FastifyInstance, kit: PageKit, audit: AuditLog): void {
  app.get('/audit', { config: { permission: 'admin', scope: 'all' } }, async (request, reply) => {
    const query = filtersOf(request.query as Record<string, unknown>);
    const { items, next, total } = await audit.list({ ...query, limit: SHOWN });
    const model = {
      rows: auditRows(items),
      total,
      query,
      actions: AUDIT_ACTIONS,
      next: nextPage('/audit', query, next),
      ...startOf('/audit', query),
      system: null,
    };
    return sendPage(kit, request, reply, { view: 'audit.njk', title: 'Audit', section: 'audit', model });
  });
  app.get<Named>(
    '/systems/:name/audit',
    { config: { permission: 'read', scope: 'system' } },
    async (request, reply) => {
      const { name } = request.params;
      const { cursor } = filtersOf(request.query as Record<string, unknown>);
      const query = cursor === undefined ? {} : { cursor };
      const { items, next, total } = await audit.list({ ...query, limit: SHOWN }, { noun: 'system', name });
      const path = systemPath(name);
      const model = {
        rows: auditRows(items),
        total,
        query,
        actions: [],
        next: nextPage(`${path}/audit`, query, next),
        ...startOf(`${path}/audit`, query),
        system: { name, path },
      };
      const title = `History of ${name}`;
      return sendPage(kit, request, reply, { view: 'audit.njk', title, section: 'systems', model });
    },
  );
}

function filtersOf(query: Readonly<Record<string, unknown>>): Filters {
  const given = FILTERS.flatMap((key) => {
    const value = query[key];
    return typeof value === 'string' && value.trim() !== '' ? [[key, value.trim()] as const] : [];
  });
  return Object.fromEntries(given);
}

/** The newest page of the same list, for those who are on another. */
function startOf(path: string, { cursor, ...filters }: Filters): { start: string; isLater: boolean } {
  const text = new URLSearchParams(filters).toString();
  return { start: text === '' ? path : `${path}?${text}`, isLater: cursor !== undefined };
}

function nextPage(path: string, query: Filters, cursor: string | null): string | null {
  return cursor === null ? null : `${path}?${new URLSearchParams({ ...query, cursor })}`;
}
