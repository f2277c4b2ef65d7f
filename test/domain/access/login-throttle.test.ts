import { describe, expect, it } from 'vitest';
import {
  type Failures,
  FORGET_MS,
  LOGIN_LIMITS,
  loginWaitMs,
  withFailure,
} from '../../../src/domain/access/login-throttle.ts';

const NOW = 1_000_000_000;
const failed = (count: number, lastAtMs = NOW): Failures => ({ count, lastAtMs });

describe('the wait before the next login', () => {
  it.each([
    { failures: undefined, waitMs: 0 },
    { failures: failed(4), waitMs: 0 },
    { failures: failed(5), waitMs: 2_000 },
    { failures: failed(6), waitMs: 4_000 },
    { failures: failed(9), waitMs: 32_000 },
    { failures: failed(100), waitMs: 15 * 60_000 },
    { failures: failed(1e9), waitMs: 15 * 60_000 },
    { failures: failed(5, NOW - 1_500), waitMs: 500 },
    { failures: failed(5, NOW - 2_000), waitMs: 0 },
  ])('of a name with $failures: $waitMs ms', ({ failures, waitMs }) =>
    expect(loginWaitMs(failures, LOGIN_LIMITS.name, NOW)).toBe(waitMs),
  );

  it('comes later for an address, behind which there may be many people', () => {
    expect(loginWaitMs(failed(19), LOGIN_LIMITS.address, NOW)).toBe(0);
    expect(loginWaitMs(failed(20), LOGIN_LIMITS.address, NOW)).toBe(2_000);
  });

  it('is forgotten after an hour without a failure', () => {
    expect(withFailure(failed(50, NOW - FORGET_MS), NOW)).toEqual(failed(51));
    expect(withFailure(failed(50, NOW - FORGET_MS - 1), NOW)).toEqual(failed(1));
    expect(withFailure(undefined, NOW)).toEqual(failed(1));
  });
});
