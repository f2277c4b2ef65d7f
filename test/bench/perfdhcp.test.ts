import { describe, expect, it } from 'vitest';
import { findHighestRate, readReport } from './perfdhcp.ts';

const REPORT = `***Statistics for: DISCOVER-OFFER***
sent packets: 4000
received packets: 3990
drops: 10

***Statistics for: REQUEST-ACK***
sent packets: 3990
received packets: 3890
drops: 100
`;

it('reads what was lost of both exchanges, and how many were finished a second', () => {
  const { lost, acksPerSecond } = readReport(REPORT);
  expect(lost).toBeCloseTo(100 / 3990);
  expect(acksPerSecond).toBe(1945);
});

it('reads nothing as nothing, which no rate passes', async () => {
  expect(readReport('').lost).toBeNaN();
  expect(await findHighestRate(2000, async () => readReport(''))).toBeNaN();
});

describe('the search for the highest rate', () => {
  /** A server that answers up to `limit` a second, and a generator that sends up to `sends`. */
  const serverOf = (limit: number, sends = Number.POSITIVE_INFINITY) => {
    const tried: number[] = [];
    const run = async (perSecond: number) => {
      tried.push(perSecond);
      const sent = Math.min(perSecond, sends);
      return { lost: Math.max(0, 1 - limit / sent), acksPerSecond: Math.min(sent, limit) };
    };
    return { run, tried };
  };

  for (const limit of [30, 690, 2000, 9500, 55_000]) {
    it(`finds ${limit} within a step, in few runs`, async () => {
      const { run, tried } = serverOf(limit);
      const found = await findHighestRate(2000, run);
      expect(found).toBeGreaterThan(limit / 1.11);
      expect(found).toBeLessThanOrEqual(limit);
      expect(tried.length).toBeLessThan(14);
      expect(new Set(tried).size).toBe(tried.length);
    });
  }

  it('begins near the last result, and then needs fewer', async () => {
    const { run, tried } = serverOf(9500);
    await findHighestRate(9400, run);
    expect(tried.length).toBeLessThan(6);
  });

  it('passes no rate that the generator does not reach', async () => {
    const { run } = serverOf(9500, 4000);
    expect(await findHighestRate(2000, run)).toBeLessThanOrEqual(4000);
  });
});
