import type { Kysely } from 'kysely';
import type { IdempotencyStore } from '../interfaces/idempotency-store.ts';
import type { Tables } from '../schema/schema.ts';

/** Queries of requests that were sent with a key. */
export function idempotencyQueries(db: Kysely<Tables>): IdempotencyStore {
  return {
    async find(caller, key) {
      const row = await db
        .selectFrom('idempotency_keys')
        .selectAll()
        .where('caller', '=', caller)
        .where('key', '=', key)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { status, content_type: contentType, body } = row;
      const answer = status === null ? null : { status, contentType: contentType ?? '', body };
      return { requestHash: row.request_hash, answer, atMs: row.at };
    },
    async begin(caller, key, requestHash, nowMs) {
      await this.forget(caller, key);
      const row = { caller, key, request_hash: requestHash, at: nowMs };
      await db
        .insertInto('idempotency_keys')
        .values({ ...row, status: null, content_type: null, body: null })
        .execute();
    },
    async finish(caller, key, { status, contentType, body }) {
      await db
        .updateTable('idempotency_keys')
        .set({ status, content_type: contentType, body })
        .where('caller', '=', caller)
        .where('key', '=', key)
        .execute();
    },
    async forget(caller, key) {
      await db.deleteFrom('idempotency_keys').where('caller', '=', caller).where('key', '=', key).execute();
    },
    async prune(beforeMs) {
      await db.deleteFrom('idempotency_keys').where('at', '<', beforeMs).execute();
    },
  };
}
