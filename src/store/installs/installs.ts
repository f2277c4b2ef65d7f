import { type Kysely, type Selectable, sql } from 'kysely';
import { type Install, LIVE_STATES, OPEN_STATES } from '../../domain/install/install.ts';
import type { InstallChange } from '../../domain/install/install-state.ts';
import type { PowerUp } from '../../domain/power/power-up.ts';
import type { InstallStore, StoredInstall } from '../interfaces/store.ts';
import { parsedList, timeText } from '../schema/rows.ts';
import type { InstallRow, Tables } from '../schema/schema.ts';
import { isOfScope } from '../systems/system-roles.ts';

/** A row of an install with the name of its system. */
export type InstallWithSystem = Selectable<InstallRow> & { system: string };

/** In the words of the index `installs_live`, without which SQLite would read every install there ever was. */
const LIVE = sql<boolean>`installs.state in (${sql.raw(LIVE_STATES.map((state) => `'${state}'`).join(', '))})`;

/** Queries of installs. */
export function installQueries(db: Kysely<Tables>): InstallStore {
  const select = () =>
    db
      .selectFrom('installs')
      .innerJoin('systems', 'systems.id', 'installs.system_id')
      .selectAll('installs')
      .select('systems.name as system');
  const get = async (id: number): Promise<StoredInstall> =>
    toStoredInstall(await select().where('installs.id', '=', id).executeTakeFirstOrThrow());
  return {
    async findLatest(systemId) {
      const row = await select()
        .where('installs.system_id', '=', systemId)
        .orderBy('installs.id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? undefined : toStoredInstall(row);
    },
    async findById(id) {
      const row = await select().where('installs.id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toStoredInstall(row);
    },
    async list({ system, batch, states, scope = null }, limit) {
      let query = select().orderBy('installs.id', 'desc').limit(limit);
      if (system !== undefined) query = query.where('systems.name', '=', system);
      if (batch !== undefined) query = query.where('installs.batch', '=', batch);
      if (states !== undefined) query = query.where('installs.state', 'in', states);
      if (scope !== null) query = query.where(isOfScope('installs.system_id', scope));
      return (await query.execute()).map(toStoredInstall);
    },
    async add(write) {
      const row = {
        system_id: write.systemId,
        state: write.state,
        state_at: write.armedAt,
        batch: write.batch,
        position: write.position,
        attempts: write.attempts,
        attempts_used: 0,
        scripts_served: 0,
        armed_at: write.armedAt,
        armed_by: write.armedBy,
        expires_at: write.expiresAt,
        updated_at: write.armedAt,
        stage: write.state,
        reason: null,
        failure: null,
        hint: null,
        handoff: write.handoff,
        host_keys: '[]',
        token_hash: write.tokenHash,
        token_sealed: write.tokenSealed,
        ...powerUpColumns(write.powerUp),
      };
      const { id } = await db.insertInto('installs').values(row).returning('id').executeTakeFirstOrThrow();
      return get(id);
    },
    async update(id, change, nowMs) {
      const set = { ...changedColumns(change), updated_at: nowMs, state_at: stateAt(change, nowMs) };
      await db.updateTable('installs').set(set).where('id', '=', id).execute();
      return get(id);
    },
    async setPowerUp(id, powerUp) {
      await db.updateTable('installs').set(powerUpColumns(powerUp)).where('id', '=', id).execute();
      return get(id);
    },
    async listPowerUps() {
      const rows = await select().where('installs.power_up_step', '!=', 'done').execute();
      return rows.map(toStoredInstall);
    },
    countSystems: () =>
      db
        .selectFrom('systems')
        .leftJoin('installs', (join) =>
          join.on(
            'installs.id',
            '=',
            sql<number>`(select max(id) from installs where system_id = systems.id)`,
          ),
        )
        .select(['installs.state', ({ fn }) => fn.countAll<number>().as('count')])
        .groupBy('installs.state')
        .execute(),
    async listLive() {
      const rows = await select().where(LIVE).orderBy('installs.id').execute();
      return rows.map(toStoredInstall);
    },
    async listOverdue(nowMs) {
      const rows = await select()
        .where('installs.state', 'in', [...OPEN_STATES])
        .where('installs.expires_at', '<=', nowMs)
        .execute();
      return rows.map(toStoredInstall);
    },
  };
}

/** The columns of what a change names. */
function changedColumns({ state, position, stage, reason, failure, hint, ...rest }: InstallChange) {
  const { attemptsUsed, scriptsServed, expiresAt, handoff, hostKeys } = rest;
  const named = {
    ...{ state, position, stage, reason, failure, hint, handoff },
    attempts_used: attemptsUsed,
    scripts_served: scriptsServed,
    expires_at: expiresAt === undefined ? undefined : Date.parse(expiresAt),
    host_keys: hostKeys === undefined ? undefined : JSON.stringify(hostKeys),
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** A state is entered when it becomes another one. */
function stateAt({ state }: InstallChange, nowMs: number) {
  if (state === undefined) return sql<number>`state_at`;
  return sql<number>`case when state = ${state} then state_at else ${nowMs} end`;
}

function powerUpColumns(powerUp: PowerUp | null) {
  if (powerUp === null) return { power_up: null, power_up_step: null };
  return { power_up: JSON.stringify(powerUp), power_up_step: powerUp.step };
}

/** The install with what only the service may see. */
export function toStoredInstall(row: InstallWithSystem): StoredInstall {
  return { install: toInstall(row), systemId: row.system_id, tokenSealed: row.token_sealed };
}

/** The install as the API shows it: without its token. */
export function toInstall(row: InstallWithSystem): Install {
  return {
    id: row.id,
    system: row.system,
    state: row.state,
    stateAt: timeText(row.state_at),
    batch: row.batch,
    position: row.position,
    attempts: row.attempts,
    attemptsUsed: row.attempts_used,
    scriptsServed: row.scripts_served,
    armedAt: timeText(row.armed_at),
    armedBy: row.armed_by,
    expiresAt: timeText(row.expires_at),
    updatedAt: timeText(row.updated_at),
    stage: row.stage,
    reason: row.reason,
    failure: row.failure,
    hint: row.hint,
    handoff: row.handoff,
    hostKeys: parsedList<string>(row.host_keys),
    powerUp: row.power_up === null ? null : (JSON.parse(row.power_up) as PowerUp),
  };
}
