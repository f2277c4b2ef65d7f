import type BetterSqlite3 from 'better-sqlite3';
import type { SqliteDatabase } from 'kysely';

/**
 * What was written to the tables that the DHCP path remembers. Rolled back statements may be among it: whoever reads
 * the rows again finds what is true.
 */
export interface Changes {
  /** Addresses whose lease changed. */
  readonly leases: ReadonlySet<number>;
  /** Addresses that a record, the service or a gateway took or left. */
  readonly addresses: ReadonlySet<number>;
  /** Systems of which something changed: of themselves, their addresses or their installs. */
  readonly systems: ReadonlySet<number>;
  /** Keys that an interface has or had. */
  readonly keys: ReadonlySet<string>;
  /** Something of a record changed that says who an address belongs to. */
  readonly records: boolean;
  /** Something of a profile changed, and with it of every machine that has it. */
  readonly profiles: boolean;
}

export interface WatchedDatabase {
  /** For the query builder: every statement goes through here, prepared once. */
  readonly database: SqliteDatabase;
  /** To be called after a commit that did not go through `database`. */
  committed(): void;
}

/** Enough for every query of the service; those whose text depends on numbers of values come and go. */
const MAX_STATEMENTS = 500;

const NOTHING_TO_DO: ReturnType<SqliteDatabase['prepare']> = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
};

type Topic = 'lease' | 'address' | 'system' | 'install' | 'key' | 'profile';

/**
 * Tells of every change once it is committed, before whoever waits for the commit goes on. Triggers see what no code
 * path can forget: rows that a foreign key's cascade removes, and queries that are written next year. They are
 * temporary: they belong to this connection, not to the database.
 *
 * `INSERT OR REPLACE` would go unseen (SQLite fires no trigger for what it replaces); `ON CONFLICT DO UPDATE` is seen.
 */
export function watchChanges(
  writer: BetterSqlite3.Database,
  onCommitted: (changes: Changes) => void,
): WatchedDatabase {
  let pending = noChanges();
  let dirty = false;
  const note: Record<Topic, (value: number | string | null) => void> = {
    lease: (ip) => pending.leases.add(Number(ip)),
    address: (ip) => pending.addresses.add(Number(ip)),
    system: (id) => {
      pending.records = true;
      if (id !== null) pending.systems.add(Number(id));
    },
    install: (systemId) => pending.systems.add(Number(systemId)),
    key: (key) => {
      if (key !== null) pending.keys.add(String(key));
    },
    profile: () => {
      pending.profiles = true;
    },
  };
  for (const [topic, add] of Object.entries(note)) {
    writer.function(`note_${topic}`, (value: number | string | null) => {
      dirty = true;
      add(value);
      return null;
    });
  }
  for (const trigger of TRIGGERS) writer.exec(trigger);
  const committed = (): void => {
    if (!dirty || writer.inTransaction) return;
    const changes = pending;
    pending = noChanges();
    dirty = false;
    onCommitted(changes);
  };
  return { committed, database: watched(writer, committed) };
}

function noChanges() {
  return {
    leases: new Set<number>(),
    addresses: new Set<number>(),
    systems: new Set<number>(),
    keys: new Set<string>(),
    records: false,
    profiles: false,
  };
}

/** Hands out each statement prepared, and looks after each run whether it ended a transaction. */
function watched(writer: BetterSqlite3.Database, afterRun: () => void): SqliteDatabase {
  const statements = new Map<string, BetterSqlite3.Statement>();
  const prepare = (sql: string): BetterSqlite3.Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= MAX_STATEMENTS) statements.clear();
    const made = writer.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  const after = <T>(result: T): T => {
    afterRun();
    return result;
  };
  return {
    close: () => writer.close(),
    prepare(sql) {
      // SQLite has done it where the disk was full (https://sqlite.org/lang_transaction.html), and refusing it now would hide why.
      if (sql === 'rollback' && !writer.inTransaction) return NOTHING_TO_DO;
      const statement = prepare(sql);
      return {
        reader: statement.reader,
        all: (parameters) => after(statement.all(...parameters)),
        run: (parameters) => after(statement.run(...parameters)),
        iterate: (parameters) => statement.iterate(...parameters),
      };
    },
  };
}

type Event = 'insert' | 'update' | 'delete';

/** A trigger's actions: for `new`, what is there now, and for `old`, what was. */
function onChange(
  table: string,
  events: readonly Event[],
  action: (side: 'old' | 'new') => string,
): string[] {
  const sides = { insert: ['new'], update: ['old', 'new'], delete: ['old'] } as const;
  return events.map((event) => {
    const actions = sides[event].map((side) => `select ${action(side)};`).join(' ');
    return `create temp trigger note_${table}_${event} after ${event} on main.${table} begin ${actions} end`;
  });
}

const ALL: readonly Event[] = ['insert', 'update', 'delete'];

const TRIGGERS = [
  ...onChange('leases', ALL, (side) => `note_lease(${side}.ip)`),
  // A lease's own row among the addresses says nothing that the lease does not.
  ...onChange(
    'addresses',
    ALL,
    (side) => `note_address(${side}.ip), note_system(${side}.system_id) where ${side}.kind != 'lease'`,
  ),
  ...onChange('installs', ALL, (side) => `note_install(${side}.system_id)`),
  ...onChange('systems', ALL, (side) => `note_system(${side}.id)`),
  ...onChange(
    'interfaces',
    ALL,
    (side) =>
      `note_system(${side}.system_id), note_key(${side}.mac), note_key(${side}.client_key), note_key(${side}.circuit_key)`,
  ),
  // A new one has no machines yet.
  ...onChange('profiles', ['update'], (side) => `note_profile(${side}.id)`),
];
