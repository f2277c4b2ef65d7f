/**
 * Things that are costly to make and asked for again and again. Each is kept until what it was made of has changed,
 * or until newer ones need its place; whoever asks while it is being made waits for the same one.
 */
export interface Prepared<T> {
  get(key: string, make: () => Promise<T>): Promise<T>;
}

export interface PreparedLimits<T> {
  /** Is it still what would be made now? Asked before it is given out again. */
  readonly isFresh: (made: T) => Promise<boolean> | boolean;
  /** What one takes, in any unit. */
  readonly sizeOf: (made: T) => number;
  /** How much is kept in all, in the same unit. */
  readonly limit: number;
}

interface Entry<T> {
  readonly made: Promise<T>;
  size: number;
}

export function createPrepared<T>({ isFresh, sizeOf, limit }: PreparedLimits<T>): Prepared<T> {
  // A Map keeps its order: the first entry is the one that was asked for the longest time ago.
  const entries = new Map<string, Entry<T>>();
  let total = 0;

  const drop = (key: string, entry: Entry<T>): void => {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    total -= entry.size;
  };

  const begin = (key: string, make: () => Promise<T>): Entry<T> => {
    const entry: Entry<T> = { made: make(), size: 0 };
    entries.set(key, entry);
    entry.made.then(
      (made) => {
        if (entries.get(key) !== entry) return;
        entry.size = sizeOf(made);
        total += entry.size;
        for (const [oldKey, old] of entries) {
          if (total <= limit) break;
          if (old !== entry) drop(oldKey, old);
        }
      },
      () => drop(key, entry),
    );
    return entry;
  };

  return {
    async get(key, make) {
      for (;;) {
        const known = entries.get(key);
        if (known === undefined) return begin(key, make).made;
        const made = await known.made;
        if (await isFresh(made)) {
          if (entries.get(key) === known) {
            entries.delete(key);
            entries.set(key, known);
          }
          return made;
        }
        drop(key, known);
      }
    },
  };
}
