import { isInScope, scopedRolesProblem } from '../domain/access.ts';
import { invalid, notFound } from '../domain/errors.ts';
import type { StoreTransaction } from '../store/store.ts';
import type { Actor } from './deps.ts';

/** Refuses a system that lies outside the actor's scope, as if it was not there. Throws DomainError 'not-found'. */
export async function refuseOutOfScope(
  tx: Pick<StoreTransaction, 'systems'>,
  name: string,
  { scope }: Pick<Actor, 'scope'>,
): Promise<void> {
  if (scope === null) return;
  const found = await tx.systems.find(name);
  if (found === undefined || !isInScope(scope, found.system.roles)) throw notFound('system', name);
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
