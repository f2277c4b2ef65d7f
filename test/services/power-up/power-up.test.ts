import { afterEach, describe, expect, it } from 'vitest';
import { BmcError, type BmcFailure } from '../../../src/domain/power/bmc-error.ts';
import type { BmcWrite } from '../../../src/store/interfaces/power-store.ts';
import type { SystemWrite } from '../../../src/store/interfaces/store.ts';
import { ADA, BOB } from '../../support/actors.ts';
import { openPowerUpWorld, type PowerUpWorld } from '../../support/power-up-world.ts';

let world: PowerUpWorld;
const open = async (change: Partial<BmcWrite> = {}, more: Partial<SystemWrite> = {}): Promise<void> => {
  world = await openPowerUpWorld(change, more);
};
afterEach(async () => {
  await world.dispose();
  expect(world.unexpected).toEqual([]);
});

const netboots = () => world.hear('dhcp-discover', { netboot: true });
const bootsDisk = () => world.hear('dhcp-discover', { netboot: false });
const cancel = () => world.run.installs.cancel('web001', ADA);
const fail = (failure: BmcFailure, detail = 'as the test says') => new BmcError(failure, detail);
const refuseBootDevices = (failure: BmcFailure) => {
  world.bmc.before = (what) => {
    if (what === 'set boot device') throw fail(failure);
  };
};
const flags = () => {
  const { override } = world.bmc;
  return override === null
    ? 'nothing'
    : `${override.device} ${override.firmware} ${override.persistent ? 'stays' : 'once'}`;
};

describe('an install whose machine has a BMC', () => {
  it('sets the boot device, switches on, and is done when the machine is heard', async () => {
    await open();
    await world.arm();
    await world.passUntil('watch');
    expect(world.bmc.orders).toEqual(['on']);
    expect(flags()).toBe('pxe uefi once');
    await netboots();
    const { state, powerUp } = await world.install();
    expect([state, powerUp?.step, powerUp?.outcome]).toEqual(['armed', 'done', 'netbooted']);
    expect(await world.timeline()).toEqual([
      'armed: armed by ada: 1 attempt until 2026-11-22T13:00:00.000Z',
      'power: boot device set, way 1 of 4: PXE once, with the UEFI flag',
      'power: on by ada: told to switch on',
      'power: on by ada: is on',
      expect.stringMatching(/^power: switched on; its DISCOVER is expected until 2026-11-22T09:05:/),
      'dhcp-discover: heard',
      'power: boots from the network: PXE once, with the UEFI flag',
    ]);
    await world.pass(600);
    expect(world.bmc.orders).toEqual(['on']);
  });

  it('climbs the ladder to its end, and fails by name with what was tried', async () => {
    await open();
    await world.arm();
    const seen: string[] = [];
    world.bmc.after = (order) => {
      seen.push(`${order}, ${flags()}`);
    };
    await world.pass(1);
    for (let way = 0; way < 4; way += 1) {
      await world.passUntil('watch');
      await world.pass(310);
    }
    expect(seen).toEqual([
      'on, pxe uefi once',
      'off, pxe uefi once',
      'on, pxe uefi stays',
      'off, pxe uefi stays',
      'on, pxe bios once',
      'off, pxe bios once',
      'on, pxe bios once',
    ]);
    expect(world.redfish.override).toMatchObject({ device: 'none' });
    expect(world.bmc.override).toMatchObject({ device: 'none' });
    const { state, stage, reason, powerUp } = await world.install();
    expect([state, stage, powerUp?.outcome]).toEqual(['failed', 'power', 'nothing-heard']);
    expect(reason).toMatch(
      /^nothing-heard: .*tried PXE once, with the UEFI flag: nothing heard; .*look at its console/,
    );
    const told = await world.timeline();
    expect(told.filter((line) => line.startsWith('error failed: nothing-heard:'))).toHaveLength(1);
    expect(told.at(-1)).toBe('power: the boot device is taken away');
  });

  it('takes a flag away that would stay', async () => {
    await open();
    await world.arm();
    await world.passUntil('watch');
    await world.pass(305);
    await world.passUntil('watch');
    expect(flags()).toBe('pxe uefi stays');
    await netboots();
    await world.passUntil('done');
    expect(world.bmc.override).toMatchObject({ device: 'none' });
    expect(await world.install()).toMatchObject({ state: 'armed', powerUp: { at: 1, outcome: 'netbooted' } });
  });

  it('does not wait for a machine that booted its disk', async () => {
    await open();
    await world.arm();
    await world.passUntil('watch');
    await world.pass(20);
    await bootsDisk();
    await world.pass(70);
    expect((await world.install()).powerUp).toMatchObject({ at: 1, seen: ['disk'] });
    expect((await world.timeline()).join('\n')).toContain('the machine booted its disk');
  });

  it('tries the next way where a flag is refused, without power for it', async () => {
    await open();
    let asked = 0;
    world.bmc.before = (what) => {
      if (what === 'set boot device' && ++asked === 1) throw fail('refused', 'completion code 0xcc');
    };
    await world.arm();
    await world.passUntil('watch');
    expect(world.bmc.orders).toEqual(['on']);
    expect(flags()).toBe('pxe uefi stays');
    expect(await world.timeline()).toContain(
      'warning power: PXE once, with the UEFI flag: completion code 0xcc',
    );
  });

  it('switches on all the same where a driver has no boot device', async () => {
    await open({ driver: 'wol', firmware: null });
    refuseBootDevices('unsupported');
    await world.arm();
    await world.passUntil('watch');
    expect(world.bmc.orders).toEqual(['on']);
    await world.pass(310);
    expect(await world.install()).toMatchObject({ state: 'failed', powerUp: { outcome: 'nothing-heard' } });
  });

  it.each([
    { failure: 'unreachable', sessions: 3 },
    { failure: 'wrong-credentials', sessions: 1 },
  ] as const)('ends where the BMC is $failure in the middle', async ({ failure, sessions }) => {
    await open();
    let asked = 0;
    refuseBootDevices(failure);
    const before = world.bmc.before;
    world.bmc.before = (what) => {
      if (what === 'set boot device' && world.bmc.orders.length === 0) asked += 1;
      return before(what);
    };
    await world.arm();
    await world.pass(60);
    expect(await world.install()).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^bmc-failed: .*as the test says/),
      powerUp: { step: 'done', outcome: 'bmc-failed' },
    });
    // As often again to take away what may have been set after all.
    expect(asked).toBe(2 * sessions);
    expect(world.bmc.orders).toEqual([]);
  });

  it('waits for a power job of somebody else', async () => {
    await open();
    world.bmc.isLazy = true;
    const body = { action: 'off', systems: ['web001'] };
    world.bmc.state = 'on';
    await world.run.power.jobs.request(body, BOB);
    await world.arm({ cycle: true });
    await world.pass(20);
    expect((await world.install()).powerUp).toMatchObject({ step: 'off', job: null });
    world.bmc.isLazy = false;
    world.bmc.state = 'off';
    await world.passUntil('watch');
    expect(world.bmc.orders).toEqual(['off', 'on']);
  });
});

