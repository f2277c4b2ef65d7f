import type { Kysely, Selectable } from 'kysely';
import { type Job, jobHint, OPEN_JOB_STATES } from '../domain/power/job.ts';
import type { JobStore, StoredJob } from './interfaces/power-store.ts';
import { timeText } from './schema/rows.ts';
import type { JobRow, Tables } from './schema/schema.ts';
import { isOfScope } from './systems/system-roles.ts';

/** Queries of jobs. */
export function jobQueries(db: Kysely<Tables>): JobStore {
  const select = () =>
    db
      .selectFrom('jobs')
      .innerJoin('systems', 'systems.id', 'jobs.system_id')
      .selectAll('jobs')
      .select('systems.name as system');
  const findById = async (id: number): Promise<StoredJob | undefined> => {
    const row = await select().where('jobs.id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : toStoredJob(row);
  };
  return {
    find: findById,
    async findOpen(systemId) {
      const row = await select()
        .where('jobs.system_id', '=', systemId)
        .where('jobs.state', 'in', OPEN_JOB_STATES)
        .executeTakeFirst();
      return row === undefined ? undefined : toStoredJob(row);
    },
    async list({ open, system, batch, ids, scope = null }, limit) {
      let query = select().orderBy('jobs.id', 'desc').limit(limit);
      if (open === true) query = query.where('jobs.state', 'in', OPEN_JOB_STATES);
      if (open === false) query = query.where('jobs.state', 'not in', OPEN_JOB_STATES);
      if (system !== undefined) query = query.where('systems.name', '=', system);
      if (batch !== undefined) query = query.where('jobs.batch', '=', batch);
      if (ids !== undefined) query = query.where('jobs.id', 'in', ids);
      if (scope !== null) query = query.where(isOfScope('jobs.system_id', scope));
      return (await query.execute()).map(toStoredJob);
    },
    async add(write, nowMs) {
      const { id } = await db
        .insertInto('jobs')
        .values({
          batch: write.batch,
          kind: 'power',
          system_id: write.systemId,
          action: write.action,
          state: 'waiting',
          step: 'queued',
          attempts: 0,
          requested_by: write.requestedBy,
          created_at: nowMs,
          start_at: write.startAt,
          step_at: nowMs,
          timeout_seconds: write.timeoutSeconds,
          updated_at: nowMs,
          finished_at: null,
          failure: null,
          message: write.message,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return toStoredJob(await select().where('jobs.id', '=', id).executeTakeFirstOrThrow());
    },
    async update(id, change, nowMs) {
      const { step, ...rest } = change;
      const isOver = change.state !== undefined && !OPEN_JOB_STATES.includes(change.state);
      const done = await db
        .updateTable('jobs')
        .set({
          ...rest,
          updated_at: nowMs,
          ...(step === undefined ? {} : { step, step_at: nowMs }),
          ...(isOver ? { finished_at: nowMs } : {}),
        })
        .where('id', '=', id)
        .where('state', 'in', OPEN_JOB_STATES)
        .executeTakeFirst();
      return done.numUpdatedRows === 0n ? undefined : findById(id);
    },
    async prune(beforeMs) {
      const done = await db.deleteFrom('jobs').where('finished_at', '<', beforeMs).executeTakeFirst();
      return Number(done.numDeletedRows);
    },
  };
}

function toStoredJob(row: Selectable<JobRow> & { system: string }): StoredJob {
  const job: Job = {
    id: row.id,
    batch: row.batch,
    kind: 'power',
    system: row.system,
    action: row.action,
    state: row.state,
    step: row.step,
    attempts: row.attempts,
    requestedBy: row.requested_by,
    createdAt: timeText(row.created_at),
    startAt: timeText(row.start_at),
    stepAt: timeText(row.step_at),
    timeoutSeconds: row.timeout_seconds,
    updatedAt: timeText(row.updated_at),
    finishedAt: row.finished_at === null ? null : timeText(row.finished_at),
    failure: row.failure,
    message: row.message,
    hint: jobHint(row.failure, row.system),
  };
  return { job, systemId: row.system_id };
}
