import { type Kysely, type Selectable, sql } from 'kysely';
import type { InstallState } from '../domain/install/install.ts';
import type { Delivery, Notice } from '../domain/notification.ts';
import type { NotificationStore } from './interfaces/notification-store.ts';
import { timeText } from './schema/rows.ts';
import type { DeliveryRow, Tables } from './schema/schema.ts';

/** Queries of notices on their way. */
export function deliveryQueries(db: Kysely<Tables>): NotificationStore {
  /** Of an id and of an endpoint, what is given; of neither, all. */
  const chosen = (filter: { readonly id?: number; readonly endpoint?: string }) =>
    [
      ...(filter.id === undefined ? [] : [sql<boolean>`id = ${filter.id}`]),
      ...(filter.endpoint === undefined ? [] : [sql<boolean>`endpoint = ${filter.endpoint}`]),
      sql<boolean>`state = 'dead'`,
    ].reduce((all, one) => sql<boolean>`${all} and ${one}`);
  return {
    ...changeQueries(db),
    async add(endpoint, notice, nowMs) {
      const row = { endpoint, notice: JSON.stringify(notice), state: 'waiting' as const, tries: 0 };
      const times = { next_at: nowMs, problem: null, created_at: nowMs, updated_at: nowMs };
      await db
        .insertInto('deliveries')
        .values({ ...row, ...times })
        .execute();
    },
    async find(id) {
      const row = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toDelivery(row);
    },
    async list({ state, endpoint }, limit) {
      let query = db.selectFrom('deliveries').selectAll().orderBy('id', 'desc').limit(limit);
      if (state !== undefined) query = query.where('state', '=', state);
      if (endpoint !== undefined) query = query.where('endpoint', '=', endpoint);
      return (await query.execute()).map(toDelivery);
    },
    async listDue(endpoint, nowMs, limit) {
      const rows = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('endpoint', '=', endpoint)
        .where('state', '=', 'waiting')
        .where('next_at', '<=', nowMs)
        .orderBy('next_at')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(toDelivery);
    },
    count: () =>
      db
        .selectFrom('deliveries')
        .select(['endpoint', 'state', ({ fn }) => fn.countAll<number>().as('count')])
        .groupBy(['endpoint', 'state'])
        .execute(),
    async update(id, { state, tries, nextAtMs, problem }, nowMs) {
      const set = { state, tries, next_at: nextAtMs, problem, updated_at: nowMs };
      await db
        .updateTable('deliveries')
        .set(set)
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .execute();
    },
    async listEndpoints() {
      const rows = await db.selectFrom('notification_cursors').select('endpoint').execute();
      return rows.map(({ endpoint }) => endpoint);
    },
    async giveUp(endpoint, problem, nowMs) {
      const done = await db
        .updateTable('deliveries')
        .set({ state: 'dead', next_at: null, problem, updated_at: nowMs })
        .where('endpoint', '=', endpoint)
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      return Number(done.numUpdatedRows);
    },
    async revive(filter, nowMs) {
      const set = { state: 'waiting' as const, tries: 0, next_at: nowMs, updated_at: nowMs };
      const done = await db.updateTable('deliveries').set(set).where(chosen(filter)).executeTakeFirst();
      return Number(done.numUpdatedRows);
    },
    async discard(filter) {
      const done = await db.deleteFrom('deliveries').where(chosen(filter)).executeTakeFirst();
      return Number(done.numDeletedRows);
    },
    async prune(deliveredBeforeMs, deadBeforeMs) {
      const done = await db
        .deleteFrom('deliveries')
        .where(({ or, and, eb }) =>
          or([
            and([eb('state', '=', 'delivered'), eb('updated_at', '<', deliveredBeforeMs)]),
            and([eb('state', '=', 'dead'), eb('updated_at', '<', deadBeforeMs)]),
          ]),
        )
        .executeTakeFirst();
      return Number(done.numDeletedRows);
    },
  };
}

/** What there is to tell, and to whom it was given. */
function changeQueries(db: Kysely<Tables>) {
  return {
    async newestChange() {
      const row = await db
        .selectFrom('events')
        .select('id')
        .where('stage', '=', sql.lit('state'))
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.id ?? 0;
    },
    async listChanges(afterId: number, limit: number) {
      const rows = await db
        .selectFrom('events')
        .innerJoin('systems', 'systems.id', 'events.system_id')
        .select(['events.id', 'events.at', 'events.install_id', 'events.data', 'systems.name as system'])
        .where('events.stage', '=', sql.lit('state'))
        .where('events.id', '>', afterId)
        .orderBy('events.id')
        .limit(limit)
        .execute();
      return rows.map(toNotice);
    },
    async findCursor(endpoint: string) {
      const row = await db
        .selectFrom('notification_cursors')
        .select('change_id')
        .where('endpoint', '=', endpoint)
        .executeTakeFirst();
      return row?.change_id;
    },
    async setCursor(endpoint: string, changeId: number) {
      await db
        .insertInto('notification_cursors')
        .values({ endpoint, change_id: changeId })
        .onConflict((conflict) => conflict.column('endpoint').doUpdateSet({ change_id: changeId }))
        .execute();
    },
    async removeCursor(endpoint: string) {
      await db.deleteFrom('notification_cursors').where('endpoint', '=', endpoint).execute();
    },
  };
}

interface ChangeRow {
  readonly id: number;
  readonly at: number;
  readonly install_id: number | null;
  readonly data: string;
  readonly system: string;
}

/** As the triggers of migration 0009 write it. */
interface ChangeData {
  readonly from: string | null;
  readonly to: InstallState;
  readonly stage: string | null;
  readonly reason: string | null;
}

function toNotice({ id, at, install_id, data, system }: ChangeRow): Notice {
  const { from, to, stage, reason } = JSON.parse(data) as ChangeData;
  const install = { id: install_id, from, state: to, stage, reason };
  return { id, type: `install.${to}`, at: timeText(at), system, install };
}

function toDelivery(row: Selectable<DeliveryRow>): Delivery {
  return {
    id: row.id,
    endpoint: row.endpoint,
    notice: JSON.parse(row.notice) as Notice,
    state: row.state,
    tries: row.tries,
    nextAt: row.next_at === null ? null : timeText(row.next_at),
    problem: row.problem,
    createdAt: timeText(row.created_at),
    updatedAt: timeText(row.updated_at),
  };
}
