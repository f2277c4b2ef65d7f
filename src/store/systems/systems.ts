import { type Kysely, sql } from 'kysely';
import { DomainError } from '../../domain/errors.ts';
import type { System } from '../../domain/records/system.ts';
import type { StoredSystem, SystemStore, SystemWrite } from '../interfaces/store.ts';
import type { SystemPageQuery } from '../interfaces/system-query.ts';
import { newStamps } from '../schema/rows.ts';
import type { Tables } from '../schema/schema.ts';
import { compiledInsert, compiledQuery } from '../sqlite/compiled.ts';
import { undisturbed } from '../sqlite/undisturbed.ts';
import { addBmc } from './bmcs.ts';
import { writeInterfaces } from './interface-writes.ts';
import { findConflicts } from './system-conflicts.ts';
import { conditionsOf, SORT_COLUMNS } from './system-page.ts';
import { assemble, assembleMany, type SystemWithProfile } from './system-records.ts';
import { isOfScope, listNamesOfScope, listRoleNames, writeRoles } from './system-roles.ts';

/** SQLite takes 32,766 values in one statement. */
const IDS_AT_ONCE = 10_000;

function withProfiles(db: Kysely<Tables>) {
  return db
    .selectFrom('systems')
    .innerJoin('profiles', 'profiles.id', 'systems.profile_id')
    .selectAll('systems')
    .select([
      'profiles.name as profile',
      'profiles.loader as profile_loader',
      'profiles.local_boot as profile_local_boot',
      'profiles.handoff as profile_handoff',
    ]);
}

const byName = compiledQuery((db, { name }: { name: string }) =>
  withProfiles(db).where('systems.name', '=', name),
);
const byId = compiledQuery((db, { id }: { id: number }) => withProfiles(db).where('systems.id', '=', id));
const ownerOfMac = compiledQuery((db, { mac }: { mac: string }) =>
  db.selectFrom('interfaces').select('system_id').where('mac', '=', mac),
);
const addRow = compiledInsert('systems');

/** Queries of systems, their interfaces and the addresses that they hold. */
export function systemQueries(db: Kysely<Tables>): SystemStore {
  const one = (rowsOf: (db: Kysely<Tables>) => Promise<SystemWithProfile[]>) =>
    undisturbed(db, async (db): Promise<StoredSystem | undefined> => {
      const [row] = await rowsOf(db);
      if (row === undefined) return undefined;
      const [system] = await assemble(db, [row]);
      return system && { system, sealedSecrets: row.secrets };
    });
  const get = async (id: number): Promise<System> => {
    const [system] = await assemble(db, await byId(db, { id }));
    if (system === undefined) throw new DomainError('storage', `system ${id} vanished while it was written`);
    return system;
  };
  return {
    find: (name) => one((db) => byName(db, { name })),
    findById: (id) => one((db) => byId(db, { id })),
    findByMac: (mac) =>
      one(async (db) => {
        const [owner] = await ownerOfMac(db, { mac });
        return owner === undefined ? [] : byId(db, { id: owner.system_id });
      }),
    list: ({ role, scope = null } = {}) =>
      undisturbed(db, async (db) => {
        const query = withProfiles(db).orderBy('systems.name');
        const meant = role === undefined ? query : query.where(isOfScope('systems.id', [role]));
        const rows = scope === null ? meant : meant.where(isOfScope('systems.id', scope));
        return assembleMany(db, await rows.execute());
      }),
    page: (query) => undisturbed(db, (db) => readPage(db, query)),
    roleNames: (scope) => listRoleNames(db, scope),
    namesOfScope: (scope) => listNamesOfScope(db, scope),
    async add(write, nowMs) {
      const id = await addRow(db, { ...toRow(write), ...newStamps(nowMs) });
      await writeParts(db, id, write);
      return get(id);
    },
    async update(id, write, nowMs) {
      await db
        .updateTable('systems')
        .set((eb) => ({ ...toRow(write), updated_at: nowMs, revision: eb('revision', '+', 1) }))
        .where('id', '=', id)
        .execute();
      // Rows are laid anew: two interfaces can then swap their addresses in one edit without a moment of conflict.
      await db.deleteFrom('addresses').where('system_id', '=', id).execute();
      await db.deleteFrom('bmcs').where('system_id', '=', id).execute();
      await db.deleteFrom('interfaces').where('system_id', '=', id).execute();
      await writeParts(db, id, write);
      return get(id);
    },
    async remove(id) {
      await db.deleteFrom('systems').where('id', '=', id).execute();
    },
    async release(ids) {
      for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
        const some = ids.slice(from, from + IDS_AT_ONCE);
        await db.deleteFrom('addresses').where('system_id', 'in', some).execute();
        await db.deleteFrom('bmcs').where('system_id', 'in', some).execute();
        await db.deleteFrom('interfaces').where('system_id', 'in', some).execute();
        // No host name has a tilde.
        const nobodys = sql<string>`'~' || id`;
        await db.updateTable('systems').set({ hostname: nobodys }).where('id', 'in', some).execute();
      }
    },
    conflicts: (write, exceptId) => findConflicts(db, write, exceptId),
  };
}

function toRow(write: SystemWrite) {
  return {
    name: write.name,
    hostname: write.hostname,
    profile_id: write.profileId,
    kernel_args: JSON.stringify(write.kernelArgs),
    loader: write.loader,
    local_boot: write.localBoot,
    handoff: write.handoff,
    settings: JSON.stringify(write.settings),
    dhcp_options: JSON.stringify(write.dhcpOptions),
    secrets: write.sealedSecrets,
    comment: write.comment,
  };
}

async function writeParts(db: Kysely<Tables>, systemId: number, write: SystemWrite): Promise<void> {
  await writeInterfaces(db, systemId, write.interfaces);
  await writeRoles(db, systemId, write.roles);
  if (write.bmc !== null) await addBmc(db, systemId, write.bmc);
}

async function readPage(db: Kysely<Tables>, query: SystemPageQuery) {
  const { sort, limit, after } = query;
  const isDown = sort.startsWith('-');
  const column = SORT_COLUMNS[sort.replace('-', '') as keyof typeof SORT_COLUMNS];
  const fitting = sql.join([sql`true`, ...conditionsOf(query)], sql` and `);
  const behind =
    after === null
      ? sql<boolean>`true`
      : sql<boolean>`(${sql.ref(column)}, systems.id) ${sql.raw(isDown ? '<' : '>')} (${after.value}, ${after.id})`;
  const rows = await withProfiles(db)
    .where(sql<boolean>`${fitting}`)
    .where(behind)
    .orderBy(sql.ref(column), isDown ? 'desc' : 'asc')
    .orderBy('systems.id', isDown ? 'desc' : 'asc')
    .limit(limit + 1)
    .execute();
  const { total } = await db
    .selectFrom('systems')
    .innerJoin('profiles', 'profiles.id', 'systems.profile_id')
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .where(sql<boolean>`${fitting}`)
    .executeTakeFirstOrThrow();
  return { items: await assemble(db, rows.slice(0, limit)), isLast: rows.length <= limit, total };
}
