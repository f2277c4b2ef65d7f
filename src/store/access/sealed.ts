import { type Kysely, sql } from 'kysely';
import { SEALING, type Sealing } from '../../domain/access/sealing.ts';
import { LIVE_STATES, OPEN_STATES } from '../../domain/install/install.ts';
import type { SealedStore } from '../interfaces/store.ts';
import type { Tables } from '../schema/schema.ts';

/** Queries of what is sealed, without reading the records themselves: there may be a hundred thousand of them. */
export function sealedQueries(db: Kysely<Tables>): SealedStore {
  return {
    async profiles() {
      const rows = await db
        .selectFrom('profiles')
        .select('name')
        .where('secrets', 'is not', null)
        .orderBy('name')
        .execute();
      return rows.map(({ name }) => name);
    },
    async systems() {
      const rows = await db
        .selectFrom('systems')
        .leftJoin('bmcs', 'bmcs.system_id', 'systems.id')
        .select('name')
        .where((eb) =>
          eb.or([
            eb('secrets', 'is not', null),
            eb('bmcs.password', 'is not', null),
            eb('bmcs.kg', 'is not', null),
          ]),
        )
        .orderBy('name')
        .execute();
      return rows.map(({ name }) => name);
    },
    async openInstalls() {
      const rows = await db
        .selectFrom('installs')
        .innerJoin('systems', 'systems.id', 'installs.system_id')
        .select('systems.name')
        .where('installs.state', 'in', ['queued', ...OPEN_STATES])
        .orderBy('systems.name')
        .execute();
      return rows.map(({ name }) => name);
    },
    async reseal(change) {
      let count = 0;
      for (const { table, key, column, sealing, condition = 'true' } of SEALED_COLUMNS) {
        const [from, id, value] = [sql.table(table), sql.ref(key), sql.ref(column)];
        const { rows } = await sql<{ id: number | string; value: string }>`
          select ${id} as id, ${value} as value from ${from} where ${value} is not null and ${sql.raw(condition)}`.execute(
          db,
        );
        for (const row of rows) {
          const changed = change(row.value, sealing);
          await sql`update ${from} set ${value} = ${changed} where ${id} = ${row.id}`.execute(db);
        }
        count += rows.length;
      }
      return count;
    },
  };
}

/** Every column that holds what the key file opens. The token of an install that is over is never opened again. */
const SEALED_COLUMNS: readonly {
  readonly table: keyof Tables;
  readonly key: string;
  readonly column: string;
  readonly sealing: Sealing;
  readonly condition?: string;
}[] = [
  { table: 'profiles', key: 'id', column: 'secrets', sealing: SEALING.settings },
  { table: 'systems', key: 'id', column: 'secrets', sealing: SEALING.settings },
  { table: 'bmcs', key: 'system_id', column: 'password', sealing: SEALING.bmcPassword },
  { table: 'bmcs', key: 'system_id', column: 'kg', sealing: SEALING.bmcKg },
  {
    table: 'installs',
    key: 'id',
    column: 'token_sealed',
    sealing: SEALING.installToken,
    condition: `state in (${LIVE_STATES.map((state) => `'${state}'`).join(', ')})`,
  },
  // No two are alike, as each is sealed with a nonce of its own.
  {
    table: 'idempotency_keys',
    key: 'request_hash',
    column: 'request_hash',
    sealing: SEALING.idempotencyRequest,
  },
];
