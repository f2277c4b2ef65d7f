import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BmcOnSocket, startBmc } from '../support/bmc-sim/bmc-sockets.ts';
import type { OnPower } from '../support/bmc-sim/chassis.ts';
import { must } from '../support/must.ts';
import { haveProgram } from '../support/real-clients.ts';

// The simulated BMC judges our client, so strangers judge it: what they cannot read is no BMC.
const run = promisify(execFile);

let started: BmcOnSocket | undefined;
const changes: Parameters<OnPower>[0][] = [];

async function start(options: NonNullable<Parameters<typeof startBmc>[0]>['options'] = {}) {
  changes.length = 0;
  started = await startBmc({ options, onPower: (change) => changes.push(change) });
  return started.bmc;
}

afterEach(async () => {
  await started?.stop();
  started = undefined;
});

const port = () => must(started, 'a BMC').port;

async function ipmitool(suite: number, ...args: readonly string[]): Promise<string> {
  const to = ['-I', 'lanplus', '-H', '127.0.0.1', '-p', String(port()), '-U', 'admin', '-C', String(suite)];
  const password = args.includes('-P') ? [] : ['-P', 'secret'];
  return (await run('ipmitool', [...to, ...password, ...args])).stdout.trim();
}

async function freeipmi(program: string, suite: number, ...args: readonly string[]): Promise<string> {
  const to = [
    '-h',
    `127.0.0.1:${port()}`,
    '-u',
    'admin',
    '-p',
    'secret',
    '-D',
    'LAN_2_0',
    '-I',
    String(suite),
  ];
  const { stdout } = await run(program, [...to, ...args], {
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  });
  return stdout.trim();
}

describe.skipIf(!haveProgram('ipmitool'))('ipmitool', () => {
  it.each([3, 8, 17])('switches power with cipher suite %i, and leaves no session', async (suite) => {
    const bmc = await start({ suites: [suite] });
    expect(await ipmitool(suite, 'power', 'status')).toBe('Chassis Power is on');
    expect(await ipmitool(suite, 'power', 'off')).toBe('Chassis Power Control: Down/Off');
    expect(await ipmitool(suite, 'power', 'status')).toBe('Chassis Power is off');
    expect(await ipmitool(suite, 'power', 'on')).toBe('Chassis Power Control: Up/On');
    expect(changes.map(({ isOn }) => isOn)).toEqual([false, true]);
    expect(bmc.sessions).toMatchObject({ count: 0, opened: 4, most: 1 });
  });

  it('gets in with a BMC key, and not without', async () => {
    await start({ kg: Buffer.from('of the whole rack') });
    expect(await ipmitool(17, '-k', 'of the whole rack', 'power', 'status')).toBe('Chassis Power is on');
    await expect(ipmitool(17, '-v', 'power', 'status')).rejects.toThrow('invalid integrity check value');
  });

  it.each([
    { why: 'the password is wrong', args: ['-P', 'wrong'], says: 'RAKP 2 HMAC is invalid' },
    { why: 'there is no such user', args: ['-U', 'nobody'], says: 'unauthorized name' },
    { why: 'the user is not privileged', args: ['-U', 'viewer', '-P', 'look'], says: 'role' },
  ])('is let in by no means where $why', async ({ args, says }) => {
    const bmc = await start();
    await expect(ipmitool(3, '-v', ...args, 'power', 'status')).rejects.toThrow(says);
    expect(bmc.sessions.opened).toBe(0);
  });

  it('sets a boot device, reads it back, and it counts once', async () => {
    await start();
    await ipmitool(17, 'chassis', 'bootdev', 'pxe', 'options=efiboot');
    const readBack = await ipmitool(17, 'chassis', 'bootparam', 'get', '5');
    expect(readBack).toContain('Boot parameter data: a004000000');
    await ipmitool(17, 'power', 'cycle');
    await ipmitool(17, 'power', 'cycle');
    expect(changes.filter(({ isOn }) => isOn)).toEqual([
      { isOn: true, boot: { device: 1, efi: true, persistent: false } },
      { isOn: true, boot: null },
    ]);
  });

  it('reads who it is, sensors, log, FRU and LAN', async () => {
    await start();
    expect(await ipmitool(3, 'mc', 'info')).toMatch(/Firmware Revision +: 2\.37/);
    expect((await ipmitool(3, 'sdr', 'list')).split('\n').map((line) => line.split(/ *\| */))).toEqual([
      ['CPU Temp', '45 degrees C', 'ok'],
      ['Inlet Temp', '41 degrees C', 'nc'],
      ['FAN1', '300 RPM', 'cr'],
      ['12V', '12.06 Volts', 'ok'],
      ['PSU2 Temp', 'no reading', 'ns'],
    ]);
    const log = (await ipmitool(3, 'sel', 'list')).split('\n');
    expect(log).toHaveLength(3);
    expect(log[0]).toMatch(/07\/04\/20 .* Temperature #0x02 \| Upper Non-critical going high \| Asserted/);
    expect(await ipmitool(3, 'fru')).toMatch(/Product Serial +: SN-0001/);
    expect(await ipmitool(3, 'lan', 'print', '1')).toMatch(/MAC Address +: 52:54:00:00:bc:01/);
  });

  it('opens a session of IPMI 1.5 by MD5, where the BMC still has that', async () => {
    const bmc = await start({ ipmi15: true });
    const to = ['-I', 'lan', '-H', '127.0.0.1', '-p', String(port()), '-U', 'admin', '-P', 'secret'];
    expect((await run('ipmitool', [...to, 'power', 'status'])).stdout).toBe('Chassis Power is on\n');
    expect(bmc.sessions).toMatchObject({ count: 0, opened: 1 });
  });
});

describe.skipIf(!haveProgram('ipmipower'))('FreeIPMI', () => {
  beforeEach(() => start({ suites: [3, 17] }));

  it.each([3, 17])('switches power with cipher suite %i', async (suite) => {
    expect(await freeipmi('ipmipower', suite, '--stat')).toMatch(/: on$/);
    expect(await freeipmi('ipmipower', suite, '--off', '--wait-until-off')).toMatch(/: ok$/);
    expect(await freeipmi('ipmipower', suite, '--stat')).toMatch(/: off$/);
    expect(changes.map(({ isOn }) => isOn)).toEqual([false]);
  });

  it('reads who it is', async () => {
    expect(await freeipmi('bmc-info', 17)).toMatch(/Firmware Revision +: 2\.37/);
  });
});
