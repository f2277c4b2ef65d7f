import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startRealTimer } from '../../../server/tftp/session.ts';

// Everything but these two stays real; each runs only when the test says so.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('the timer fires one turn after its time, when the sockets were read', () => {
  let fired = 0;
  startRealTimer(100, () => {
    fired += 1;
  });
  vi.advanceTimersByTime(99);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersToNextTimer();
  expect(fired).toBe(0);
  vi.advanceTimersToNextTimer();
  expect(fired).toBe(1);
});

test('it can be taken back before its time, and in that turn too', () => {
  const early = startRealTimer(100, () => expect.unreachable('taken back early'));
  early();
  expect(vi.getTimerCount()).toBe(0);
  const late = startRealTimer(100, () => expect.unreachable('taken back late'));
  vi.advanceTimersToNextTimer();
  expect(vi.getTimerCount()).toBe(1);
  late();
  expect(vi.getTimerCount()).toBe(0);
});
