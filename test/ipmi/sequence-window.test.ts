import { expect, test } from 'vitest';
import { acceptSequence, NO_SEQUENCE, type SequenceWindow } from '../../src/ipmi/sequence-window.ts';

/** Which of these sequence numbers, one after the other, are taken. */
function taken(...sequences: number[]): number[] {
  let window: SequenceWindow = NO_SEQUENCE;
  return sequences.filter((sequence) => {
    const next = acceptSequence(window, sequence);
    window = next ?? window;
    return next !== undefined;
  });
}

test.each([
  ['in order', [1, 2, 3], [1, 2, 3]],
  ['each once', [1, 1, 2, 1, 2], [1, 2]],
  ['out of order', [3, 1, 2, 2, 1], [3, 1, 2]],
  ['a jump ahead, and back inside the window', [1, 500, 469, 468], [1, 500, 469]],
  ['32 behind is too late', [100, 69, 68], [100, 69]],
  ['0 never', [0, 1, 0], [1]],
  ['up to the last', [0xfffffffe, 0xffffffff, 0xffffffff], [0xfffffffe, 0xffffffff]],
])('%s', (_, sequences, expected) => {
  expect(taken(...sequences)).toEqual(expected);
});

test('what was seen stays seen while the window moves', () => {
  expect(taken(10, 11, 40, 10, 11, 12)).toEqual([10, 11, 40, 12]);
});
