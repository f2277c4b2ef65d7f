import { describe, expect, it } from 'vitest';
import { distanceText, lengthText, numberText, timeText } from '../../../../server/http/pages/text.ts';

const NOW = Date.parse('2026-11-22T09:00:00Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

describe('a time, from now', () => {
  it.each([
    [0, 'now'],
    [0.4, 'now'],
    [1, '1 s ago'],
    [59, '59 s ago'],
    [60, '1 min ago'],
    [3599, '59 min ago'],
    [3600, '1 h ago'],
    [172_799, '47 h ago'],
    [172_800, '2 days ago'],
    [400 * 86_400, '400 days ago'],
    [-30, 'in 30 s'],
    [-7200, 'in 2 h'],
  ])('%d seconds ago is %s', (seconds, text) => {
    expect(distanceText(ago(seconds), NOW)).toBe(text);
  });

  it('is shown as it is where it is none', () => {
    expect(distanceText('yesterday', NOW)).toBe('yesterday');
    expect(timeText('yesterday')).toBe('yesterday');
  });
});

it('a time is written in UTC, to the second', () => {
  expect(timeText('2026-11-22T10:51:03.999+02:00')).toBe('2026-11-22 08:51:03');
});

it.each([
  [0, '0 s'],
  [90, '1 min'],
  [7200, '2 h'],
])('%d seconds are %s', (seconds, text) => expect(lengthText(seconds)).toBe(text));

it.each([
  [0, '0'],
  [999, '999'],
  [5000, '5,000'],
  [1_234_567, '1,234,567'],
])('%d is written %s', (count, text) => expect(numberText(count)).toBe(text));
