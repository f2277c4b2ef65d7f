import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  readonly what: string;
  readonly limitMs: number;
  readonly everyMs: number;
}

/** Asks again and again until the answer is not undefined. Fails, saying what was waited for, after `limitMs`. */
export async function waitFor<T>(options: WaitOptions, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + options.limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) {
      throw new Error(`${options.what}: nothing after ${Math.round(options.limitMs / 1000)} s`);
    }
    await sleep(options.everyMs);
  }
}
