import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIpmiDriver, type IpmiDriver } from '../../server/bmc/ipmi-driver.ts';
import { choosePeers } from '../../server/net/batched-peers.ts';
import { bindUdp } from '../../server/net/datagram.ts';
import { loadLibc } from '../../server/net/libc.ts';
import { plainPeers } from '../../server/net/peer-socket.ts';
import { Secret } from '../../src/domain/access/secret.ts';
import type { BmcSession, BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BOOT_DEVICES } from '../../src/domain/power/power.ts';
import { bmcTarget } from '../support/bmc-target.ts';
import { type IpmiSim, SIM_PASSWORD, SIM_USER, startIpmiSim } from '../support/ipmi-sim.ts';
import { haveProgram } from '../support/real-clients.ts';

const PROGRAMS = ['ipmi_sim', 'ipmitool'];
const missing = PROGRAMS.filter((name) => !haveProgram(name));

describe.skipIf(missing.length > 0)(`OpenIPMI's ipmi_sim (missing: ${missing.join(' ') || 'none'})`, () => {
  let sim: IpmiSim;
  let driver: IpmiDriver;

  beforeAll(async () => {
    sim = await startIpmiSim();
    const bindPeers = choosePeers(await loadLibc());
    driver = createIpmiDriver({ bindPeers, now: () => performance.now(), random: randomBytes });
  });

  afterAll(async () => {
    await driver.close();
    await sim.stop();
  });

  const target = (changes: Partial<BmcTarget> = {}) =>
    bmcTarget({ port: sim.port, user: SIM_USER, password: new Secret(SIM_PASSWORD), ...changes });
  const inSession = <T>(
    work: (session: BmcSession) => Promise<T>,
    changes?: Partial<BmcTarget>,
  ): Promise<T> => driver.withSession(target(changes), work, { signal: new AbortController().signal });

  test('power is switched, and ipmitool sees it', async () => {
    await inSession((session) => session.power('on'));
    expect(await sim.ipmitool('power', 'status')).toContain('Chassis Power is on');
    expect(await inSession((session) => session.powerState())).toBe('on');
    await inSession((session) => session.power('off'));
    expect(await sim.ipmitool('power', 'status')).toContain('Chassis Power is off');
    expect(await inSession((session) => session.powerState())).toBe('off');
  });

  test('a machine that is off is switched on by a cycle', async () => {
    await inSession((session) => session.power('off'));
    const before = (await sim.chassisLog()).length;
    await inSession((session) => session.power('cycle'));
    expect((await sim.chassisLog()).slice(before)).toEqual(['power 1']);
    await inSession((session) => session.power('cycle'));
    // It comes back on some time after the answer.
    await expect
      .poll(async () => (await sim.chassisLog()).slice(before), { timeout: 15_000 })
      .toEqual(['power 1', 'power 0', 'power 1']);
  });

  test('reset and soft are what they are called', async () => {
    const before = (await sim.chassisLog()).length;
    await inSession((session) => session.power('reset'));
    await inSession((session) => session.power('soft'));
    expect((await sim.chassisLog()).slice(before)).toEqual(['reset 1', 'shutdown 1']);
  });

  test('the boot device is set, and ipmitool reads it', async () => {
    const words = { none: 'No override', pxe: 'Force PXE', disk: 'Hard-Drive', cdrom: 'CD', bios: 'BIOS' };
    for (const device of BOOT_DEVICES) {
      await inSession((session) => session.setBootDevice({ device, firmware: 'uefi', persistent: false }));
      const said = await sim.ipmitool('chassis', 'bootparam', 'get', '5');
      expect(said).toMatch(new RegExp(`Boot Device Selector : .*${words[device]}`));
    }
  });

  test('identify is passed on', async () => {
    await inSession((session) => session.identify(15));
    expect((await sim.chassisLog()).at(-1)).toMatch(/^identify 15/);
  });

  test('the BMC says what it is', async () => {
    expect(await inSession((session) => session.info())).toMatchObject({
      vendor: 'Dell',
      firmwareVersion: '9.08',
    });
  });

  test('sessions are given back: more one after the other than it has', async () => {
    for (let count = 0; count < 80; count += 1) await inSession((session) => session.powerState());
    // A work that fails gives its session back as well.
    for (let count = 0; count < 80; count += 1)
      await expect(inSession(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inSession((session) => session.powerState())).toMatch(/on|off/);
  });

  test('many sessions at once', async () => {
    const states = await Promise.all(
      Array.from({ length: 8 }, () => inSession((session) => session.powerState())),
    );
    expect(new Set(states).size).toBe(1);
  });

  test.each([
    ['another password', { password: new Secret('other') }, 'wrong-credentials'],
    ['no password', { password: null }, 'wrong-credentials'],
    ['a user that is not there', { user: 'nobody' }, 'wrong-credentials'],
    ['a password too long for IPMI', { password: new Secret('x'.repeat(21)) }, 'wrong-credentials'],
    ['a suite that it has not', { cipherSuite: 17 }, 'no-cipher'],
  ] as const)('%s', async (_, changes, failure) => {
    await expect(inSession((session) => session.power('on'), changes)).rejects.toMatchObject({ failure });
  });

  test('a user with few rights may look, and not switch', async () => {
    const reader = { user: 'reader', privilege: 'user' } as const;
    expect(await inSession((session) => session.powerState(), reader)).toMatch(/on|off/);
    await expect(inSession((session) => session.power('on'), reader)).rejects.toMatchObject({
      failure: 'privilege',
    });
  });

  test('without the C library it is the same', async () => {
    const plain = createIpmiDriver({
      bindPeers: plainPeers(bindUdp),
      now: () => performance.now(),
      random: randomBytes,
    });
    const { signal } = new AbortController();
    expect(await plain.withSession(target(), (session) => session.powerState(), { signal })).toMatch(
      /on|off/,
    );
    await plain.close();
  });
});
