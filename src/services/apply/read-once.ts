import type { StoreTransaction } from '../../store/interfaces/store.ts';

/**
 * The same transaction for a time in which only systems are written: what they stand on is read once for all of them.
 */
export function readOnce(tx: StoreTransaction): StoreTransaction {
  const profiles = new Map<string, ReturnType<StoreTransaction['profiles']['find']>>();
  let subnets: ReturnType<StoreTransaction['subnets']['list']> | undefined;
  return {
    ...tx,
    profiles: {
      ...tx.profiles,
      find(name) {
        const known = profiles.get(name) ?? tx.profiles.find(name);
        profiles.set(name, known);
        return known;
      },
    },
    subnets: {
      ...tx.subnets,
      list() {
        subnets ??= tx.subnets.list();
        return subnets;
      },
    },
  };
}
