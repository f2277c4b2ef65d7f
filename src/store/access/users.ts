import type { Kysely, Selectable } from 'kysely';
import type { User } from '../../domain/access/credential.ts';
import type { UserStore } from '../interfaces/access-store.ts';
import type { AccessTables } from '../schema/access-schema.ts';
import { newStamps, stampsOf, timeText } from '../schema/rows.ts';
import type { Tables } from '../schema/schema.ts';
import { scopeOf, scopeText } from './tokens.ts';

/** Queries of users. */
export function userQueries(db: Kysely<Tables>): UserStore {
  const get = async (id: number): Promise<User> =>
    toUser(await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
  return {
    async find(name) {
      const row = await db.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst();
      return row && { user: toUser(row), password: row.password };
    },
    async list() {
      return (await db.selectFrom('users').selectAll().orderBy('name').execute()).map(toUser);
    },
    async add({ name, role, scope, password, createdBy }, nowMs) {
      const row = {
        ...{ name, role, scope: scopeText(scope), password, password_at: nowMs, created_by: createdBy },
        ...{ disabled_at: null, last_login_at: null, ...newStamps(nowMs) },
      };
      const { id } = await db.insertInto('users').values(row).returning('id').executeTakeFirstOrThrow();
      return get(id);
    },
    async update(id, { role, scope, disabled, password }, nowMs) {
      const named = {
        ...(role === undefined ? {} : { role }),
        ...(scope === undefined ? {} : { scope: scopeText(scope) }),
        ...(disabled === undefined ? {} : { disabled_at: disabled ? nowMs : null }),
        ...(password === undefined ? {} : { password, password_at: nowMs }),
      };
      await db
        .updateTable('users')
        .set((eb) => ({ ...named, updated_at: nowMs, revision: eb('revision', '+', 1) }))
        .where('id', '=', id)
        .execute();
      return get(id);
    },
    async noteLogin(id, nowMs) {
      await db.updateTable('users').set({ last_login_at: nowMs }).where('id', '=', id).execute();
    },
    async remove(id) {
      await db.deleteFrom('users').where('id', '=', id).execute();
    },
    async count() {
      const row = await db
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirst();
      return row?.n ?? 0;
    },
    async countAdmins() {
      const row = await db
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('role', '=', 'admin')
        .where('disabled_at', 'is', null)
        .executeTakeFirst();
      return row?.n ?? 0;
    },
  };
}

/** The user as it is shown: without the password. */
export function toUser(row: Selectable<AccessTables['users']>): User {
  return {
    ...stampsOf(row),
    name: row.name,
    role: row.role,
    scope: scopeOf(row.scope),
    disabled: row.disabled_at !== null,
    passwordAt: timeText(row.password_at),
    lastLoginAt: row.last_login_at === null ? null : timeText(row.last_login_at),
    createdBy: row.created_by,
  };
}
