import { describe, expect, it } from 'vitest';
import { createPrepared } from '../../../src/services/dhcp/prepared.ts';

interface Made {
  readonly number: number;
  fresh: boolean;
}

function open(limit = 3) {
  let count = 0;
  const prepared = createPrepared<Made>({ isFresh: ({ fresh }) => fresh, sizeOf: () => 1, limit });
  const make = async (): Promise<Made> => {
    count += 1;
    return { number: count, fresh: true };
  };
  return { get: (key: string, work = make) => prepared.get(key, work), count: () => count };
}

describe('createPrepared', () => {
  it('makes a thing once, also for many who ask at once', async () => {
    const { get, count } = open();
    const all = await Promise.all([get('a'), get('a'), get('a')]);
    expect(all.map(({ number }) => number)).toEqual([1, 1, 1]);
    expect((await get('a')).number).toBe(1);
    expect((await get('b')).number).toBe(2);
    expect(count()).toBe(2);
  });

  it('makes it again when it is out of date, once for all who wait', async () => {
    const { get, count } = open();
    (await get('a')).fresh = false;
    const all = await Promise.all([get('a'), get('a')]);
    expect(all.map(({ number }) => number)).toEqual([2, 2]);
    expect(count()).toBe(2);
  });

  it('keeps no failure', async () => {
    const { get } = open();
    const fail = () => Promise.reject(new Error('not now'));
    const both = await Promise.allSettled([get('a', fail), get('a', fail)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await get('a')).number).toBe(1);
  });

  it('lets go of what was asked for the longest time ago', async () => {
    const { get, count } = open(2);
    await get('a');
    await get('b');
    await get('a');
    await get('c');
    expect((await get('a')).number).toBe(1);
    expect(count()).toBe(3);
    expect((await get('b')).number).toBe(4);
  });
});
