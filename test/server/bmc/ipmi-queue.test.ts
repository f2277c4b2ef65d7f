import { expect, it } from 'vitest';
import { createBmcQueue } from '../../../src/services/power/bmc-queue.ts';
import type { Clock } from '../../../src/services/power/clock.ts';
import { withTries } from '../../../src/services/power/tries.ts';
import { type AskedBmc, askedBmc } from '../../support/bmc-sim/asked-bmc.ts';
import { QUIRKS } from '../../support/bmc-sim/quirks.ts';

/** The clock of a network in memory, as the power service wants it. */
function clockOf({ net: { timers } }: AskedBmc): Clock {
  return {
    now: timers.now,
    wait: (ms) => (ms <= 0 ? Promise.resolve() : new Promise((resolve) => timers.start(ms, resolve))),
    alarm: timers.start,
  };
}

async function statusTimes(count: number, gapMs: number): Promise<PromiseSettledResult<string>[]> {
  const asked = askedBmc(QUIRKS['B6 freezes after a burst']);
  const queue = createBmcQueue({ clock: clockOf(asked), gapMs, maxSessions: 10 });
  const one = () =>
    queue.run('bmc', new AbortController().signal, () => asked.open((session) => session.powerState()));
  return asked.net.run(Promise.allSettled(Array.from({ length: count }, one)));
}

it('B6: a BMC that freezes after a burst does not, as it is left alone between two sessions', async () => {
  const states = await statusTimes(10, 1_000);
  expect(states).toEqual(Array.from({ length: 10 }, () => ({ status: 'fulfilled', value: 'on' })));
  // It would freeze otherwise.
  expect((await statusTimes(10, 0)).map(({ status }) => status)).toContain('rejected');
});

it('B7: a BMC that is silent for longer than one set-up of a session is asked with a second one', async () => {
  const ask = (asked: AskedBmc) => asked.open((session) => session.powerState());
  const silent = { ...QUIRKS['B7 silent while power changes'], rakpSilentMs: 12_000 };

  const once = askedBmc(silent);
  await once.ask((session) => session.power('cycle'));
  await expect(once.net.run(ask(once))).rejects.toMatchObject({ failure: 'timeout', retry: true });

  const twice = askedBmc(silent);
  await twice.ask((session) => session.power('cycle'));
  expect(await twice.net.run(withTries(clockOf(twice), () => ask(twice)))).toBe('on');
});
