import { describe, expect, it } from 'vitest';
import { type Case, type Contender, type Goal, median, millisecondsOf, runCase } from './harness.ts';

/** A contender that gives these figures in turn and writes down what is done with it. */
function contender(name: string, figures: readonly number[], log: string[] = []): Contender {
  const left = [...figures];
  return {
    sample() {
      log.push(name);
      const figure = left.shift();
      if (figure === undefined) throw new Error(`${name} has no more figures`);
      return figure;
    },
    stop() {
      log.push(`stop ${name}`);
    },
  };
}

function caseOf(changes: Partial<Case>): Case {
  return {
    name: 'a case',
    unit: 'ms',
    better: 'less',
    goal: { ours: 'at most', value: 10 },
    warmups: 0,
    samples: 1,
    start: async () => contender('ours', [1]),
    peer: null,
    ...changes,
  };
}

const never = (error: unknown): never => {
  throw error;
};

describe('median', () => {
  const cases: [figures: number[], middle: number][] = [
    [[7], 7],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ];
  for (const [figures, middle] of cases) {
    it(`of ${figures.join(', ')} is ${middle}`, () => expect(median(figures)).toBe(middle));
  }
  it('of nothing is an error', () => expect(() => median([])).toThrow(RangeError));
});

describe('runCase', () => {
  it('throws warm-ups away and samples ours and the peer in turn', async () => {
    const log: string[] = [];
    const item = caseOf({
      warmups: 1,
      samples: 3,
      start: async () => contender('ours', [1000, 2, 4, 3], log),
      peer: { name: 'kea', start: async () => contender('kea', [1000, 12, 10, 14], log) },
    });
    expect(await runCase('dhcp', item, never)).toEqual({
      bench: 'dhcp',
      case: 'a case',
      unit: 'ms',
      ours: 3,
      peer: 12,
      peerName: 'kea',
      ratio: 4,
      goal: { ours: 'at most', value: 10 },
      met: true,
    });
    expect(log.join(' ')).toBe('ours kea ours kea ours kea ours kea stop ours stop kea');
  });

  const goals: {
    name: string;
    better: Case['better'];
    peer?: number;
    goal: Goal;
    ratio: number | null;
    met: boolean;
  }[] = [
    {
      name: 'at most, reached exactly',
      better: 'less',
      goal: { ours: 'at most', value: 8 },
      ratio: null,
      met: true,
    },
    { name: 'at most, missed', better: 'less', goal: { ours: 'at most', value: 7 }, ratio: null, met: false },
    {
      name: 'at least, reached',
      better: 'more',
      goal: { ours: 'at least', value: 8 },
      ratio: null,
      met: true,
    },
    {
      name: 'at least, missed',
      better: 'more',
      goal: { ours: 'at least', value: 9 },
      ratio: null,
      met: false,
    },
    {
      name: 'less is better',
      better: 'less',
      peer: 16,
      goal: { ratio: 'at least', value: 2 },
      ratio: 2,
      met: true,
    },
    {
      name: 'more is better',
      better: 'more',
      peer: 16,
      goal: { ratio: 'at least', value: 1 },
      ratio: 0.5,
      met: false,
    },
    {
      name: 'a ratio without a peer',
      better: 'more',
      goal: { ratio: 'at least', value: 1 },
      ratio: null,
      met: false,
    },
    {
      name: 'no figure at all',
      better: 'less',
      peer: Number.NaN,
      goal: { ratio: 'at least', value: 0 },
      ratio: Number.NaN,
      met: false,
    },
  ];
  for (const { name, better, peer, goal, ratio, met } of goals) {
    it(`judges the goal: ${name}`, async () => {
      const start = async () => contender('ours', [8]);
      const other =
        peer === undefined ? null : { name: 'peer', start: async () => contender('peer', [peer]) };
      expect(await runCase('b', caseOf({ better, goal, start, peer: other }), never)).toMatchObject({
        ratio,
        met,
      });
    });
  }

  it('misses the goal of a case that breaks, says why, and stops what was started', async () => {
    const log: string[] = [];
    const broken: unknown[] = [];
    const item = caseOf({
      samples: 2,
      start: async () => contender('ours', [1], log),
      peer: { name: 'kea', start: async () => contender('kea', [1, 1], log) },
    });
    const result = await runCase('b', item, (error) => broken.push(error));
    expect(result).toMatchObject({ ours: null, peer: null, peerName: 'kea', ratio: null, met: false });
    expect(broken).toEqual([new Error('ours has no more figures')]);
    expect(log.slice(-2)).toEqual(['stop ours', 'stop kea']);
  });

  it('stops ours where the peer cannot be started', async () => {
    const log: string[] = [];
    const peer = { name: 'kea', start: () => Promise.reject(new Error('not installed')) };
    const item = caseOf({ start: async () => contender('ours', [1], log), peer });
    expect(await runCase('b', item, () => {})).toMatchObject({ ours: null, met: false });
    expect(log).toEqual(['stop ours']);
  });
});

describe('millisecondsOf', () => {
  it('waits for the work', async () => {
    let done = false;
    const ms = await millisecondsOf(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done = true;
    });
    expect(done).toBe(true);
    expect(ms).toBeGreaterThan(0);
  });
});
