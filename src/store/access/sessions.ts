import type { Kysely, Selectable } from 'kysely';
import type { SessionRecord } from '../../domain/access/credential.ts';
import type { SessionStore, StoredSession } from '../interfaces/access-store.ts';
import type { AccessTables } from '../schema/access-schema.ts';
import { timeText } from '../schema/rows.ts';
import type { Tables } from '../schema/schema.ts';
import { toUser } from './users.ts';

type Row = Selectable<AccessTables['sessions']>;

/** Queries of sessions; of what the cookie holds only the hash is kept. */
export function sessionQueries(db: Kysely<Tables>): SessionStore {
  const whole = async (row: Row | undefined): Promise<StoredSession | undefined> => {
    if (row === undefined) return undefined;
    const owner = await db.selectFrom('users').selectAll().where('id', '=', row.user_id).executeTakeFirst();
    return owner && { session: toSession(row, owner.name), user: toUser(owner) };
  };
  return {
    findByHash: async (hash) =>
      whole(await db.selectFrom('sessions').selectAll().where('hash', '=', hash).executeTakeFirst()),
    find: async (id) =>
      whole(await db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst()),
    async list() {
      const rows = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .selectAll('sessions')
        .select('users.name')
        .orderBy('sessions.id', 'desc')
        .execute();
      return rows.map((row) => toSession(row, row.name));
    },
    async add({ userId, hash, address, agent, expiresAtMs }, nowMs) {
      const times = { created_at: nowMs, seen_at: nowMs, expires_at: expiresAtMs };
      await db
        .insertInto('sessions')
        .values({ user_id: userId, hash, address, agent, ...times })
        .execute();
    },
    async noteSeen(id, nowMs) {
      await db.updateTable('sessions').set({ seen_at: nowMs }).where('id', '=', id).execute();
    },
    async remove(id) {
      await db.deleteFrom('sessions').where('id', '=', id).execute();
    },
    async removeAll(userId) {
      const all = db.deleteFrom('sessions');
      const done = await (userId === null ? all : all.where('user_id', '=', userId)).executeTakeFirst();
      return Number(done.numDeletedRows);
    },
    async prune(nowMs, seenBeforeMs) {
      await db
        .deleteFrom('sessions')
        .where((eb) => eb.or([eb('expires_at', '<=', nowMs), eb('seen_at', '<=', seenBeforeMs)]))
        .execute();
    },
  };
}

function toSession(row: Row, user: string): SessionRecord {
  return {
    id: row.id,
    user,
    from: row.address,
    agent: row.agent,
    createdAt: timeText(row.created_at),
    seenAt: timeText(row.seen_at),
    expiresAt: timeText(row.expires_at),
  };
}
