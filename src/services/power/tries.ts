import { BmcError } from '../../domain/power/bmc-error.ts';
import type { Clock } from './clock.ts';

/** One more try after a failure that may go away: a BMC is deaf for a moment while its machine is switched. */
const TRIES = 2;
/** For somebody who waits for the answer. */
const WHOLE_MS = 25_000;

/** What may be done twice without harm: tried again where that may help, all within one time. Throws BmcError. */
export async function withTries<T>(clock: Clock, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  // Errors are made when they are needed: their stack traces would be a tenth of the status of a thousand machines.
  const done = clock.alarm(WHOLE_MS, () =>
    over.abort(
      new BmcError('timeout', `no answer within ${WHOLE_MS / 1000} s, with the waiting for its turn`),
    ),
  );
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(over.signal);
      } catch (error) {
        const mayHelp = error instanceof BmcError && error.retry && !over.signal.aborted;
        if (!mayHelp || attempt >= TRIES) throw error;
      }
    }
  } finally {
    done();
  }
}
