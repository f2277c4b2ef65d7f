import { expect, it } from 'vitest';
import { createSharedRun } from '../../server/shared-run.ts';

/** Work whose runs the test ends by hand, and how often it was begun. */
function byHand() {
  const ends: ((error?: Error) => void)[] = [];
  const run = createSharedRun(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = ends.length;
        ends.push((error) => (error === undefined ? resolve(number) : reject(error)));
      }),
  );
  return { ends, run };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('is one run for all who ask at the same time', async () => {
  const { ends, run } = byHand();
  const asked = Promise.all([run(), run(), run()]);
  await turn();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  expect(await asked).toEqual([0, 0, 0]);
});

it('is another run for those who ask while one is under way: it may have passed what they are about', async () => {
  const { ends, run } = byHand();
  const first = run();
  await turn();
  const later = Promise.all([run(), run()]);
  await turn();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  expect(await first).toBe(0);
  await turn();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  expect(await later).toEqual([1, 1]);
});

it('goes on after a run that failed', async () => {
  const { ends, run } = byHand();
  const first = run();
  await turn();
  const second = run();
  ends[0]?.(new Error('unreadable'));
  await expect(first).rejects.toThrow('unreadable');
  await turn();
  ends[1]?.();
  expect(await second).toBe(1);
});
