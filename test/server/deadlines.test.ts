import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadlines, startRealTimer } from '../../server/deadlines.ts';
import { FakeTimers } from '../support/fake-timers.ts';

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

test('one timer serves all who wait, at their times, and runs only while somebody waits', () => {
  const timers = new FakeTimers();
  const deadlines = new Deadlines(timers.now, timers.start);
  const rings: string[] = [];
  const waiting = (name: string, everyMs: number) => {
    let nextMs = everyMs;
    return {
      deadlineMs: () => nextMs,
      onDeadline: () => {
        rings.push(`${name} ${timers.nowMs}`);
        nextMs += everyMs;
      },
    };
  };
  const [a, b] = [waiting('a', 100), waiting('b', 250)];
  deadlines.add(a);
  deadlines.add(b);
  expect(timers.waiting).toBe(1);
  timers.advance(260);
  expect(rings).toEqual(['a 100', 'a 200', 'b 260']);
  deadlines.remove(a);
  timers.advance(100);
  deadlines.remove(b);
  expect(timers.waiting).toBe(0);
  expect(rings).toHaveLength(3);
});
