import { type Kysely, type Migration, sql } from 'kysely';

/** Certificates of machines, by which configuration management knows them: one an install. */
export const certificates: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table certificates (
      install_id integer primary key references installs (id) on delete cascade,
      system_id integer not null references systems (id) on delete cascade,
      handoff text not null,
      certname text not null,
      state text not null,
      key_digest text,
      updated_at bigint not null
    )`.execute(db);
    await sql`create index certificates_good on certificates (system_id) where state != 'revoked'`.execute(
      db,
    );
  },
};
