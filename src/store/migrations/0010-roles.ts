import { type Kysely, type Migration, sql } from 'kysely';

/** Roles of systems. The key finds who has a role; the index, the roles of one system in their order. */
export const roles: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table system_roles (
      role text not null,
      system_id integer not null references systems (id) on delete cascade,
      position integer not null,
      primary key (role, system_id)
    ) without rowid`.execute(db);
    await sql`create unique index system_roles_system on system_roles (system_id, position)`.execute(db);
  },
};
