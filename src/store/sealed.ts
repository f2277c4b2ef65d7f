import type { Kysely } from 'kysely';
import { OPEN_STATES } from '../domain/install.ts';
import type { Tables } from './schema.ts';
import type { SealedStore } from './store.ts';

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
  };
}
