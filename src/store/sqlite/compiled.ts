import {
  type Compilable,
  type CompiledQuery,
  type Insertable,
  type Kysely,
  type RawBuilder,
  sql,
} from 'kysely';
import type { Tables } from '../schema/schema.ts';

/** Stands in a query for a value that it is given each time it runs. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that is built and compiled once, and then runs with other values: building one takes several times as long
 * as SQLite takes for it. The trap: `build` sees no values, only what stands for them, and cannot decide by them.
 */
export function compiledQuery<Values extends object, Row>(
  build: (db: Kysely<Tables>, values: Values) => Compilable<Row>,
): (db: Kysely<Tables>, values: Values) => Promise<Row[]> {
  let compiled: CompiledQuery<Row> | undefined;
  return async (db, values) => {
    compiled ??= build(db, slots as Values).compile();
    const { rows } = await db.executeQuery(filled(compiled, values));
    return rows;
  };
}

/** Adds a row to a table, and returns its id; compiled once for each set of columns. */
export function compiledInsert<Table extends keyof Tables>(
  table: Table,
): (db: Kysely<Tables>, row: Insertable<Tables[Table]>) => Promise<number> {
  const compiled = new Map<string, CompiledQuery>();
  return async (db, row) => {
    const columns = Object.keys(row);
    const known = compiled.get(columns.join());
    const query = known ?? insertOf(db, table, columns);
    if (known === undefined) compiled.set(columns.join(), query);
    const { insertId } = await db.executeQuery(filled(query, row));
    return Number(insertId);
  };
}

function insertOf(db: Kysely<Tables>, table: keyof Tables, columns: readonly string[]): CompiledQuery {
  const row = Object.fromEntries(columns.map((column) => [column, new Slot(column)]));
  return db
    .insertInto(table)
    .values(row as never)
    .compile();
}

const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) });

function filled<Row>(compiled: CompiledQuery<Row>, values: object): CompiledQuery<Row> {
  const parameters = compiled.parameters.map((value) =>
    value instanceof Slot ? values[value.name as keyof typeof values] : value,
  );
  return { ...compiled, parameters };
}

/** A query of the systems that have these ids, however many. */
export function queryOfSystems<Row>(
  build: (db: Kysely<Tables>, ids: RawBuilder<number>) => Compilable<Row>,
): (db: Kysely<Tables>, ids: readonly number[]) => Promise<Row[]> {
  const some = compiledQuery((db, { ids }: { ids: string }) => build(db, anyOf(ids)));
  return (db, ids) => some(db, { ids: JSON.stringify(ids) });
}

/** What stands in a JSON list, as a set that a column can be in: the same statement however many there are. */
export function anyOf<T extends number | string>(json: string): RawBuilder<T> {
  return sql<T>`(select value from json_each(${json}))`;
}
