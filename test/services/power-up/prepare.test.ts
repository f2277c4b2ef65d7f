import { expect, it } from 'vitest';
import { chosenFirmware } from '../../../src/domain/boot/chosen-firmware.ts';
import type { Bmc } from '../../../src/domain/power/bmc.ts';
import { BmcError } from '../../../src/domain/power/bmc-error.ts';
import { preparePowerUp } from '../../../src/services/power-up/prepare.ts';
import { NOW_MS } from '../../support/store-records.ts';

type Prepared = Parameters<typeof preparePowerUp>;
type Answer = 'on' | 'off' | BmcError;

const BMC = { driver: 'ipmi', firmware: 'bios' } as const;

/** What becomes of a machine whose BMC gives this answer; `asked` counts the questions. */
function prepare(bmc: object | null, wanted: Partial<Prepared[1]>, answer: Answer) {
  const asked: number[] = [];
  const control = {
    ask: async (systemId: number) => {
      asked.push(systemId);
      if (answer instanceof BmcError) throw answer;
      return answer;
    },
  };
  const firmware = chosenFirmware((bmc as Partial<Bmc> | null)?.firmware ?? null, null, 'ipxe');
  const system = { id: 7, name: 'web001', bmc, effective: { firmware } } as Prepared[0];
  const edges = { control, nowMs: NOW_MS, timeoutSeconds: 300 };
  const prepared = preparePowerUp(system, { power: true, cycle: false, ...wanted }, edges);
  return prepared.then(
    (powerUp) => ({ powerUp, asked, problem: null }),
    (error) => ({ powerUp: undefined, asked, problem: error.problems[0].message as string }),
  );
}

it.each([
  { name: 'off: the boot device first', bmc: BMC, answer: 'off', step: 'boot-device' },
  {
    name: 'off, and may be cycled: there is nothing to switch off',
    bmc: BMC,
    cycle: true,
    answer: 'off',
    step: 'boot-device',
  },
  { name: 'on, and may be cycled', bmc: BMC, cycle: true, answer: 'on', step: 'off' },
  {
    name: 'a driver that cannot ask: as if it were off',
    bmc: { driver: 'wol', firmware: null },
    answer: new BmcError('unsupported', 'no state'),
    step: 'on',
  },
  {
    name: 'a driver that cannot ask, and may be cycled',
    bmc: { driver: 'command', firmware: 'uefi' },
    cycle: true,
    answer: new BmcError('unsupported', 'no state'),
    step: 'off',
  },
] as const)('$name', async ({ bmc, answer, step, ...wanted }) => {
  const { powerUp } = await prepare(bmc, wanted, answer);
  expect(powerUp).toMatchObject({ step, at: 0, timeoutSeconds: 300, outcome: null });
});

it('doubts a firmware that nobody has told, unless there is no boot device to set for it', async () => {
  const doubtOf = async (bmc: object) => (await prepare(bmc, {}, 'off')).powerUp?.doubt;
  expect(await doubtOf({ driver: 'ipmi', firmware: null })).toMatch(/asked for UEFI.*--bmc-firmware bios$/);
  expect(await doubtOf(BMC)).toBeUndefined();
  expect(await doubtOf({ driver: 'wol', firmware: null })).toBeUndefined();
});

it('takes the time that was asked for', async () => {
  const { powerUp } = await prepare(BMC, { netbootTimeoutSeconds: 1200 }, 'off');
  expect(powerUp?.timeoutSeconds).toBe(1200);
});

it.each([
  { name: 'no BMC', bmc: null, wanted: {} },
  { name: 'an address only', bmc: { driver: null, firmware: null }, wanted: {} },
  { name: 'not to be switched', bmc: BMC, wanted: { power: false } },
])('nothing is asked and nothing is done: $name', async ({ bmc, wanted }) => {
  expect(await prepare(bmc, wanted, 'on')).toEqual({ powerUp: null, asked: [], problem: null });
});

it.each([
  { name: 'on', bmc: BMC, wanted: {}, answer: 'on', says: /^it is on.*--cycle.*--no-power only arms$/ },
  {
    name: 'a BMC out of reach',
    bmc: BMC,
    wanted: {},
    answer: new BmcError('unreachable', 'no answer from 10.99.0.20'),
    says: /^its BMC does not answer \(no answer from 10\.99\.0\.20\): check the cable.*--no-power only arms$/,
  },
  {
    name: 'a wrong password',
    bmc: BMC,
    wanted: { cycle: true },
    answer: new BmcError('wrong-credentials', 'RAKP 2'),
    says: /provision system edit web001 --bmc-user/,
  },
  {
    name: 'a cycle without a BMC',
    bmc: null,
    wanted: { cycle: true },
    answer: 'off',
    says: /no BMC with power control/,
  },
  {
    name: 'a cycle without power',
    bmc: BMC,
    wanted: { cycle: true, power: false },
    answer: 'off',
    says: /--cycle and --no-power contradict/,
  },
] as const)('is refused: $name', async ({ bmc, wanted, answer, says }) => {
  expect((await prepare(bmc, wanted, answer)).problem).toMatch(says);
});
