import { describe, expect, it } from 'vitest';
import { BmcError } from '../../../src/domain/power/bmc-error.ts';
import { spoilByRecipe } from '../../fuzz/ipmi-recipe.ts';
import { askedBmc } from '../../support/bmc-sim/asked-bmc.ts';
import { SPOILS, type SpoilName, type SpoiltStage, spoilt } from '../../support/bmc-sim/spoil.ts';

const STAGES: readonly SpoiltStage[] = ['open', 'rakp2', 'rakp4', 'command'];
/** With every try of every message of a session lost, and once more with the other cipher suite. */
const LONGEST_MS = 60_000;

/** Answers that a client may take: the right one is among them, or comes before. */
const HARMLESS: ReadonlySet<SpoilName> = new Set(['none', 'twice, and the one before']);

describe('answers that are no answers', () => {
  const cases = STAGES.flatMap((at) => (Object.keys(SPOILS) as SpoilName[]).map((name) => ({ name, at })));

  it.each(cases)('$name, $at: end as an outcome that says so, soon', async ({ name, at }) => {
    const { ask, bmc, net, driver } = askedBmc({ sessionSlots: 50 });
    bmc.spoil = spoilt(name, at);
    const outcome = await ask((session) => session.powerState()).catch((error: unknown) => error);
    if (HARMLESS.has(name)) expect(outcome).toBe('on');
    else if (outcome !== 'on') expect(outcome).toBeInstanceOf(BmcError);
    expect(net.timers.nowMs).toBeLessThan(LONGEST_MS);

    bmc.spoil = spoilt('none');
    expect(await ask((session) => session.powerState())).toBe('on');
    await driver.close();
    // The BMC has said everything.
    net.timers.advance(60_000);
    expect(net.timers.waiting).toBe(0);
  });

  it.each([
    ['bad integrity', 'command'],
    ['another session', 'command'],
    ['truncated', 'command'],
    ['pad too long', 'command'],
    ['bad integrity', 'rakp2'],
    ['bad integrity', 'rakp4'],
  ] as const)('%s, %s: are believed by nobody', async (name, at) => {
    const { ask, bmc } = askedBmc({ isOn: false });
    bmc.spoil = spoilt(name, at);
    await expect(ask((session) => session.powerState())).rejects.toBeInstanceOf(BmcError);
  });
});

it('an answer that is lost is asked for again, and what must not be done twice is not', async () => {
  const status = askedBmc({ losesAnswerTo: [0x0001] });
  expect(await status.ask((session) => session.powerState())).toBe('on');

  const cycle = askedBmc({ losesAnswerTo: [0x0002] });
  await expect(cycle.ask((session) => session.power('cycle'))).rejects.toMatchObject({ failure: 'timeout' });
  expect(cycle.bmc.chassis.powerUps).toBe(1);
});

it('a FRU whose areas lie beyond its end is an outcome as well', async () => {
  const { ask, bmc } = askedBmc();
  // Found by the fuzzer: one byte of every answer is set.
  bmc.spoil = spoilByRecipe(Buffer.from('fd192fbb', 'hex'));
  await expect(ask((session) => session.info())).rejects.toBeInstanceOf(BmcError);
});
