import { DomainError, notFound } from '../../domain/errors.ts';
import { MAY_WIPE_STATES } from '../../domain/install/install.ts';
import type { System } from '../../domain/records/system.ts';
import { lockInput } from '../../domain/records/system-lock.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor, Deps } from '../deps.ts';
import { parseInput } from '../records/input.ts';

/** Use cases of locks: a system that is locked is not armed by anybody, until somebody takes the lock away. */
export interface SystemLockService {
  /** Locks a system, or says anew why. Throws DomainError 'wrong-state' where its disk is about to be wiped. */
  lock(name: string, body: unknown, actor: Actor): Promise<System>;
  /** Throws DomainError 'wrong-state' where there is no lock. */
  unlock(name: string, actor: Actor): Promise<System>;
}

export function systemLockService({ store, now }: Pick<Deps, 'store' | 'now'>): SystemLockService {
  const change = (
    name: string,
    actor: Actor,
    action: 'lock' | 'unlock',
    work: (tx: StoreTransaction, system: System) => Promise<Readonly<Record<string, unknown>>>,
  ): Promise<System> =>
    store.transaction(async (tx) => {
      const found = await tx.systems.find(name);
      if (found === undefined) throw notFound('system', name);
      const detail = await work(tx, found.system);
      await tx.audit.add({ by: actor, action, noun: 'system', name, detail }, now());
      const after = await tx.systems.find(name);
      return (after ?? found).system;
    });
  return {
    lock(name, body, actor) {
      const { reason } = parseInput(lockInput, body ?? {});
      return change(name, actor, 'lock', async (tx, { id, install }) => {
        if (install !== null && MAY_WIPE_STATES.includes(install.state)) throw underWay(name, install.state);
        await tx.locks.put(id, { reason, by: actor.name }, now());
        return { reason };
      });
    },
    unlock: (name, actor) =>
      change(name, actor, 'unlock', async (tx, { id, lock }) => {
        if (lock === null) throw new DomainError('wrong-state', `system '${name}' is not locked`);
        await tx.locks.remove(id);
        return { was: lock };
      }),
  };
}

function underWay(name: string, state: string): DomainError {
  return new DomainError('wrong-state', `system '${name}' has an install that may wipe its disk (${state})`, {
    hint: `end it first: provision system cancel ${name}`,
  });
}
