import type { Kysely, Selectable } from 'kysely';
import { type Install, OPEN_STATES } from '../domain/install.ts';
import type { PowerUp } from '../domain/power-up.ts';
import { timeText } from './rows.ts';
import type { InstallRow, Tables } from './schema.ts';
import type { InstallStore, StoredInstall } from './store.ts';

/** A row of an install with the name of its system. */
export type InstallWithSystem = Selectable<InstallRow> & { system: string };

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
    async add(write) {
      const row = {
        system_id: write.systemId,
        state: 'armed' as const,
        attempts: write.attempts,
        attempts_used: 0,
        scripts_served: 0,
        armed_at: write.armedAt,
        armed_by: write.armedBy,
        expires_at: write.expiresAt,
        updated_at: write.armedAt,
        stage: 'armed',
        reason: null,
        token_hash: write.tokenHash,
        token_sealed: write.tokenSealed,
        ...powerUpColumns(write.powerUp),
      };
      const { id } = await db.insertInto('installs').values(row).returning('id').executeTakeFirstOrThrow();
      return get(id);
    },
    async update(id, change, nowMs) {
      const set: Record<string, unknown> = { updated_at: nowMs };
      if (change.state !== undefined) set['state'] = change.state;
      if (change.attemptsUsed !== undefined) set['attempts_used'] = change.attemptsUsed;
      if (change.scriptsServed !== undefined) set['scripts_served'] = change.scriptsServed;
      if (change.stage !== undefined) set['stage'] = change.stage;
      if (change.reason !== undefined) set['reason'] = change.reason;
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
    async listOverdue(nowMs) {
      const rows = await select()
        .where('installs.state', 'in', [...OPEN_STATES])
        .where('installs.expires_at', '<=', nowMs)
        .execute();
      return rows.map(toStoredInstall);
    },
  };
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
    attempts: row.attempts,
    attemptsUsed: row.attempts_used,
    scriptsServed: row.scripts_served,
    armedAt: timeText(row.armed_at),
    armedBy: row.armed_by,
    expiresAt: timeText(row.expires_at),
    updatedAt: timeText(row.updated_at),
    stage: row.stage,
    reason: row.reason,
    powerUp: row.power_up === null ? null : (JSON.parse(row.power_up) as PowerUp),
  };
}
