import { type Kysely, type Migration, sql } from 'kysely';

/** Requests that were sent with a key, and what they were answered: sent again, they are not done again. */
export const idempotencyKeys: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table idempotency_keys (
      caller text not null,
      key text not null,
      request_hash text not null,
      status integer,
      content_type text,
      body text,
      at bigint not null,
      primary key (caller, key)
    ) without rowid`.execute(db);
    await sql`create index idempotency_keys_at on idempotency_keys (at)`.execute(db);
  },
};
