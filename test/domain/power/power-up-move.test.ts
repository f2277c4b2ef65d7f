import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  NETBOOT_WAYS,
  type NetbootWayName,
  type PowerUp,
  waysFor,
} from '../../../src/domain/power/power-up.ts';
import { beginPowerUp, movePowerUp, type PowerUpSeen } from '../../../src/domain/power/power-up-move.ts';

const T0 = Date.parse('2026-11-22T12:00:00Z');
const UEFI = waysFor('ipmi', 'uefi');
const BIOS = waysFor('ipmi', 'bios');

const done: PowerUpSeen = { kind: 'done' };
const time: PowerUpSeen = { kind: 'time' };
const netbooted: PowerUpSeen = { kind: 'netbooted' };
const disk: PowerUpSeen = { kind: 'disk-booted' };
const over: PowerUpSeen = { kind: 'over', why: 'the install is over (cancelled)' };
const refused: PowerUpSeen = { kind: 'not-done', failure: 'refused', detail: 'completion code 0xcc' };
const unsupported: PowerUpSeen = { kind: 'not-done', failure: 'unsupported', detail: 'no boot device' };
const unreachable: PowerUpSeen = { kind: 'not-done', failure: 'unreachable', detail: 'no answer' };

/** What a machine was brought through, one word a step: its way and step, or the outcome at the end. */
function follow(
  ways: readonly NetbootWayName[],
  isOn: boolean,
  story: readonly (readonly [afterSeconds: number, seen: PowerUpSeen])[],
) {
  let powerUp = beginPowerUp(ways, { isOn, timeoutSeconds: 300 }, T0);
  let nowMs = T0;
  let failed: string | null = null;
  const path = [wordOf(powerUp)];
  for (const [afterSeconds, seen] of story) {
    nowMs += afterSeconds * 1000;
    const next = movePowerUp(powerUp, seen, nowMs);
    if (next === null) continue;
    powerUp = next.powerUp;
    failed ??= next.failed;
    path.push(wordOf(powerUp));
  }
  return { path: path.join(' > '), failed, powerUp };
}

function wordOf({ at, step, outcome }: PowerUp): string {
  return `${at + 1}:${step}${outcome === null ? '' : `(${outcome})`}`;
}

const upTo = (seconds: number) => [[1, done] as const, [1, done] as const, [seconds, time] as const];

