import { type Kysely, type Selectable, sql } from 'kysely';
import type { BootEvent } from '../../domain/boot/boot-event.ts';
import { formatIpv4, type Ipv4 } from '../../domain/network/ipv4.ts';
import type { EventStore } from '../interfaces/event-store.ts';
import type { LeaseStore } from '../interfaces/store.ts';
import { timeText } from '../schema/rows.ts';
import type { Tables } from '../schema/schema.ts';
import { isOfScope } from '../systems/system-roles.ts';

/** Queries of boot events. */
export function eventQueries(db: Kysely<Tables>): EventStore {
  const select = () =>
    db
      .selectFrom('events')
      .leftJoin('systems', 'systems.id', 'events.system_id')
      .selectAll('events')
      .select('systems.name as system');
  const list: EventStore['list'] = async ({ systemId, stages, scope = null }, afterId, limit) => {
    let query = select().where('events.id', '>', afterId);
    if (systemId !== undefined) query = query.where('events.system_id', '=', systemId);
    if (stages !== undefined) query = query.where('events.stage', 'in', stages);
    if (scope !== null) query = query.where(isOfScope('events.system_id', scope));
    return (await query.orderBy('events.id').limit(limit).execute()).map(toEvent);
  };
  return {
    list,
    listForSystem: (systemId, afterId, limit) => list({ systemId }, afterId, limit),
    async latestId() {
      const row = await db
        .selectFrom('events')
        .select((eb) => eb.fn.max('id').as('id'))
        .executeTakeFirst();
      return row?.id ?? 0;
    },
    async listForInstall(installId, limit) {
      const rows = await select()
        .where('events.install_id', '=', installId)
        .orderBy('events.id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toEvent);
    },
    async prune(keep) {
      const ranked = sql<number>`(select id from (select id, row_number() over
        (partition by system_id, mac order by id desc) as place from events) where place > ${keep})`;
      const done = await db.deleteFrom('events').where('id', 'in', ranked).executeTakeFirst();
      return Number(done.numDeletedRows);
    },
  };
}

function toEvent(row: Selectable<Tables['events']> & { readonly system: string | null }): BootEvent {
  return {
    id: row.id,
    at: timeText(row.at),
    system: row.system,
    mac: row.mac,
    installId: row.install_id,
    stage: row.stage as BootEvent['stage'],
    outcome: row.outcome as BootEvent['outcome'],
    message: row.message,
    data: JSON.parse(row.data) as BootEvent['data'],
  };
}

/** Queries of leases for people; the packets' way is dhcp-sqlite.ts. */
export function leaseQueries(db: Kysely<Tables>): LeaseStore {
  return {
    async list(nowMs) {
      const rows = await db
        .selectFrom('leases as l')
        .leftJoin('interfaces as i', 'i.mac', 'l.mac')
        .leftJoin('interfaces as c', 'c.client_key', 'l.mac')
        .leftJoin('interfaces as p', 'p.circuit_key', 'l.mac')
        .leftJoin('systems as s', (join) =>
          join.on((eb) => eb('s.id', '=', eb.fn.coalesce('i.system_id', 'c.system_id', 'p.system_id'))),
        )
        .select(['l.ip', 'l.mac', 'l.seen_mac', 'l.hostname', 'l.expires_at', 's.name as system'])
        .where('l.expires_at', '>', nowMs)
        .where('l.state', '=', 'bound')
        .orderBy('l.ip')
        .execute();
      return rows.map((row) => ({
        ip: formatIpv4(row.ip as Ipv4),
        mac: row.seen_mac ?? row.mac,
        key: row.mac,
        hostname: row.hostname,
        system: row.system,
        expiresAt: timeText(row.expires_at),
      }));
    },
  };
}
