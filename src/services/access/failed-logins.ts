import type { Store } from '../../store/interfaces/store.ts';
import type { Whence } from './sessions.ts';

/** Rows in the audit an hour: who guesses passwords must not be able to fill the disk. */
const MOST_AN_HOUR = 200;
const HOUR_MS = 60 * 60_000;

export interface FailedLogins {
  /** `name`: of a user that there is. Anything else is not written down: people type passwords in the wrong field. */
  note(name: string | null, from: Whence): Promise<void>;
}

/** Puts failed logins into the audit, so many an hour. */
export function failedLogins(store: Store, now: () => number): FailedLogins {
  let beganMs = 0;
  let count = 0;
  return {
    async note(name, { address, request }) {
      if (now() - beganMs >= HOUR_MS) [beganMs, count] = [now(), 0];
      count += 1;
      if (count > MOST_AN_HOUR) return;
      const by = { name: name ?? 'nobody', kind: 'user', from: address, request };
      const isLast = count === MOST_AN_HOUR;
      const detail = isLast ? { more: 'further ones of this hour are not written down' } : {};
      const entry = { by, action: 'login-failed', noun: 'user', name: name ?? '(unknown)', detail } as const;
      await store.transaction((tx) => tx.audit.add(entry, now()));
    },
  };
}
