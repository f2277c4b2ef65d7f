import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

// A database as each schema left it: SQL text, so that a difference can be read.

const FOLDER = fileURLToPath(new URL('../fixtures/schemas/', import.meta.url));

/** Names of the schemas that there are databases of, the oldest first. */
export function schemaFixtures(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -'.sql'.length))
    .sort();
}

export function schemaFixturePath(schema: string): string {
  return `${FOLDER}${schema}.sql`;
}

/** Makes the database of a fixture, mode 0600, in WAL mode as the service leaves it. */
export function loadSchemaFixture(schema: string, path: string): void {
  const before = process.umask(0o077);
  const database = new Database(path);
  try {
    database.pragma('foreign_keys = OFF');
    database.exec(readFileSync(schemaFixturePath(schema), 'utf8'));
    database.pragma('journal_mode = WAL');
  } finally {
    database.close();
    process.umask(before);
  }
}

/** Everything in a database, tables first and triggers last, so that no trigger answers to what is only loaded. */
export function dumpDatabase(database: Database.Database): string {
  const made = database
    .prepare<[], { type: string; name: string; sql: string }>(
      "select type, name, sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by rowid",
    )
    .all();
  const tables = made.filter(({ type }) => type === 'table');
  const others = made.filter(({ type }) => type !== 'table');
  return [
    ...tables.map(({ sql }) => `${sql};`),
    ...tables.flatMap(({ name }) => insertsOf(database, name)),
    ...sequencesOf(database),
    ...others.map(({ sql }) => `${sql};`),
    '',
  ].join('\n');
}

function insertsOf(database: Database.Database, table: string): string[] {
  const rows = database.prepare(`select * from "${table}"`).raw().all() as unknown[][];
  return rows.map((row) => `insert into "${table}" values (${row.map(literal).join(', ')});`).sort();
}

/** Ids that were given once are not given again. */
function sequencesOf(database: Database.Database): string[] {
  const rows = database
    .prepare('select name, seq from sqlite_sequence order by name')
    .raw()
    .all() as unknown[][];
  return [
    'delete from sqlite_sequence;',
    ...rows.map((row) => `insert into sqlite_sequence values (${row.map(literal).join(', ')});`),
  ];
}

function literal(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
