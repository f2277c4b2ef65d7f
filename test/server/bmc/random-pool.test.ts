import { expect, it } from 'vitest';
import { poolRandom } from '../../../server/bmc/random-pool.ts';

it('gives every byte out once, and asks seldom', () => {
  let [next, asked] = [0, 0];
  const source = (count: number) => {
    asked += 1;
    const bytes = Buffer.alloc(2 * count);
    for (let at = 0; at < count; at += 1) bytes.writeUInt16BE(next++ % 65_536, 2 * at);
    return bytes.subarray(0, count);
  };
  const random = poolRandom(source);
  const pieces = Array.from({ length: 300 }, (_, index) => random(2 * (1 + (index % 8))));
  const numbers = pieces.map((piece) => piece.readUInt16BE(0));
  expect(new Set(numbers).size).toBe(300);
  expect(pieces.map(({ length }) => length).slice(0, 3)).toEqual([2, 4, 6]);
  expect(asked).toBe(1);
  expect(random(5_000)).toHaveLength(5_000);
  expect(asked).toBe(2);
});
