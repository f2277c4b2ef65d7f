import type { Lease } from '../../domain/network/lease.ts';
import { namesInScope } from '../access/scope.ts';
import type { Actor, Deps } from '../deps.ts';

export interface LeaseService {
  /** What is leased now; to an actor with a scope, only to the systems in it. */
  list(actor: Pick<Actor, 'scope'>): Promise<Lease[]>;
}

export function leaseService({ store, now }: Pick<Deps, 'store' | 'now'>): LeaseService {
  return {
    async list(actor) {
      const names = await namesInScope(store.read, actor);
      const leases = await store.read.leases.list(now());
      if (names === null) return leases;
      return leases.filter(({ system }) => system !== null && names.has(system));
    },
  };
}
