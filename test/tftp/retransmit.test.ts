import { expect, test } from 'vitest';
import { addSample, FIRST_WAIT_MS, type RoundTrip, waitMs } from '../../src/tftp/retransmit.ts';

/** The estimate after these measurements, in milliseconds. */
function after(...samples: number[]): RoundTrip | undefined {
  return samples.reduce<RoundTrip | undefined>(addSample, undefined);
}

test.for([
  { name: 'nothing measured: one second', roundTrip: after(), attempt: 0, wait: FIRST_WAIT_MS },
  { name: 'doubles', roundTrip: after(), attempt: 2, wait: 4_000 },
  { name: 'and stops at 8 s', roundTrip: after(), attempt: 30, wait: 8_000 },
  { name: 'a fast network: the least', roundTrip: after(0.3, 0.2, 0.4), attempt: 0, wait: 100 },
  { name: 'the least doubles too', roundTrip: after(0.3), attempt: 3, wait: 800 },
  { name: 'RFC 6298 §2.2: R + 4 * R/2', roundTrip: after(200), attempt: 0, wait: 600 },
  { name: 'RFC 6298 §2.3', roundTrip: after(200, 280), attempt: 0, wait: 0.875 * 200 + 35 + 4 * (75 + 20) },
])('$name', ({ roundTrip, attempt, wait }) => {
  expect(waitMs(roundTrip, attempt, undefined)).toBeCloseTo(wait);
});

test('the agreed interval holds as it is (RFC 2349)', () => {
  for (const attempt of [0, 1, 9]) expect(waitMs(after(0.3), attempt, 6)).toBe(6_000);
});