test.each<{
  name: string;
  ways?: readonly NetbootWayName[];
  isOn?: boolean;
  story: readonly (readonly [number, PowerUpSeen])[];
  path: string;
  failed?: RegExp;
}>([
  {
    name: 'a machine that is off netboots at once',
    story: [
      [1, done],
      [2, done],
      [30, netbooted],
    ],
    path: '1:boot-device > 1:on > 1:watch > 1:done(netbooted)',
  },
  {
    name: 'a machine that is on, and may be interrupted',
    isOn: true,
    story: [
      [1, done],
      [1, done],
      [1, done],
      [9, netbooted],
    ],
    path: '1:off > 1:boot-device > 1:on > 1:watch > 1:done(netbooted)',
  },
  {
    name: 'it is heard before the BMC says that it is on',
    story: [
      [1, done],
      [2, netbooted],
      [1, done],
    ],
    path: '1:boot-device > 1:on > 1:done(netbooted)',
  },
  {
    name: 'the second way is taken when the first has no effect, and its flag does not stay',
    story: [...upTo(300), [1, done], [1, done], [1, done], [9, netbooted], [1, done]],
    path: '1:boot-device > 1:on > 1:watch > 2:off > 2:boot-device > 2:on > 2:watch > 2:clear(netbooted) > 2:done(netbooted)',
  },
  {
    name: 'a look before the deadline changes nothing',
    story: [...upTo(299), [0, time]],
    path: '1:boot-device > 1:on > 1:watch',
  },
  {
    name: 'an operating system that asks brings the deadline nearer, once',
    story: [...upTo(10), [1, disk], [30, disk], [29, time], [1, time]],
    path: '1:boot-device > 1:on > 1:watch > 1:watch > 2:off',
  },
  {
    name: 'an operating system that asks late does not put it off',
    story: [...upTo(290), [1, disk], [9, time]],
    path: '1:boot-device > 1:on > 1:watch > 1:watch > 2:off',
  },
  {
    name: 'firmware that is heard after all',
    story: [...upTo(10), [1, disk], [50, netbooted]],
    path: '1:boot-device > 1:on > 1:watch > 1:watch > 1:done(netbooted)',
  },
  {
    name: 'a flag that the BMC refuses costs no power-on',
    story: [
      [1, refused],
      [1, done],
      [1, done],
    ],
    path: '1:boot-device > 2:off > 2:boot-device > 2:on',
  },
  {
    name: 'nothing was ever heard',
    ways: BIOS,
    story: [...upTo(300), [1, done], ...upTo(300), [1, done], ...upTo(300), [1, done]],
    path: '1:boot-device > 1:on > 1:watch > 2:off > 2:boot-device > 2:on > 2:watch > 3:off > 3:boot-device > 3:on > 3:watch > 3:clear(nothing-heard) > 3:done(nothing-heard)',
    failed: /^nothing-heard: .*by Redfish: nothing heard\); look at its console; the MAC on record/,
  },
  {
    name: 'it booted its disk, and the last way is not there',
    ways: BIOS,
    story: [
      ...upTo(10),
      [1, disk],
      [60, time],
      [1, done],
      ...upTo(300),
      [1, done],
      [9, unreachable],
      [1, done],
    ],
    path: '1:boot-device > 1:on > 1:watch > 1:watch > 2:off > 2:boot-device > 2:on > 2:watch > 3:off > 3:boot-device > 3:clear(booted-disk) > 3:done(booted-disk)',
    failed:
      /^booted-disk: .*an operating system heard; .*: nothing heard; .*by Redfish: refused\).*--bmc-firmware/,
  },
  {
    name: 'a driver without a boot device: its own order, then nothing that asks the same driver',
    ways: UEFI,
    story: [
      [1, unsupported],
      [1, done],
      [300, time],
      [1, done],
      [1, unreachable],
      [1, done],
    ],
    path: '1:boot-device > 1:on > 1:watch > 4:off > 4:boot-device > 4:clear(no-boot-device) > 4:done(no-boot-device)',
    failed: /^no-boot-device: .*--bmc-driver/,
  },
  {
    name: 'Wake-on-LAN only switches on',
    ways: waysFor('wol', null),
    story: [
      [1, done],
      [300, time],
    ],
    path: '1:on > 1:watch > 1:done(nothing-heard)',
    failed: /^nothing-heard/,
  },
  {
    name: 'a BMC that is gone ends it',
    story: [[1, unreachable]],
    path: '1:boot-device > 1:clear(bmc-failed)',
    failed: /^bmc-failed: .*\(no answer\); look at the BMC.*--no-power/,
  },
  {
    name: 'power that does not come on ends it, and the flag is taken away',
    story: [
      [1, done],
      [60, { kind: 'not-done', failure: 'timeout', detail: 'still off after 5 min' }],
      [1, unreachable],
    ],
    path: '1:boot-device > 1:on > 1:clear(bmc-failed) > 1:done(bmc-failed)',
    failed: /still off after 5 min/,
  },
  {
    name: 'a cancelled install before anything was set',
    isOn: true,
    story: [
      [1, over],
      [1, done],
    ],
    path: '1:off > 1:done(stopped)',
  },
  {
    name: 'a cancelled install while its DISCOVER is expected',
    story: [...upTo(10), [1, over], [1, netbooted], [1, done], [300, time]],
    path: '1:boot-device > 1:on > 1:watch > 1:clear(stopped) > 1:done(stopped)',
  },
])('$name', ({ ways = UEFI, isOn = false, story, path, failed }) => {
  const told = follow(ways, isOn, story);
  expect(told.path).toBe(path);
  if (failed === undefined) expect(told.failed).toBeNull();
  else expect(told.failed).toMatch(failed);
});

test('every way says its flags', () => {
  const byte = (name: NetbootWayName) => {
    const { override } = NETBOOT_WAYS[name];
    return override === null
      ? 0
      : 0x80 | (override.persistent ? 0x40 : 0) | (override.firmware === 'uefi' ? 0x20 : 0);
  };
  expect(UEFI.map(byte)).toEqual([0xa0, 0xe0, 0x80, 0xa0]);
  expect(BIOS.map(byte)).toEqual([0x80, 0xc0, 0x80]);
});

const anySeen = fc.constantFrom(done, time, netbooted, disk, over, refused, unsupported, unreachable);
const anyStory = fc.array(fc.tuple(fc.nat({ max: 400 }), anySeen), { maxLength: 60 });

test('whatever is seen: no way is tried twice, none switches off twice, and nothing that was set is left behind', () => {
  fc.assert(
    fc.property(fc.constantFrom(UEFI, BIOS), fc.boolean(), anyStory, (ways, isOn, story) => {
      const { path, powerUp, failed } = follow(ways, isOn, story);
      const offs = path.split(' > ').filter((word) => word.includes(':off'));
      expect(new Set(offs).size).toBe(offs.length);
      expect(offs.length).toBeLessThanOrEqual(ways.length);
      if (powerUp.step !== 'done') return;
      expect(powerUp.outcome).not.toBeNull();
      expect(failed === null).toBe(powerUp.outcome === 'netbooted' || powerUp.outcome === 'stopped');
      const isUsedUp = powerUp.outcome === 'netbooted' && !ways[powerUp.at]?.endsWith('-persistent');
      expect(powerUp.isSet).toBe(isUsedUp && path.includes('boot-device') && powerUp.canSet);
      for (const seen of [done, time, netbooted, over]) expect(movePowerUp(powerUp, seen, T0 * 2)).toBeNull();
    }),
    { seed: 4, numRuns: 500 },
  );
});

test('time alone ends every ladder: each step is done, and nothing is ever heard', () => {
  for (const ways of [UEFI, BIOS]) {
    const story = Array.from({ length: 60 }, (_, index) => [400, index % 2 === 0 ? done : time] as const);
    expect(follow(ways, true, story).powerUp).toMatchObject({ step: 'done', outcome: 'nothing-heard' });
  }
});
