import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { Scope } from '../../domain/access/access.ts';
import type { Tables } from '../schema/schema.ts';
import { compiledInsert, compiledQuery, queryOfSystems } from '../sqlite/compiled.ts';

const roleRows = queryOfSystems((db, ids) =>
  db
    .selectFrom('system_roles')
    .select(['system_id', 'role'])
    .where('system_id', 'in', ids)
    .orderBy('position'),
);

const dropRoles = compiledQuery((db, { systemId }: { systemId: number }) =>
  db.deleteFrom('system_roles').where('system_id', '=', systemId),
);

const addRole = compiledInsert('system_roles');

/** Roles in the order of the record, by the systems' ids. */
export async function listRoles(
  db: Kysely<Tables>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const rows = await roleRows(db, ids);
  const bySystem = new Map<number, string[]>();
  for (const { system_id, role } of rows) {
    const known = bySystem.get(system_id);
    if (known === undefined) bySystem.set(system_id, [role]);
    else known.push(role);
  }
  return bySystem;
}

/** Roles that systems of a scope have, each once, by name. */
export async function listRoleNames(db: Kysely<Tables>, scope: Scope): Promise<string[]> {
  const all = db.selectFrom('system_roles').select('role').distinct().orderBy('role');
  const rows = await (scope === null ? all : all.where(isOfScope('system_id', scope))).execute();
  return rows.map(({ role }) => role);
}

/** Names of the systems of a scope. */
export async function listNamesOfScope(db: Kysely<Tables>, scope: Exclude<Scope, null>): Promise<string[]> {
  const rows = await db
    .selectFrom('systems')
    .select('name')
    .where(isOfScope('systems.id', scope))
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
}

/** Makes these the roles of a system. */
export async function writeRoles(
  db: Kysely<Tables>,
  systemId: number,
  roles: readonly string[],
): Promise<void> {
  await dropRoles(db, { systemId });
  for (const [position, role] of roles.entries()) await addRole(db, { system_id: systemId, role, position });
}

/** Does the system with this id (a column like `jobs.system_id`) lie in the scope? */
export function isOfScope(column: string, scope: Exclude<Scope, null>): Expression<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} in (select system_id from system_roles
    where role in (select value from json_each(${JSON.stringify(scope)})))`;
}
