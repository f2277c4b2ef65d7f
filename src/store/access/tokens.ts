import type { Kysely, Selectable } from 'kysely';
import type { TokenRecord } from '../../domain/access/credential.ts';
import type { TokenStore } from '../interfaces/access-store.ts';
import type { AccessTables } from '../schema/access-schema.ts';
import { parsedList, timeText } from '../schema/rows.ts';
import type { Tables } from '../schema/schema.ts';

/** Addresses that are remembered of one token: of more, the oldest are forgotten, and new again when they come back. */
const ADDRESSES_KEPT = 256;

/** Queries of API tokens; only hashes are kept. */
export function tokenQueries(db: Kysely<Tables>): TokenStore {
  return {
    async findByHash(hash) {
      const row = await db
        .selectFrom('tokens')
        .select(['id', 'name', 'role', 'scope', 'expires_at as expiresAtMs'])
        .where('hash', '=', hash)
        .executeTakeFirst();
      return row && { ...row, scope: scopeOf(row.scope) };
    },
    async find(name, nowMs) {
      const row = await db.selectFrom('tokens').selectAll().where('name', '=', name).executeTakeFirst();
      return row && toToken(row, nowMs);
    },
    async list(nowMs) {
      const rows = await db.selectFrom('tokens').selectAll().orderBy('name').execute();
      return rows.map((row) => toToken(row, nowMs));
    },
    async add({ name, hash, role, scope, expiresAtMs, createdBy }, nowMs) {
      const row = {
        ...{ name, hash, role, scope: scopeText(scope), expires_at: expiresAtMs },
        ...{ created_at: nowMs, created_by: createdBy, last_used_at: null, last_used_from: null },
      };
      await db.insertInto('tokens').values(row).execute();
    },
    async remove(name) {
      await db.deleteFrom('tokens').where('name', '=', name).execute();
    },
    async count() {
      const row = await db
        .selectFrom('tokens')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirst();
      return row?.n ?? 0;
    },
    async countAdmins(nowMs) {
      const row = await db
        .selectFrom('tokens')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('role', '=', 'admin')
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', nowMs)]))
        .executeTakeFirst();
      return row?.n ?? 0;
    },
    async noteUse(id, address, nowMs) {
      const used = { last_used_at: nowMs, last_used_from: address };
      const { numUpdatedRows } = await db
        .updateTable('tokens')
        .set(used)
        .where('id', '=', id)
        .executeTakeFirst();
      // Revoked a moment ago.
      if (numUpdatedRows === 0n) return false;
      const added = await db
        .insertInto('token_addresses')
        .values({ token_id: id, address, first_at: nowMs })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (added.numInsertedOrUpdatedRows !== 1n) return false;
      await forgetOldest(db, id);
      return true;
    },
  };
}

async function forgetOldest(db: Kysely<Tables>, id: number): Promise<void> {
  const kept = db
    .selectFrom('token_addresses')
    .select('address')
    .where('token_id', '=', id)
    .orderBy('first_at', 'desc')
    .limit(ADDRESSES_KEPT);
  await db
    .deleteFrom('token_addresses')
    .where('token_id', '=', id)
    .where('address', 'not in', kept)
    .execute();
}

function toToken(row: Selectable<AccessTables['tokens']>, nowMs: number): TokenRecord {
  return {
    name: row.name,
    role: row.role,
    scope: scopeOf(row.scope),
    createdAt: timeText(row.created_at),
    createdBy: row.created_by,
    expiresAt: row.expires_at === null ? null : timeText(row.expires_at),
    isExpired: row.expires_at !== null && row.expires_at <= nowMs,
    lastUsedAt: row.last_used_at === null ? null : timeText(row.last_used_at),
    lastUsedFrom: row.last_used_from,
  };
}

/** A scope as its column holds it. */
export function scopeText(scope: readonly string[] | null): string | null {
  return scope === null ? null : JSON.stringify(scope);
}

export function scopeOf(column: string | null): readonly string[] | null {
  return column === null ? null : parsedList<string>(column);
}