describe('a machine whose firmware nobody has told', () => {
  it('is asked for UEFI, says so, then for BIOS, and is known once it was heard', async () => {
    await open({ firmware: null });
    await world.arm();
    await world.passUntil('watch');
    expect(flags()).toBe('pxe uefi once');
    expect(await world.timeline()).toContain(
      'power: boot device set, way 1 of 5: PXE once, with the UEFI flag; its firmware is not known yet: asked for UEFI; if it is not: provision system edit web001 --bmc-firmware bios',
    );
    await world.pass(305);
    await world.passUntil('watch');
    expect(flags()).toBe('pxe bios once');
    await world.hear('dhcp-discover', { netboot: true, archCodes: '0' });
    await world.passUntil('done');
    await world.run.events.flush();
    const known = await world.store.read.systems.find('web001');
    expect(known?.system.effective.firmware).toMatchObject({ value: 'bios', from: 'heard' });
    await cancel();
    world.bmc.state = 'off';
    await world.arm();
    await world.passUntil('watch');
    expect(flags()).toBe('pxe bios once');
    expect(await world.timeline()).toContain(
      'power: boot device set, way 1 of 3: PXE once, without the UEFI flag',
    );
  });

  it('is of the legacy kind where its loader is for nothing else', async () => {
    await open({ firmware: null }, { loader: 'pxelinux' });
    await world.arm();
    await world.passUntil('watch');
    expect(flags()).toBe('pxe bios once');
    expect((await world.timeline()).join('\n')).toContain('asked for BIOS, as its loader is pxelinux');
  });
});

describe('a machine that is on', () => {
  it('is switched off first where that was asked for', async () => {
    await open({ firmware: 'bios' });
    world.bmc.state = 'on';
    await world.arm({ cycle: true });
    await world.passUntil('watch');
    expect(world.bmc.orders).toEqual(['off', 'on']);
    expect(flags()).toBe('pxe bios once');
  });

  it('is left alone when it is heard before', async () => {
    await open();
    world.bmc.state = 'on';
    world.bmc.before = async (what) => {
      if (what === 'off') await world.hang();
    };
    await world.arm({ cycle: true });
    await world.pass(2);
    await netboots();
    await world.pass(30);
    expect(world.bmc.orders).toEqual([]);
    expect((await world.install()).powerUp).toMatchObject({ step: 'done', outcome: 'netbooted' });
  });
});

describe('a cancelled install', () => {
  it.each(['off', 'boot-device', 'on', 'watch'])(
    'is not brought up any further: in step %s',
    async (step) => {
      await open();
      world.bmc.state = 'on';
      world.bmc.before = async (what) => {
        if (
          (await world.install().catch(() => undefined))?.powerUp?.step === step &&
          what === 'session' &&
          step !== 'watch'
        )
          await world.hang();
      };
      await world.arm({ cycle: true });
      await world.passUntil(step);
      await world.pass(2);
      const orders = [...world.bmc.orders];
      await cancel();
      world.bmc.before = () => {};
      await world.pass(400);
      expect(world.bmc.orders).toEqual(orders);
      expect(await world.install()).toMatchObject({
        state: 'cancelled',
        powerUp: { step: 'done', outcome: 'stopped' },
      });
      expect(await world.run.power.jobs.list({ open: true }, 10, ADA)).toEqual([]);
      if (step === 'watch') expect(world.bmc.override).toMatchObject({ device: 'none' });
    },
  );

  it('makes way for the next one at once', async () => {
    await open();
    await world.arm();
    await world.passUntil('watch');
    await cancel();
    await world.arm({ cycle: true });
    await world.passUntil('watch');
    await world.pass(30);
    expect(world.bmc.orders).toEqual(['on', 'off', 'on']);
    expect(flags()).toBe('pxe uefi once');
  });
});
