import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideQueue,
  type QueueFacts,
  type QueueVerdict,
  type Waiting,
} from '../../../src/services/install-queue/decide-queue.ts';

const NOW = Date.parse('2026-11-22T09:00:00.000Z');

/** Numbers one after another, and then from the beginning. */
function numbers(...list: number[]): () => number {
  let at = 0;
  return () => list[at++ % list.length] ?? 0;
}

function one(id: number, change: Partial<Waiting> = {}): Waiting {
  return {
    id,
    system: `web${id}`,
    batch: null,
    position: id,
    dueAtMs: null,
    isBeginning: false,
    ...change,
  };
}

function decide(change: Partial<QueueFacts>, random: () => number = numbers(0.5)): string[] {
  const limits = { maxConcurrentInstalls: 3, jitterMs: 30_000 };
  return decideQueue({ waiting: [], running: 0, batches: [], limits, ...change }, NOW, random).map(told);
}

function told(verdict: QueueVerdict): string {
  return verdict.kind === 'begin'
    ? `${verdict.id} begin +${verdict.atMs - NOW}`
    : `${verdict.id} ${verdict.kind}`;
}

describe('decideQueue', () => {
  it.each([
    { what: 'an empty queue', facts: {}, expected: [] },
    { what: 'one that is alone, at once', facts: { waiting: [one(1)] }, expected: ['1 begin +0'] },
    {
      what: 'no more than there are free places',
      facts: { waiting: [one(1), one(2), one(3)], running: 2 },
      expected: ['1 begin +0', '2 wait', '3 wait'],
    },
    {
      what: 'nobody while every place is taken',
      facts: { waiting: [one(1)], running: 3 },
      expected: ['1 wait'],
    },
    {
      what: 'nobody while more run than are allowed now',
      facts: { waiting: [one(1)], running: 9 },
      expected: ['1 wait'],
    },
    {
      what: 'the order of places, not that of numbers',
      facts: { waiting: [one(1, { position: 3 }), one(2, { position: 1 }), one(3, { position: 2 })] },
      expected: ['2 begin +0', '3 begin +6000', '1 begin +27000'],
    },
    {
      what: 'a time that is decided: it stays, and so does the place that goes with it',
      facts: { waiting: [one(1), one(2, { dueAtMs: NOW + 9_000 })], running: 2 },
      expected: ['2 begin +9000', '1 wait'],
    },
    {
      what: 'one whose time has come',
      facts: { waiting: [one(1, { dueAtMs: NOW - 900 })], running: 2 },
      expected: ['1 begin +-900'],
    },
    {
      what: 'what an earlier run has left: it spreads anew',
      facts: { waiting: [one(1), one(2), one(3)].map((each) => ({ ...each, dueAtMs: NOW - 60_000 })) },
      expected: ['1 begin +0', '2 begin +6000', '3 begin +27000'],
    },
    {
      what: 'a decided time, taken back where fewer may run than when it was decided',
      facts: {
        waiting: [one(1, { dueAtMs: NOW + 1 }), one(2, { dueAtMs: NOW + 2 }), one(3, { isBeginning: true })],
        running: 1,
      },
      expected: ['3 begin +0', '1 begin +1', '2 wait'],
    },
  ])('decides: $what', ({ facts, expected }) => {
    expect(decide(facts, numbers(0.9, 0.2))).toEqual(expected);
  });

  it('gives up what waits of a batch that has failed often enough, and of no other', () => {
    const waiting = [
      one(1, { batch: 'a' }),
      one(2, { batch: 'b' }),
      one(3),
      one(4, { batch: 'a', dueAtMs: NOW + 5 }),
      one(5, { batch: 'a', isBeginning: true }),
    ];
    const batches = [
      { batch: 'a', stopAfterFailures: 2, failed: ['db1', 'db2'] },
      { batch: 'b', stopAfterFailures: 2, failed: ['db3'] },
    ];
    const limits = { maxConcurrentInstalls: 9, jitterMs: 0 };
    const verdicts = decideQueue({ waiting, running: 0, batches, limits }, NOW, numbers(0));
    expect(verdicts.map(told)).toEqual(['1 stop', '4 stop', '5 begin +0', '2 begin +0', '3 begin +0']);
    expect(verdicts[0]).toMatchObject({
      batch: 'a',
      reason: 'batch a stopped: 2 installs of it failed (db1, db2)',
    });
  });

  it.each([
    [{ waiting: [one(1)], running: 3 }, '3 of at most 3 installs are under way'],
    [
      { waiting: [one(2), one(1, { position: 0, dueAtMs: NOW })], running: 2 },
      'those before it in the queue have the 1 free of 3 places',
    ],
    [{ waiting: [one(1)] }, 'its turn has come'],
    [{ waiting: [one(1), one(2)] }, 'its turn has come; it begins in 15 s, since not all begin at once'],
  ])('says why: %j', (facts, reason) => {
    const limits = { maxConcurrentInstalls: 3, jitterMs: 30_000 };
    const verdicts = decideQueue({ running: 0, batches: [], limits, ...facts }, NOW, numbers(0.5));
    expect(verdicts.at(-1)?.reason).toBe(reason);
  });

  it('never gives away more places than there are, keeps the order, and stays within the jitter', () => {
    const facts = fc.record({
      dues: fc.array(fc.option(fc.integer({ min: -20_000, max: 40_000 })), { maxLength: 60 }),
      running: fc.nat(40),
      most: fc.integer({ min: 1, max: 40 }),
      jitterMs: fc.nat(60_000),
      random: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 }),
    });
    fc.assert(
      fc.property(facts, ({ dues, running, most, jitterMs, random }) => {
        const waiting = dues.map((due, index) =>
          one(index + 1, { dueAtMs: due === null ? null : NOW + due }),
        );
        const limits = { maxConcurrentInstalls: most, jitterMs };
        const verdicts = decideQueue({ waiting, running, batches: [], limits }, NOW, numbers(...random));
        expect(verdicts.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(waiting.map(({ id }) => id));
        const begin = verdicts.filter((verdict) => verdict.kind === 'begin');
        expect(begin.length).toBe(Math.min(waiting.length, Math.max(0, most - running)));
        const fresh = begin.filter(({ id, atMs }) => waiting[id - 1]?.dueAtMs !== atMs);
        for (const { atMs } of fresh) expect(atMs - NOW).toBeLessThanOrEqual(jitterMs);
        const inOrder = fresh.toSorted((a, b) => a.id - b.id);
        expect(inOrder.map(({ atMs }) => atMs)).toEqual(
          fresh.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
        );
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
