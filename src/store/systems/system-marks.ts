import type { Kysely } from 'kysely';
import type { HeardFirmware } from '../../domain/boot/chosen-firmware.ts';
import type { SystemLock } from '../../domain/records/system-lock.ts';
import type { LockStore } from '../interfaces/lock-store.ts';
import { timeText } from '../schema/rows.ts';
import type { Tables } from '../schema/schema.ts';
import { queryOfSystems } from '../sqlite/compiled.ts';

/** Queries of locks. */
export function lockQueries(db: Kysely<Tables>): LockStore {
  return {
    async put(systemId, { reason, by }, nowMs) {
      const lock = { reason, locked_by: by, locked_at: nowMs };
      await db
        .insertInto('system_locks')
        .values({ system_id: systemId, ...lock })
        .onConflict((conflict) => conflict.column('system_id').doUpdateSet(lock))
        .execute();
    },
    async remove(systemId) {
      await db.deleteFrom('system_locks').where('system_id', '=', systemId).execute();
    },
  };
}

const lockRows = queryOfSystems((db, ids) =>
  db.selectFrom('system_locks').selectAll().where('system_id', 'in', ids),
);

const inServiceRows = queryOfSystems((db, ids) =>
  db.selectFrom('in_service').selectAll().where('system_id', 'in', ids),
);

/** The locks of all systems, or of some, by their ids. */
export async function listLocks(
  db: Kysely<Tables>,
  ids: readonly number[],
): Promise<Map<number, SystemLock>> {
  const rows = await lockRows(db, ids);
  return new Map(
    rows.map(({ system_id: id, reason, locked_by: by, locked_at: at }) => [
      id,
      { reason, by, at: timeText(at) },
    ]),
  );
}

/** Since when systems are in service. */
export async function listInService(
  db: Kysely<Tables>,
  ids: readonly number[],
): Promise<Map<number, string>> {
  const rows = await inServiceRows(db, ids);
  return new Map(rows.map((row) => [row.system_id, timeText(row.since)]));
}

const heardRows = queryOfSystems((db, ids) =>
  db.selectFrom('heard_firmware').selectAll().where('system_id', 'in', ids),
);

/** What the firmware of systems was heard to say. */
export async function listHeardFirmware(
  db: Kysely<Tables>,
  ids: readonly number[],
): Promise<Map<number, HeardFirmware>> {
  const rows = await heardRows(db, ids);
  return new Map(
    rows.map(({ system_id: id, firmware, heard_at: at }) => [id, { firmware, at: timeText(at) }]),
  );
}
