import { expect, test } from 'vitest';
import { judgeStory, type Witness } from '../lab/faults/story.ts';
import type { BootEvent } from '../lab/timeline.ts';

const event = (id: number, stage: string, data: BootEvent['data'] = {}): BootEvent => ({
  id,
  stage,
  outcome: 'ok',
  message: `${stage} ${id}`,
  data,
});

const WHOLE: readonly BootEvent[] = [
  event(1, 'state', { from: null, to: 'armed' }),
  event(4, 'dhcp-discover'),
  event(5, 'state', { from: 'armed', to: 'installing' }),
  event(6, 'answer-file'),
  event(9, 'state', { from: 'installing', to: 'failed' }),
];
const SEEN: Witness = { followed: WHOLE.slice(0, 3), state: 'failed', boots: 1, answerFiles: 1 };

test('a timeline with everything that was seen is whole, also with an answer file that could not be made', () => {
  expect(judgeStory(WHOLE, SEEN)).toEqual([]);
  const refused = { ...event(7, 'answer-file'), outcome: 'error' };
  expect(judgeStory(WHOLE.toSpliced(4, 0, refused), SEEN)).toEqual([]);
});

test.each([
  ['a state is missing', WHOLE.filter(({ id }) => id !== 5), SEEN, /from installing to failed, but .* armed/],
  ['the last state is missing', WHOLE.slice(0, 4), SEEN, /end with installing, but the install is failed/],
  ['an event that was followed is gone', WHOLE.filter(({ id }) => id !== 4), SEEN, /event 4 .* is gone/],
  ['an event has come twice', [...WHOLE, event(9, 'tftp')], SEEN, /two events have the same id/],
  ['the order is not theirs', [event(12, 'tftp'), ...WHOLE], SEEN, /not in their order/],
  ['a boot is missing', WHOLE, { ...SEEN, boots: 2 }, /switched on 2 times, the timeline has 1/],
  ['it was installed again', [...WHOLE, event(10, 'answer-file')], SEEN, /handed out 2 times, expected 1/],
])('%s: told', (_what, events, seen, problem) => {
  expect(judgeStory(events, seen).join('; ')).toMatch(problem);
});
