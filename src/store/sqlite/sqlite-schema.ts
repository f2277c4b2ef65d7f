import Database from 'better-sqlite3';

/** The newest migration that a database has been through, as `0015-certificates`; null before the first. */
export function newestMigration(database: Database.Database): string | null {
  return appliedMigrations(database).at(-1) ?? null;
}

/** All of them, in their order. */
function appliedMigrations(database: Database.Database): string[] {
  const table = database.prepare("select 1 from sqlite_master where name = 'kysely_migration'");
  if (table.get() === undefined) return [];
  return database.prepare('select name from kysely_migration order by name').pluck().all() as string[];
}

/** The migrations of a file that is no service's, and what is wrong with it. Throws where it is no database. */
export function inspectDatabase(path: string): {
  readonly migrations: string[];
  readonly problems: string[];
} {
  const database = new Database(path, { readonly: true });
  try {
    return { migrations: appliedMigrations(database), problems: problemsOf(database, 'integrity_check') };
  } finally {
    database.close();
  }
}

/** What a check of SQLite's finds wrong, ten sentences at most. */
export function problemsOf(database: Database.Database, check: 'quick_check' | 'integrity_check'): string[] {
  const rows = database.pragma(`${check}(10)`) as Record<string, string>[];
  return rows.flatMap((row) => Object.values(row)).filter((text) => text !== 'ok');
}
