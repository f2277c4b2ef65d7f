import type { Store, StoreTransaction } from '../../store/interfaces/store.ts';

/** Thrown out of a transaction so that it leaves nothing behind. */
class OnlyTried<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('a dry run writes nothing');
    this.result = result;
  }
}

/** What work in a transaction comes to, without leaving anything behind. Throws what the work throws. */
export async function onlyTry<T>(store: Store, work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
  try {
    return await store.transaction<T>(async (tx) => {
      throw new OnlyTried(await work(tx));
    });
  } catch (error) {
    if (error instanceof OnlyTried) return error.result as T;
    throw error;
  }
}
