import { type Failures, LOGIN_LIMITS, loginWaitMs, withFailure } from '../../domain/access/login-throttle.ts';
import { DomainError } from '../../domain/errors.ts';

/** Names and addresses that are remembered; of more, those that failed longest ago are forgotten. */
const MOST_REMEMBERED = 10_000;

/** Who has to wait before the next login. */
export interface LoginGate {
  /**
   * Counts a login as failed before it is judged, so that many at once are no way around. Throws DomainError
   * 'too-many' where it comes too early: that one is not judged at all.
   */
  enter(name: string, from: string): void;
  /** It was right: its name is forgotten, and of its address this one login. */
  pass(name: string, from: string): void;
}

export function createLoginGate(now: () => number): LoginGate {
  const names = new Map<string, Failures>();
  const addresses = new Map<string, Failures>();
  return {
    enter(name, from) {
      const waitMs = Math.max(
        loginWaitMs(names.get(name), LOGIN_LIMITS.name, now()),
        loginWaitMs(addresses.get(from), LOGIN_LIMITS.address, now()),
      );
      if (waitMs > 0) throw tooEarly(waitMs);
      remember(names, name, withFailure(names.get(name), now()));
      remember(addresses, from, withFailure(addresses.get(from), now()));
    },
    pass(name, from) {
      names.delete(name);
      const found = addresses.get(from);
      if (found === undefined) return;
      if (found.count <= 1) addresses.delete(from);
      else addresses.set(from, { ...found, count: found.count - 1 });
    },
  };
}

function remember(failures: Map<string, Failures>, key: string, value: Failures): void {
  // To the end: a map keeps the order in which its keys were set.
  failures.delete(key);
  failures.set(key, value);
  const [oldest] = failures.keys();
  if (failures.size > MOST_REMEMBERED && oldest !== undefined) failures.delete(oldest);
}

function tooEarly(waitMs: number): DomainError {
  const seconds = Math.ceil(waitMs / 1000);
  return new DomainError('too-many', `too many failed logins: the next one is taken in ${seconds} s`, {
    hint: 'wait; on the server itself: provision user password NAME, by the unix socket',
  });
}
