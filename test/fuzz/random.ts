/** Picks from seeded randomness; every run with the same seed makes the same picks. */
export interface Pick {
  /** An integer 0 ≤ n < below. */
  below(limit: number): number;
  of<T>(list: readonly T[]): T;
  /** True in so many of a hundred cases. */
  chance(percent: number): boolean;
}

export function picker(random: () => number): Pick {
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    below,
    of: <T>(list: readonly T[]): T => {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    chance: (percent) => random() * 100 < percent,
  };
}
