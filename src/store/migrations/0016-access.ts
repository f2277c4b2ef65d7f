import { type Kysely, type Migration, sql } from 'kysely';

/** Who may do what: tokens with a role, users, sessions; and who did what, which nobody changes afterwards. */
export const access: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // What there is already may do everything, as before.
    for (const column of [
      "role text not null default 'admin'",
      'scope text',
      'expires_at bigint',
      'last_used_at bigint',
      'last_used_from text',
      "created_by text not null default 'setup'",
    ])
      await sql`alter table tokens add column ${sql.raw(column)}`.execute(db);
    await sql`create table token_addresses (
      token_id integer not null references tokens (id) on delete cascade,
      address text not null,
      first_at bigint not null,
      primary key (token_id, address)
    ) without rowid`.execute(db);
    await sql`create table users (
      id integer primary key autoincrement,
      name text not null unique,
      role text not null,
      scope text,
      password text not null,
      password_at bigint not null,
      disabled_at bigint,
      last_login_at bigint,
      created_by text not null,
      revision integer not null,
      created_at bigint not null,
      updated_at bigint not null
    )`.execute(db);
    await sql`create table sessions (
      id integer primary key autoincrement,
      user_id integer not null references users (id) on delete cascade,
      hash text not null unique,
      address text not null,
      agent text not null,
      created_at bigint not null,
      seen_at bigint not null,
      expires_at bigint not null
    )`.execute(db);
    await sql`create index sessions_user on sessions (user_id)`.execute(db);
    await extendAudit(db);
  },
};

async function extendAudit(db: Kysely<unknown>): Promise<void> {
  for (const column of [
    "kind text not null default 'token'",
    'address text',
    'request text',
    'before text',
    'after text',
  ])
    await sql`alter table audit add column ${sql.raw(column)}`.execute(db);
  await sql`create index audit_about on audit (noun, name, id)`.execute(db);
  for (const deed of ['update', 'delete'])
    await sql`create trigger ${sql.raw(`audit_no_${deed}`)} before ${sql.raw(deed)} on audit
      begin select raise(abort, 'the audit trail is only added to'); end`.execute(db);
  // `insert or replace` removes a row without asking the trigger above.
  await sql`create trigger audit_no_replace before insert on audit
    when exists (select 1 from audit where id = new.id)
    begin select raise(abort, 'the audit trail is only added to'); end`.execute(db);
}
