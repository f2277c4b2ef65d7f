import type { Kysely, Selectable } from 'kysely';
import { type Handoff, OPEN_HANDOFF_STATES } from '../../domain/handoff/handoff.ts';
import { handoffHint } from '../../domain/handoff/handoff-failure.ts';
import type { HandoffStore, StoredHandoff } from '../interfaces/handoff-store.ts';
import { timeText } from '../schema/rows.ts';
import type { Tables } from '../schema/schema.ts';
import { isOfScope } from '../systems/system-roles.ts';
import type { HandoffRow } from './handoff-row.ts';

/** Queries of hand-off runs. */
export function handoffQueries(db: Kysely<Tables>): HandoffStore {
  const select = () =>
    db
      .selectFrom('handoffs')
      .innerJoin('systems', 'systems.id', 'handoffs.system_id')
      .selectAll('handoffs')
      .select('systems.name as system');
  const findById = async (id: number): Promise<StoredHandoff | undefined> => {
    const row = await select().where('handoffs.id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toStored(row);
  };
  return {
    find: findById,
    async findOpen(systemId) {
      const row = await select()
        .where('handoffs.system_id', '=', systemId)
        .where('handoffs.state', 'in', OPEN_HANDOFF_STATES)
        .executeTakeFirst();
      return row === undefined ? undefined : toStored(row);
    },
    async list({ open, system, batch, scope = null }, limit) {
      let query = select().orderBy('handoffs.id', 'desc').limit(limit);
      if (open === true) query = query.where('handoffs.state', 'in', OPEN_HANDOFF_STATES);
      if (open === false) query = query.where('handoffs.state', 'not in', OPEN_HANDOFF_STATES);
      if (system !== undefined) query = query.where('systems.name', '=', system);
      if (batch !== undefined) query = query.where('handoffs.batch', '=', batch);
      if (scope !== null) query = query.where(isOfScope('handoffs.system_id', scope));
      return (await query.execute()).map(toStored);
    },
    async add(write, nowMs) {
      const { id } = await db
        .insertInto('handoffs')
        .values({
          batch: write.batch,
          system_id: write.systemId,
          install_id: write.installId,
          definition: write.definition,
          driver: write.driver,
          is_check: write.check ? 1 : 0,
          state: 'waiting',
          state_at: nowMs,
          tries: 0,
          interruptions: 0,
          requested_by: write.requestedBy,
          created_at: nowMs,
          start_at: nowMs,
          updated_at: nowMs,
          finished_at: null,
          failure: null,
          message: write.message,
          changed: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return toStored(await select().where('handoffs.id', '=', id).executeTakeFirstOrThrow());
    },
    async update(id, change, nowMs) {
      const before = await findById(id);
      if (before === undefined || !OPEN_HANDOFF_STATES.includes(before.handoff.state)) return undefined;
      const { startAtMs, ...rest } = change;
      const isMoved = rest.state !== undefined && rest.state !== before.handoff.state;
      const isOver = rest.state !== undefined && !OPEN_HANDOFF_STATES.includes(rest.state);
      await db
        .updateTable('handoffs')
        .set({
          ...rest,
          updated_at: nowMs,
          ...(startAtMs === undefined ? {} : { start_at: startAtMs }),
          ...(isMoved ? { state_at: nowMs } : {}),
          ...(isOver ? { finished_at: nowMs } : {}),
        })
        .where('id', '=', id)
        .execute();
      return findById(id);
    },
    async listConfiguring() {
      const rows = await db
        .selectFrom('installs')
        .innerJoin('systems', 'systems.id', 'installs.system_id')
        .leftJoin('handoffs', (join) =>
          join
            .onRef('handoffs.install_id', '=', 'installs.id')
            .on('handoffs.state', 'in', [...OPEN_HANDOFF_STATES]),
        )
        .where('installs.state', '=', 'configuring')
        .select([
          'installs.id',
          'installs.system_id',
          'installs.handoff',
          'systems.name',
          'handoffs.id as run',
        ])
        .execute();
      return rows.map((row) => ({
        id: row.id,
        systemId: row.system_id,
        system: row.name,
        handoff: row.handoff,
        hasOpenRun: row.run !== null,
      }));
    },
    async findHostKeys(systemId) {
      const row = await db
        .selectFrom('installs')
        .select('host_keys')
        .where('system_id', '=', systemId)
        .where('state', '=', 'ready')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? [] : (JSON.parse(row.host_keys) as string[]);
    },
    async listIds() {
      return (await db.selectFrom('handoffs').select('id').execute()).map(({ id }) => id);
    },
    async prune(beforeMs) {
      const done = await db.deleteFrom('handoffs').where('finished_at', '<', beforeMs).executeTakeFirst();
      return Number(done.numDeletedRows);
    },
  };
}

function toStored(row: Selectable<HandoffRow> & { system: string }): StoredHandoff {
  const handoff: Handoff = {
    id: row.id,
    batch: row.batch,
    system: row.system,
    install: row.install_id,
    definition: row.definition,
    driver: row.driver,
    check: row.is_check === 1,
    state: row.state,
    stateAt: timeText(row.state_at),
    tries: row.tries,
    interruptions: row.interruptions,
    requestedBy: row.requested_by,
    createdAt: timeText(row.created_at),
    startAt: timeText(row.start_at),
    updatedAt: timeText(row.updated_at),
    finishedAt: row.finished_at === null ? null : timeText(row.finished_at),
    failure: row.failure,
    message: row.message,
    hint: handoffHint(row.state === 'failed' ? row.failure : null, {
      id: row.id,
      system: row.system,
      install: row.install_id,
    }),
    changed: row.changed,
  };
  return { handoff, systemId: row.system_id };
}
