import type { Kysely, Selectable } from 'kysely';
import type { InstallBatch, RefusedItem } from '../../domain/install/install-batch.ts';
import type { BatchStore, StoredBatchStand } from '../interfaces/queue-store.ts';
import type { InstallBatchRow } from '../schema/queue-schema.ts';
import { timeText } from '../schema/rows.ts';
import type { Tables } from '../schema/schema.ts';

/** Queries of installs that were asked for together. */
export function batchQueries(db: Kysely<Tables>): BatchStore {
  return {
    async add({ id, requestedBy, selection, stopAfterFailures, refused }, nowMs) {
      const row = { id, requested_by: requestedBy, requested_at: nowMs, selection };
      const rest = { stop_after: stopAfterFailures, refused: JSON.stringify(refused) };
      await db
        .insertInto('install_batches')
        .values({ ...row, ...rest, stopped_at: null, stopped_reason: null })
        .execute();
    },
    async find(id) {
      const row = await db.selectFrom('install_batches').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toBatch(row);
    },
    async list(limit) {
      const newest = db.selectFrom('install_batches').selectAll().orderBy('requested_at', 'desc');
      return (await newest.orderBy('id').limit(limit).execute()).map(toBatch);
    },
    async listStands() {
      const rows = await db
        .selectFrom('install_batches as b')
        .leftJoin('installs as i', (join) =>
          join.onRef('i.batch', '=', 'b.id').on('i.state', 'in', ['failed', 'expired']),
        )
        .leftJoin('systems as s', 's.id', 'i.system_id')
        .select(['b.id', 'b.stop_after', 's.name as failed'])
        .where('b.stop_after', 'is not', null)
        .where((eb) => {
          const waiting = eb.selectFrom('installs').select('batch').where('state', '=', 'queued');
          return eb('b.id', 'in', waiting.where('batch', 'is not', null));
        })
        .orderBy('i.id')
        .execute();
      const stands = new Map<string, StoredBatchStand & { failed: string[] }>();
      for (const { id, stop_after, failed } of rows) {
        const stand = stands.get(id) ?? { batch: id, stopAfterFailures: stop_after ?? 0, failed: [] };
        if (failed !== null) stand.failed.push(failed);
        stands.set(id, stand);
      }
      return [...stands.values()];
    },
    async setStopped(id, reason, nowMs) {
      const set = { stopped_at: nowMs, stopped_reason: reason };
      await db.updateTable('install_batches').set(set).where('id', '=', id).execute();
    },
  };
}

function toBatch(row: Selectable<InstallBatchRow>): InstallBatch {
  const { stopped_at: at, stopped_reason: reason } = row;
  return {
    id: row.id,
    requestedBy: row.requested_by,
    requestedAt: timeText(row.requested_at),
    selection: row.selection,
    stopAfterFailures: row.stop_after,
    stopped: at === null || reason === null ? null : { at: timeText(at), reason },
    refused: JSON.parse(row.refused) as RefusedItem[],
  };
}
