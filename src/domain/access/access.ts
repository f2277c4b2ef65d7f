/** What people and their tokens may be. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What a route asks of its caller. `operate`: records of systems and all that is done with machines; `admin`: what all
 * machines stand on, and who may do what. `machine` routes judge the caller themselves, by address and install token.
 */
export type Permission = 'public' | 'read' | 'operate' | 'admin' | 'machine';

/**
 * How a route is bound to systems. `system`: its `:name` is one. `selection`: the service narrows what it reads and does
 * to the actor's scope. `none`: nothing of a system is in it. `all`: it shows or does something to all of them.
 */
export type RouteScope = 'system' | 'selection' | 'none' | 'all';

/** The one table of who may do what. */
const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['public', 'read'],
  operator: ['public', 'read', 'operate'],
  admin: ['public', 'read', 'operate', 'admin'],
};

export function roleAllows(role: Role, permission: Permission): boolean {
  return GRANTS[role].includes(permission);
}

/** The least that a permission takes. */
export function leastRoleFor(permission: Permission): Role {
  return ROLES.find((role) => roleAllows(role, permission)) ?? 'admin';
}

/** Names of system roles to which somebody is bound; null: to none, every system is in it. */
export type Scope = readonly string[] | null;

/** Does a system with these roles lie in the scope? */
export function isInScope(scope: Scope, roles: readonly string[]): boolean {
  return scope === null || roles.some((role) => scope.includes(role));
}

/**
 * What is wrong with the roles that somebody with a scope gives to a system (`before`: what it had; empty for a new one),
 * or undefined. Roles decide who may do something with a system: only those of one's own scope can be given or taken, and one of
 * them stays.
 */
export function scopedRolesProblem(
  scope: Scope,
  before: readonly string[],
  after: readonly string[],
): string | undefined {
  if (scope === null) return undefined;
  const foreign = [
    ...after.filter((role) => !before.includes(role)),
    ...before.filter((role) => !after.includes(role)),
  ].find((role) => !scope.includes(role));
  const own = scope.join(', ');
  if (foreign !== undefined)
    return `role '${foreign}' is outside your scope (${own}): it can be neither given nor taken`;
  return isInScope(scope, after) ? undefined : `must keep one of the roles of your scope: ${own}`;
}
