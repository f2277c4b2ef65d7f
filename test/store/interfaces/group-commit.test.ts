import { describe, expect, it } from 'vitest';
import { createGroupCommit } from '../../../src/store/interfaces/group-commit.ts';

/** A commit whose groups the test finishes one by one. */
function heldCommit() {
  const groups: { writes: readonly number[]; finish: () => void; fail: (error: Error) => void }[] = [];
  let arrived = (): void => {};
  const commit = createGroupCommit<number, string>(
    (writes) =>
      new Promise((resolve, reject) => {
        groups.push({ writes, finish: () => resolve(writes.map((n) => `done ${n}`)), fail: reject });
        arrived();
      }),
  );
  const group = async (index: number) => {
    while (groups[index] === undefined)
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    return groups[index];
  };
  return { commit, group, groups };
}

describe('createGroupCommit', () => {
  it('takes the writes of one moment together, and what comes meanwhile in the next group', async () => {
    const { commit, group, groups } = heldCommit();
    const first = [1, 2, 3].map((n) => commit.add(n));
    const one = await group(0);
    expect(one.writes).toEqual([1, 2, 3]);
    const later = [4, 5].map((n) => commit.add(n));
    expect(groups).toHaveLength(1);
    one.finish();
    expect(await Promise.all(first)).toEqual(['done 1', 'done 2', 'done 3']);
    const two = await group(1);
    expect(two.writes).toEqual([4, 5]);
    two.finish();
    expect(await Promise.all(later)).toEqual(['done 4', 'done 5']);
  });

  it('resolves nothing before the commit is done', async () => {
    const { commit, group } = heldCommit();
    let isDone = false;
    const write = commit.add(1).then(() => {
      isDone = true;
    });
    const one = await group(0);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(isDone).toBe(false);
    one.finish();
    await write;
  });

  it('rejects a whole group that fails, with the error as it was, and goes on', async () => {
    const { commit, group } = heldCommit();
    const writes = [1, 2].map((n) => commit.add(n));
    const settled = Promise.allSettled(writes);
    const one = await group(0);
    const later = commit.add(3);
    one.fail(new Error('disk full'));
    expect((await settled).map((one) => (one.status === 'rejected' ? one.reason.message : ''))).toEqual([
      'disk full',
      'disk full',
    ]);
    (await group(1)).finish();
    expect(await later).toBe('done 3');
  });

  it('makes groups of 512 of what comes at once', async () => {
    const { commit, group } = heldCommit();
    const all = Promise.all(Array.from({ length: 1_100 }, (_, n) => commit.add(n)));
    const sizes: number[] = [];
    for (const index of [0, 1, 2]) {
      const one = await group(index);
      sizes.push(one.writes.length);
      one.finish();
    }
    expect(sizes).toEqual([512, 512, 76]);
    expect((await all).at(-1)).toBe('done 1099');
  });

  it('begins anew after it has been idle', async () => {
    const commit = createGroupCommit<number, number>(async (writes) => writes.map((n) => n * 2));
    expect(await commit.add(1)).toBe(2);
    expect(await commit.add(2)).toBe(4);
  });

  it('rejects a write for which the commit gives no result', async () => {
    const commit = createGroupCommit<number, number>(async () => [7]);
    const [first, second] = await Promise.allSettled([commit.add(1), commit.add(2)]);
    expect(first).toEqual({ status: 'fulfilled', value: 7 });
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('no result') },
    });
  });
});
