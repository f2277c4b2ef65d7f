import type { Kysely, Selectable } from 'kysely';
import type { AuditEvent } from '../../domain/access/audit.ts';
import type { AuditFilter, AuditStore } from '../interfaces/access-store.ts';
import type { AccessTables } from '../schema/access-schema.ts';
import { timeText } from '../schema/rows.ts';
import type { Tables } from '../schema/schema.ts';
import { compiledInsert } from '../sqlite/compiled.ts';

const addRow = compiledInsert('audit');

/** The audit trail: written in the transaction of what it tells about. */
export function auditQueries(db: Kysely<Tables>): AuditStore {
  const meant = ({ actor, noun, name, action, sinceMs, after, before }: AuditFilter) => {
    let query = db.selectFrom('audit');
    if (actor !== undefined) query = query.where('actor', '=', actor);
    if (noun !== undefined) query = query.where('noun', '=', noun);
    if (name !== undefined) query = query.where('name', '=', name);
    if (action !== undefined) query = query.where('action', '=', action);
    if (sinceMs !== undefined) query = query.where('at', '>=', sinceMs);
    if (after !== undefined) query = query.where('id', '>', after);
    if (before !== undefined) query = query.where('id', '<', before);
    return query;
  };
  return {
    async add({ by, action, noun, name, before, after, detail = {} }, nowMs) {
      const row = {
        ...{ at: nowMs, actor: by.name, kind: by.kind, address: by.from, request: by.request ?? null },
        ...{ action, noun, name, detail: JSON.stringify(detail) },
        ...{ before: before == null ? null : JSON.stringify(before) },
        ...{ after: after == null ? null : JSON.stringify(after) },
      };
      await addRow(db, row);
    },
    async list(filter, limit) {
      const order = filter.after === undefined ? 'desc' : 'asc';
      const rows = await meant(filter).selectAll().orderBy('id', order).limit(limit).execute();
      return rows.map(toEvent);
    },
    async count(filter) {
      const row = await meant(filter)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirst();
      return row?.n ?? 0;
    },
  };
}

function toEvent(row: Selectable<AccessTables['audit']>): AuditEvent {
  return {
    id: row.id,
    at: timeText(row.at),
    actor: row.actor,
    kind: row.kind,
    from: row.address,
    request: row.request,
    action: row.action as AuditEvent['action'],
    noun: row.noun,
    name: row.name,
    before: row.before === null ? null : (JSON.parse(row.before) as AuditEvent['before']),
    after: row.after === null ? null : (JSON.parse(row.after) as AuditEvent['after']),
    detail: JSON.parse(row.detail) as AuditEvent['detail'],
  };
}
