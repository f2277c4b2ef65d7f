import { afterEach, expect, it } from 'vitest';
import { ADA } from '../../support/actors.ts';
import { openPowerUpWorld, type PowerUpWorld } from '../../support/power-up-world.ts';

let world: PowerUpWorld;
afterEach(async () => {
  await world.dispose();
  expect(world.unexpected).toEqual([]);
});

/** Everything that is asked of a BMC for one way, of a machine that is on: when it is armed, to switch off, the way, to switch on. */
const ARMING = ['session', 'state'];
const OFF = ['session', 'state', 'off', 'session', 'state'];
const WAY = ['session', 'set boot device'];
const ON = ['session', 'state', 'on', 'session', 'state'];
const ASKED = [...ARMING, ...OFF, ...WAY, ...ON];
const CRASHES = ASKED.map((what, nth) => ({ what, nth })).slice(ARMING.length);

it.each(CRASHES)('a crash before "$what" ($nth) costs no second way and no second cycle', async ({ nth }) => {
  world = await openPowerUpWorld();
  const { bmc } = world;
  bmc.state = 'on';
  const asked: string[] = [];
  bmc.before = async (what) => {
    asked.push(what);
    if (asked.length > nth) await world.hang();
  };
  await world.arm({ cycle: true });
  await world.pass(20);
  expect(asked).toEqual(ASKED.slice(0, nth + 1));
  bmc.before = () => {};
  await world.crash();
  await world.passUntil('watch');
  expect(bmc.orders).toEqual(['off', 'on']);
  expect(bmc).toMatchObject({
    state: 'on',
    override: { device: 'pxe', firmware: 'uefi', persistent: false },
  });
  expect((await world.install()).powerUp).toMatchObject({ at: 0, step: 'watch' });
});

it.each([
  { order: 'off', orders: ['off', 'on'] },
  { order: 'on', orders: ['off', 'on'] },
] as const)('a crash after the BMC has done "$order", and nobody heard of it', async ({ order, orders }) => {
  world = await openPowerUpWorld();
  const { bmc } = world;
  bmc.state = 'on';
  bmc.after = async (done) => {
    if (done === order) await world.hang();
  };
  await world.arm({ cycle: true });
  await world.pass(20);
  bmc.after = () => {};
  await world.crash();
  await world.passUntil('watch');
  expect(bmc.orders).toEqual(orders);
});

it('a crash while its DISCOVER is expected: what was heard before counts, and the deadline stays', async () => {
  world = await openPowerUpWorld();
  await world.arm();
  await world.passUntil('watch');
  const { powerUp } = await world.install();
  await world.pass(100);
  await world.crash();
  await world.pass(1);
  expect((await world.install()).powerUp).toEqual(powerUp);
  world.run.powerUps.notice = () => {};
  await world.hear('dhcp-discover', { netboot: true });
  await world.crash();
  expect((await world.install()).powerUp).toMatchObject({ step: 'done', outcome: 'netbooted' });
});

it('a crash in the middle of what a cancelled install has left: it is taken away, and no more', async () => {
  world = await openPowerUpWorld();
  await world.arm();
  await world.passUntil('watch');
  world.bmc.before = () => world.hang();
  await world.run.installs.cancel('web001', ADA);
  await world.pass(5);
  world.bmc.before = () => {};
  await world.crash();
  await world.passUntil('done');
  expect(world.bmc).toMatchObject({ orders: ['on'], override: { device: 'none' } });
});

it('an install that is armed while the service looks for what was left', async () => {
  world = await openPowerUpWorld();
  await world.arm();
  await world.passUntil('watch');
  await world.run.installs.cancel('web001', ADA);
  world.bmc.state = 'off';
  const { read } = world.store;
  const slowly = read.events.listForSystem;
  world.run = world.begin();
  read.events.listForSystem = async (...asked) => {
    read.events.listForSystem = slowly;
    await world.arm();
    return slowly(...asked);
  };
  await world.run.powerUps.start();
  await world.passUntil('watch');
  expect(world.bmc).toMatchObject({ orders: ['on', 'on'], override: { device: 'pxe' } });
});
