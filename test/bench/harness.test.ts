import { describe, expect, it } from 'vitest';
import { type Case, type Contender, type Goal, median, millisecondsOf, runCase } from './harness.ts';

/** A contender that gives these figures in turn and writes down what is done with it. */
function contender(name: string, figures: readonly (number | number[])[], log: string[] = []): Contender {
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
    peers: [],
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
  it('throws warm-ups away and samples ours and the peers in turn', async () => {
    const log: string[] = [];
    const item = caseOf({
      warmups: 1,
      samples: 3,
      start: async () => contender('ours', [1000, 2, 4, 3], log),
      peers: [
        { name: 'dnsmasq', start: async () => contender('dnsmasq', [1000, 30, 30, 30], log) },
        { name: 'kea', start: async () => contender('kea', [1000, 12, 10, 14], log) },
      ],
    });
    expect(await runCase('dhcp', item, never)).toEqual([
      {
        bench: 'dhcp',
        case: 'a case',
        unit: 'ms',
        ours: 3,
        peers: [
          { name: 'dnsmasq', figure: 30 },
          { name: 'kea', figure: 12 },
        ],
        best: 'kea',
        ratio: 4,
        goal: { ours: 'at most', value: 10 },
        met: true,
      },
    ]);
    const round = 'ours dnsmasq kea ';
    expect(log.join(' ')).toBe(`${round.repeat(4)}stop ours stop dnsmasq stop kea`);
  });

  it('gives a line for everything that a sample tells', async () => {
    const item = caseOf({
      samples: 3,
      also: [{ name: 'its CPU', unit: 'CPU s', better: 'less', goal: null }],
      start: async () =>
        contender('ours', [
          [4, 1],
          [5, 3],
          [6, 2],
        ]),
      peers: [
        {
          name: 'kea',
          start: async () =>
            contender('kea', [
              [5, 8],
              [5, 8],
              [5, 8],
            ]),
        },
      ],
    });
    expect(await runCase('b', item, never)).toMatchObject([
      { case: 'a case', ours: 5, ratio: 1, met: true },
      { case: 'its CPU', unit: 'CPU s', ours: 2, ratio: 4, goal: null, met: null },
    ]);
  });

  it('is broken by a sample that tells less than the case measures', async () => {
    const item = caseOf({ also: [{ name: 'its CPU', unit: 'CPU s', better: 'less', goal: null }] });
    expect(await runCase('b', item, () => {})).toMatchObject([{ ours: null, met: false }, { ours: null }]);
  });

  const goals: {
    name: string;
    better: Case['better'];
    peers?: number[];
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
      peers: [16, 32],
      goal: { ratio: 'at least', value: 2 },
      ratio: 2,
      met: true,
    },
    {
      name: 'more is better',
      better: 'more',
      peers: [4, 16],
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
      name: 'a ratio where a peer has no figure',
      better: 'more',
      peers: [1, Number.NaN],
      goal: { ratio: 'at least', value: 1 },
      ratio: 8,
      met: false,
    },
    {
      name: 'a bound where a peer has no figure',
      better: 'more',
      peers: [Number.NaN],
      goal: { ours: 'at least', value: 8 },
      ratio: null,
      met: true,
    },
  ];
  for (const { name, better, peers = [], goal, ratio, met } of goals) {
    it(`judges the goal: ${name}`, async () => {
      const start = async () => contender('ours', [8]);
      const others = peers.map((figure, index) => ({
        name: `peer${index}`,
        start: async () => contender('peer', [figure]),
      }));
      const [result] = await runCase('b', caseOf({ better, goal, start, peers: others }), () => {});
      expect(result).toMatchObject({ ratio, met });
    });
  }

  it('misses the goal of a case that breaks, says who and why, and stops what was started', async () => {
    const log: string[] = [];
    const broken: unknown[] = [];
    const item = caseOf({
      samples: 2,
      start: async () => contender('ours', [1], log),
      peers: [{ name: 'kea', start: async () => contender('kea', [1, 1], log) }],
    });
    const [result] = await runCase('b', item, (error, who) => broken.push(who, error));
    expect(result).toMatchObject({
      ours: null,
      peers: [{ name: 'kea', figure: 1 }],
      ratio: null,
      met: false,
    });
    expect(broken).toEqual(['ours', new Error('ours has no more figures')]);
    expect(log.slice(-2)).toEqual(['stop ours', 'stop kea']);
  });

  it('has a figure of ours where a peer cannot be started', async () => {
    const log: string[] = [];
    const peers = [{ name: 'kea', start: () => Promise.reject(new Error('not installed')) }];
    const item = caseOf({ start: async () => contender('ours', [1], log), peers });
    expect(await runCase('b', item, () => {})).toMatchObject([
      { ours: 1, peers: [{ name: 'kea', figure: null }], best: null, ratio: null, met: true },
    ]);
    expect(log).toEqual(['ours', 'stop ours']);
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
