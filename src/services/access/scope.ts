import { isInScope, scopedRolesProblem } from '../../domain/access/access.ts';
import { invalid, notFound } from '../../domain/errors.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor } from '../deps.ts';

/** Does a system lie in the actor's scope? One that is gone lies in nobody's but of those whom no scope binds. */
export async function isSystemInScope(
  tx: Pick<StoreTransaction, 'systems'>,
  name: string,
  { scope }: Pick<Actor, 'scope'>,
): Promise<boolean> {
  if (scope === null) return true;
  const found = await tx.systems.find(name);
  return found !== undefined && isInScope(scope, found.system.roles);
}

/** Refuses a system that lies outside the actor's scope, as if it was not there. Throws DomainError 'not-found'. */
export async function refuseOutOfScope(
  tx: Pick<StoreTransaction, 'systems'>,
  name: string,
  actor: Pick<Actor, 'scope'>,
): Promise<void> {
  if (!(await isSystemInScope(tx, name, actor))) throw notFound('system', name);
}

/** Names of the systems in the actor's scope; null: all of them. */
export async function namesInScope(
  tx: Pick<StoreTransaction, 'systems'>,
  { scope }: Pick<Actor, 'scope'>,
): Promise<ReadonlySet<string> | null> {
  if (scope === null) return null;
  return new Set(await tx.systems.namesOfScope(scope));
}

/** Refuses roles by which a system would enter or leave somebody's scope. Throws DomainError 'invalid'. */
export function refuseRoles(
  { scope }: Pick<Actor, 'scope'>,
  before: readonly string[],
  after: readonly string[],
): void {
  const message = scopedRolesProblem(scope, before, after);
  if (message !== undefined) throw invalid([{ path: 'roles', message }]);
}
