import { z } from 'zod';
import { AUDIT_ACTIONS, type AuditEvent } from '../../domain/access/audit.ts';
import type { AuditFilter } from '../../store/interfaces/access-store.ts';
import type { Deps } from '../deps.ts';
import { parseInput } from '../records/input.ts';

const id = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
export const auditQuery = z.strictObject({
  actor: z.string().max(64).optional(),
  noun: z.string().max(64).optional(),
  name: z.string().max(256).optional(),
  action: z.enum(AUDIT_ACTIONS).optional(),
  /** RFC 3339. */
  since: z.iso.datetime({ offset: true }).optional(),
  /** Only what came after this row, oldest first: to follow. */
  after: id.optional(),
  /** Where the last page ended. */
  cursor: id.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export interface AuditPage {
  readonly items: readonly AuditEvent[];
  /** For the next page; null: there is none. */
  readonly next: string | null;
  readonly total: number;
}

/** Reads the audit trail. */
export interface AuditLog {
  /** Newest first, unless `after` is given. `only`: what the caller is bound to, whatever he asks for. */
  list(query: unknown, only?: Pick<AuditFilter, 'noun' | 'name'>): Promise<AuditPage>;
}

export function auditLog({ store }: Pick<Deps, 'store'>): AuditLog {
  return {
    async list(query, only = {}) {
      const { limit, cursor, since, ...rest } = parseInput(auditQuery, query);
      const sinceMs = since === undefined ? undefined : Date.parse(since);
      const filter: AuditFilter = { ...rest, sinceMs, ...only };
      const isForward = filter.after !== undefined;
      const page = isForward ? { after: cursor ?? filter.after } : { before: cursor };
      const found = await store.read.audit.list({ ...filter, ...page }, limit + 1);
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const next = found.length > limit && last !== undefined ? String(last.id) : null;
      return { items, next, total: await store.read.audit.count(filter) };
    },
  };
}
