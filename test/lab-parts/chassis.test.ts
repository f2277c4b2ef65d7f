import { expect, test } from 'vitest';
import { Chassis, type FirstBoot } from '../lab/bmc/chassis.ts';

/** A machine that notes what is done to it. */
function fakeMachine() {
  const done: string[] = [];
  let isOn = false;
  return {
    done,
    get isOn() {
      return isOn;
    },
    async powerOn(first: FirstBoot) {
      isOn = true;
      done.push(`on, ${first} first`);
    },
    async powerOff() {
      if (isOn) done.push('off');
      isOn = false;
    },
    async pressPowerButton() {
      done.push('button');
    },
  };
}

test.each([
  { name: 'on', commands: ['set power 1'], done: ['on, disk first'] },
  { name: 'on when it is on', commands: ['set power 1', 'set power 1'], done: ['on, disk first'] },
  { name: 'off when it is off', commands: ['set power 0'], done: [] },
  {
    name: 'the network once',
    commands: ['set boot pxe', 'set power 1', 'set power 0', 'set power 1'],
    done: ['on, network first', 'off', 'on, disk first'],
  },
  {
    name: 'a boot device that is taken away again',
    commands: ['set boot pxe', 'set boot none', 'set power 1'],
    done: ['on, disk first'],
  },
  {
    name: 'a reset',
    commands: ['set power 1', 'set boot pxe', 'set reset 1'],
    done: ['on, disk first', 'off', 'on, network first'],
  },
  { name: 'the button', commands: ['set power 1', 'set shutdown 1'], done: ['on, disk first', 'button'] },
  { name: 'the button of a machine that is off', commands: ['set shutdown 1'], done: [] },
])('a chassis is told: $name', async ({ commands, done }) => {
  const machine = fakeMachine();
  const chassis = new Chassis(machine);
  for (const command of commands) await chassis.handle(command);
  expect(machine.done).toEqual(done);
});

test('a chassis is asked', async () => {
  const chassis = new Chassis(fakeMachine());
  expect(await chassis.handle('get power boot')).toBe('power:0\nboot:none\n');
  await chassis.handle('set boot pxe power 1');
  expect(await chassis.handle('get power boot')).toBe('power:1\nboot:none\n');
});

test('a chassis does not guess', async () => {
  await expect(new Chassis(fakeMachine()).handle('get fans')).rejects.toThrow("no 'fans'");
  await expect(new Chassis(fakeMachine()).handle('power')).rejects.toThrow('to get or to set');
});
