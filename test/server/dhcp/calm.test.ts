import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { whenCalm } from '../../../server/dhcp/calm.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('a pause lasts as long as packets keep coming, but not for ever', async () => {
  let received = 0;
  let more = 10;
  const ended = vi.fn();
  const pause = whenCalm(() => [{ received }, { received: 5 }], 1_000);
  const coming = setInterval(() => {
    received += more;
  }, 1);
  void pause().then(ended);
  await vi.advanceTimersByTimeAsync(100);
  expect(ended).not.toHaveBeenCalled();
  more = 0;
  await vi.advanceTimersByTimeAsync(8);
  expect(ended).toHaveBeenCalledOnce();
  more = 10;
  void pause().then(ended);
  await vi.advanceTimersByTimeAsync(990);
  expect(ended).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(20);
  expect(ended).toHaveBeenCalledTimes(2);
  clearInterval(coming);
});
