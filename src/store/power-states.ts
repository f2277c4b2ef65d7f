import { type Kysely, sql } from 'kysely';
import type { KnownPower } from '../domain/power/power.ts';
import type { PowerStateStore } from './interfaces/power-store.ts';
import { timeText } from './schema/rows.ts';
import type { Tables } from './schema/schema.ts';
import { queryOfSystems } from './sqlite/compiled.ts';

/** Queries of what is known of machines' power. */
export function powerStateQueries(db: Kysely<Tables>): PowerStateStore {
  return {
    async note(notes) {
      // One statement however many: the status of a thousand machines comes at once. The newest note of a system counts;
      // one of a system that is gone is dropped.
      const newest = new Map(notes.map((note) => [note.systemId, note]));
      await sql`insert into power_states (system_id, state, checked_at, reason, known_state, known_at)
        select s.id, n.value ->> 'state', n.value ->> 'atMs', n.value ->> 'reason',
          nullif(n.value ->> 'state', 'unknown'), iif(n.value ->> 'state' = 'unknown', null, n.value ->> 'atMs')
        from json_each(${JSON.stringify([...newest.values()])}) n join systems s on s.id = n.value ->> 'systemId'
        where true
        on conflict (system_id) do update set state = excluded.state, checked_at = excluded.checked_at,
          reason = excluded.reason, known_state = coalesce(excluded.known_state, known_state),
          known_at = coalesce(excluded.known_at, known_at)`.execute(db);
    },
    async forget(systemId) {
      await db.deleteFrom('power_states').where('system_id', '=', systemId).execute();
    },
  };
}

const powerRows = queryOfSystems((db, ids) =>
  db.selectFrom('power_states').selectAll().where('system_id', 'in', ids),
);

/** What systems show of their power, by the systems' ids. */
export async function listKnownPower(
  db: Kysely<Tables>,
  ids: readonly number[],
): Promise<Map<number, KnownPower>> {
  const rows = await powerRows(db, ids);
  return new Map(
    rows.map((row) => [
      row.system_id,
      {
        state: row.state,
        checkedAt: timeText(row.checked_at),
        reason: row.reason,
        lastKnown:
          row.state !== 'unknown' || row.known_state === null || row.known_at === null
            ? null
            : { state: row.known_state, at: timeText(row.known_at) },
      },
    ]),
  );
}
