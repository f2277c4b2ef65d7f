import { describe, expect, it } from 'vitest';
import { formatDistance, formatTime, parseDurationMinutes } from '../../../src/cli/flags/duration.ts';

describe('durations', () => {
  it.each([
    ['30m', 30],
    ['4h', 240],
    ['2d', 2880],
    ['1h30m', 90],
    ['', undefined],
    ['4', undefined],
    ['h', undefined],
    ['4 h', undefined],
    ['-4h', undefined],
    ['4s', undefined],
  ])('parses %j', (text, minutes) => expect(parseDurationMinutes(text)).toBe(minutes));

  const now = new Date('2026-11-22T09:00:00Z');
  it.each([
    ['2026-11-22T09:00:00.900Z', 'now'],
    ['2026-11-22T09:00:59Z', 'in 59 s'],
    ['2026-11-22T08:59:01Z', '59 s ago'],
    ['2026-11-22T09:59:29Z', 'in 59 min'],
    ['2026-11-22T13:00:00Z', 'in 4 h'],
    ['2026-11-22T12:59:29Z', 'in 3 h 59 min'],
    ['2026-11-22T12:59:59Z', 'in 4 h'],
    ['2026-11-24T08:59:29Z', 'in 47 h 59 min'],
    ['2026-11-24T09:00:00Z', 'in 2 d'],
    ['soon', 'soon'],
  ])('tells how far %s is', (at, words) => expect(formatDistance(at, now)).toBe(words));

  it('shows a time in UTC, and text that is none as it is', () => {
    expect(formatTime('2026-11-22T10:00:00+01:00')).toBe('2026-11-22 09:00:00Z');
    expect(formatTime('soon')).toBe('soon');
  });
});
