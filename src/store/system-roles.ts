import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { Scope } from '../domain/access.ts';
import { anyOf, type Ids } from './rows.ts';
import type { Tables } from './schema.ts';

/** Roles in the order of the record, by the systems' ids; of some systems, where `only` names them. */
export async function listRoles(
  db: Kysely<Tables>,
  only?: Ids,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const query = db.selectFrom('system_roles').select(['system_id', 'role']).orderBy('position');
  const rows = await (only === undefined ? query : query.where('system_id', 'in', anyOf(only))).execute();
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
  await db.deleteFrom('system_roles').where('system_id', '=', systemId).execute();
  if (roles.length === 0) return;
  const rows = roles.map((role, position) => ({ system_id: systemId, role, position }));
  await db.insertInto('system_roles').values(rows).execute();
}

/** Does the system with this id (a column like `jobs.system_id`) lie in the scope? */
export function isOfScope(column: string, scope: Exclude<Scope, null>): Expression<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} in (select system_id from system_roles
    where role in (select value from json_each(${JSON.stringify(scope)})))`;
}
