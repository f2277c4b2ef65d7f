import { setImmediate } from 'node:timers/promises';

/** Some ten milliseconds of work. */
const ITEMS_AT_ONCE = 16;

/** Goes through many items, between which packets and requests have their turn. */
export async function* inTurns<T>(items: Iterable<T>): AsyncGenerator<T> {
  let done = 0;
  for (const item of items) {
    done += 1;
    if (done % ITEMS_AT_ONCE === 0) await setImmediate();
    yield item;
  }
}
