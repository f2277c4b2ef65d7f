import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeliveryOutcome, decideDelivery } from '../../src/domain/notification.ts';

const NOW_MS = Date.parse('2026-11-22T09:00:00Z');
const ACCEPTED: DeliveryOutcome = { kind: 'accepted' };
const refused = (status: number | null): DeliveryOutcome => ({ kind: 'refused', status, problem: 'no' });

describe('what comes after a try', () => {
  it.each([
    ['accepted at once', 0, ACCEPTED, 'delivered', null],
    ['accepted at the last try', 11, ACCEPTED, 'delivered', null],
    ['refused once', 0, refused(500), 'waiting', 10_000],
    ['refused twice', 1, refused(500), 'waiting', 30_000],
    ['not there, for the third time', 2, refused(null), 'waiting', 90_000],
    ['refused with 404, which may be mended', 3, refused(404), 'waiting', 270_000],
    ['refused so often that pauses grow no more', 7, refused(503), 'waiting', 3_600_000],
    ['refused at the last try', 11, refused(500), 'dead', null],
    ['gone', 0, refused(410), 'dead', null],
  ] as const)('%s', (_, tries, outcome, state, pauseMs) => {
    const change = decideDelivery({ tries }, outcome, 12, { nowMs: NOW_MS, chance: 0.5 });
    expect(change.state).toBe(state);
    expect(change.tries).toBe(tries + 1);
    expect(change.nextAtMs).toBe(pauseMs === null ? null : NOW_MS + pauseMs);
  });

  it('says why nobody tries any more', () => {
    const at = { nowMs: NOW_MS, chance: 0 };
    expect(decideDelivery({ tries: 2 }, refused(500), 3, at).problem).toBe('no (given up after 3 tries)');
    expect(decideDelivery({ tries: 0 }, refused(410), 3, at).problem).toBe(
      'no: it asks not to be told again',
    );
  });

  it('comes to an end, whatever happens', () => {
    const outcomes = fc.array(fc.constantFrom(ACCEPTED, refused(500), refused(null), refused(410)), {
      minLength: 12,
      maxLength: 12,
    });
    fc.assert(
      fc.property(outcomes, fc.double({ min: 0, max: 1, noNaN: true }), (all, chance) => {
        let [tries, nowMs] = [0, NOW_MS];
        for (const outcome of all) {
          const change = decideDelivery({ tries }, outcome, 12, { nowMs, chance });
          if (change.nextAtMs === null) return;
          expect(change.nextAtMs - nowMs).toBeGreaterThanOrEqual(8_000);
          expect(change.nextAtMs - nowMs).toBeLessThanOrEqual(4_320_000);
          tries = change.tries;
          nowMs = change.nextAtMs;
        }
        expect.unreachable('twelve tries have not ended it');
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
