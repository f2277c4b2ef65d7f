/** Places for work that is done by so many at a time, in the order in which it was asked for. */
export interface Turns {
  /** Resolves with the function that gives the place back; rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<() => void>;
}

/** `most` is asked each time a place is given, as it may change. */
export function createTurns(most: () => number): Turns {
  const waiting: (() => void)[] = [];
  let taken = 0;
  const giveOut = (): void => {
    while (taken < most()) {
      const next = waiting.shift();
      if (next === undefined) return;
      taken += 1;
      next();
    }
  };
  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        let given = false;
        const begin = (): void => {
          signal.removeEventListener('abort', giveUp);
          resolve(() => {
            if (given) return;
            given = true;
            taken -= 1;
            giveOut();
          });
        };
        const giveUp = (): void => {
          waiting.splice(waiting.indexOf(begin), 1);
          reject(signal.reason);
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.push(begin);
        giveOut();
      });
    },
  };
}
