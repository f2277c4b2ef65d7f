import Database from 'better-sqlite3';

/** What a copy has of its own; everything else is as in the first system. SQL, with `i` as the number of the copy. */
const CHANGED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  systems: { id: 'id + i', name: 'system_name(i)', hostname: 'system_name(i)' },
  interfaces: { id: 'id + i', system_id: 'system_id + i', mac: 'system_mac(i)' },
  addresses: {
    id: 'id + i',
    system_id: 'system_id + i',
    interface_id: 'interface_id + i',
    ip: 'system_ip(i)',
  },
};

/** What the system of a number is called, and its addresses. */
export interface OwnOfSystem {
  readonly name: (index: number) => string;
  readonly mac: (index: number) => string;
  readonly ip: (index: number) => number;
}

/**
 * Copies the one system of a database so often that there are `count`: what the service would need a minute for, and
 * row by row the same. Columns are not named here, so that a new one is copied as well.
 */
export function copySystems(file: string, count: number, own: OwnOfSystem): void {
  const db = new Database(file);
  for (const [name, make] of Object.entries(own)) db.function(`system_${name}`, (i: number) => make(i));
  db.transaction(() => {
    for (const [table, changed] of Object.entries(CHANGED)) {
      const columns = (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
      const values = columns.map((column) => changed[column] ?? column);
      db.prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i + 1 < ?)
         insert into ${table} (${columns.join(', ')})
         select ${values.join(', ')} from n, (select * from ${table} where ${filterOf(table)} limit 1)`,
      ).run(count);
    }
  })();
  db.close();
}

/** The row to copy, where a table has others besides. */
function filterOf(table: string): string {
  return table === 'addresses' ? 'interface_id is not null' : 'true';
}
