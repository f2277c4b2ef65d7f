import { type Kysely, sql } from 'kysely';
import type { InstallInput } from '../../domain/install/install-input.ts';
import type { QueueStore } from '../interfaces/queue-store.ts';
import type { Tables } from '../schema/schema.ts';
import { toStoredInstall } from './installs.ts';

/**
 * What has a place: installs that their machines drive, and those whose machines the service switches on. Machines that
 * somebody else switches on may be waited for for days.
 */
const RUNNING = sql`state in ('booting', 'loading', 'installing') or (state = 'armed' and power_up_step is not null)`;

/** Word for word as the index says it, or SQLite does not use the index. */
const IN_TURN = sql<boolean>`state in ('queued', 'armed', 'booting', 'loading', 'installing')`;

/** Queries of the queue of installs. */
export function queueQueries(db: Kysely<Tables>): QueueStore {
  const select = () =>
    db
      .selectFrom('install_queue as q')
      .innerJoin('installs', 'installs.id', 'q.install_id')
      .innerJoin('systems', 'systems.id', 'installs.system_id');
  return {
    async list() {
      const query = select().select(['installs.id', 'systems.name as system', 'installs.batch']);
      const rows = await query
        .select(['installs.position', 'q.due_at'])
        .orderBy('installs.position')
        .execute();
      return rows.map(({ due_at, position, ...row }) => ({
        ...row,
        position: position ?? 0,
        dueAtMs: due_at,
      }));
    },
    async find(installId) {
      const query = select().selectAll('installs').select(['systems.name as system', 'q.input']);
      const row = await query.where('q.install_id', '=', installId).executeTakeFirst();
      return row === undefined
        ? undefined
        : { ...toStoredInstall(row), input: JSON.parse(row.input) as InstallInput };
    },
    async count() {
      const found = await db
        .selectFrom('installs')
        .select([
          sql<number>`count(*) filter (where state = 'queued')`.as('queued'),
          sql<number>`count(*) filter (where ${RUNNING})`.as('running'),
        ])
        .where(IN_TURN)
        .executeTakeFirstOrThrow();
      return found;
    },
    async keep(installId, input) {
      await db
        .insertInto('install_queue')
        .values({ install_id: installId, input: JSON.stringify(input), due_at: null })
        .execute();
    },
    async setDue(installId, dueAtMs) {
      await db
        .updateTable('install_queue')
        .set({ due_at: dueAtMs })
        .where('install_id', '=', installId)
        .execute();
    },
    async move(installId, position) {
      const at = await db
        .selectFrom('installs')
        .select('position')
        .where('id', '=', installId)
        .executeTakeFirst();
      const from = at?.position ?? null;
      if (from === null || from === position) return;
      const [low, high, step] = from < position ? [from, position, -1] : [position, from, 1];
      await sql`update installs set position = case when id = ${installId} then ${position} else position + ${step} end
        where state = 'queued' and position between ${low} and ${high}`.execute(db);
    },
  };
}
