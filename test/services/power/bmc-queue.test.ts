import { describe, expect, it } from 'vitest';
import { createBmcQueue } from '../../../src/services/power/bmc-queue.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

const NEVER = new AbortController().signal;

/** A queue, what is under way in it, and how to end that. */
function world(options: { gapMs?: number; maxSessions?: number } = {}) {
  const clock = new FakeClock();
  const queue = createBmcQueue({ clock, gapMs: 1000, maxSessions: 10, ...options });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (place: string, name: string, signal = NEVER) =>
    queue.run(place, signal, () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settle();
  };
  return { clock, begun, run, end };
}

describe('the queue of BMCs', () => {
  it('has one session a BMC, in the order of asking, with a gap between', async () => {
    const { clock, begun, run, end } = world();
    const all = [run('a', '1'), run('a', '2'), run('a', '3'), run('b', '4')];
    await settle();
    expect(begun).toEqual(['1', '4']);
    await end('1');
    await clock.advance(999);
    expect(begun).toEqual(['1', '4']);
    await clock.advance(1);
    expect(begun).toEqual(['1', '4', '2']);
    await end('2');
    await clock.advance(1000);
    await end('3');
    await end('4');
    expect(await Promise.all(all)).toEqual(['1', '2', '3', '4']);
  });

  it('has so many at once in all, and keeps no place for who waits for his BMC', async () => {
    const { clock, begun, run, end } = world({ maxSessions: 2, gapMs: 300 });
    void run('a', 'a1');
    void run('a', 'a2');
    void run('b', 'b1');
    void run('c', 'c1');
    await settle();
    expect(begun).toEqual(['a1', 'b1']);
    await end('a1');
    // The gap of `a` is not over, so that the place is free for `c`.
    expect(begun).toEqual(['a1', 'b1', 'c1']);
    await clock.advance(300);
    expect(begun).not.toContain('a2');
    await end('b1');
    expect(begun).toContain('a2');
  });

  it('keeps no place for a session that lasts: dead BMCs delay nobody else', async () => {
    const { clock, begun, run, end } = world({ maxSessions: 2 });
    for (const place of ['dead1', 'dead2', 'a', 'b', 'c']) void run(place, place);
    await settle();
    expect(begun).toEqual(['dead1', 'dead2']);
    await clock.advance(399);
    expect(begun).toEqual(['dead1', 'dead2']);
    await clock.advance(1);
    expect(begun).toEqual(['dead1', 'dead2', 'a', 'b']);
    // A place that was given back is not given back again.
    await end('dead1');
    expect(begun).not.toContain('c');
    await end('a');
    expect(begun).toContain('c');
  });

  it('goes on after work that failed', async () => {
    const queue = createBmcQueue({ clock: new FakeClock(), gapMs: 0, maxSessions: 1 });
    await expect(queue.run('a', NEVER, async () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await queue.run('a', NEVER, async () => 'next')).toBe('next');
  });

  it.each(['for its BMC', 'for the gap', 'for a place'])(
    'lets go of who gives up waiting %s',
    async (what) => {
      const { clock, begun, run, end } = world({ maxSessions: what === 'for a place' ? 1 : 10 });
      const abort = new AbortController();
      void run(what === 'for a place' ? 'b' : 'a', 'first');
      await settle();
      if (what === 'for the gap') await end('first');
      const given = run('a', 'given up', abort.signal);
      const next = run('a', 'next');
      await settle();
      abort.abort(new Error('enough'));
      await expect(given).rejects.toThrow('enough');
      await end('first');
      await clock.advance(1000);
      expect(begun).toEqual(['first', 'next']);
      await end('next');
      await next;
    },
  );
});
