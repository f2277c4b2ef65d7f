import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/domain/access/secret.ts';
import type { BmcSession } from '../../../src/domain/power/bmc-driver.ts';
import { IpmiWorld } from '../../support/ipmi-world.ts';

const CHASSIS_CONTROL = 0x0002;
const GET_CHASSIS_STATUS = 0x0001;
const SET_PRIVILEGE = 0x063b;
const CLOSE_SESSION = 0x063c;
/** Payload types of packets, in the byte behind the RMCP header and the format. */
const OPEN_SESSION = 0x10;
const RAKP_1 = 0x12;
const RAKP_3 = 0x14;

const state = (session: BmcSession) => session.powerState();
const payloadType = (bytes: Buffer): number => (bytes[5] ?? 0) & 0x3f;
const heard = (world: IpmiWorld): number[] => world.bmc.heard.map(({ code }) => code);

describe('what a session costs', () => {
  test('reading takes no privilege beyond what a session begins with', async () => {
    const world = new IpmiWorld();
    expect(await world.inSession(state)).toBe('on');
    expect(heard(world)).toEqual([GET_CHASSIS_STATUS, CLOSE_SESSION]);
    expect(world.sent).toHaveLength(5);
  });

  test('switching raises it once', async () => {
    const world = new IpmiWorld();
    await world.inSession(async (session) => {
      await session.power('off');
      await session.power('on');
    });
    expect(heard(world)).toEqual([SET_PRIVILEGE, CHASSIS_CONTROL, CHASSIS_CONTROL, CLOSE_SESSION]);
  });

  test('no timer runs between sessions, and one socket is enough', async () => {
    const world = new IpmiWorld();
    for (let count = 0; count < 3; count += 1) await world.inSession(state);
    expect(world.net.timers.waiting).toBe(0);
    expect(world.socketsOpen).toBe(1);
    await world.driver.close();
    expect(world.socketsOpen).toBe(0);
  });
});

describe('cipher suites', () => {
  const suitesAsked = (world: IpmiWorld): number[] =>
    world.sent.filter((bytes) => payloadType(bytes) === OPEN_SESSION).map((bytes) => bytes[28] ?? 0);

  test('17, then 3, and what has worked is remembered', async () => {
    const world = new IpmiWorld({ suites: [3] });
    await world.inSession(state);
    await world.inSession(state);
    expect(suitesAsked(world)).toEqual([3, 1, 1]);
  });

  test('a BMC that has learnt another suite is found again', async () => {
    const remembered = new Map([['10.0.0.9 623', 3 as const]]);
    const suites = { find: (bmc: string) => remembered.get(bmc), remember: () => {} };
    const world = new IpmiWorld({ suites: [17] }, { suites });
    await world.inSession(state);
    expect(suitesAsked(world)).toEqual([1, 3]);
  });

  test('a BMC that says nothing to suite 17, but is there, is asked for 3', async () => {
    const world = new IpmiWorld();
    world.passes = (bytes) => payloadType(bytes) !== OPEN_SESSION || bytes[28] !== 3;
    expect(await world.inSession(state)).toBe('on');
    expect(suitesAsked(world)).toEqual([3, 3, 3, 3, 1]);
  });

  test('0 is never proposed', async () => {
    const world = new IpmiWorld({ suites: [0] });
    await expect(world.inSession(state)).rejects.toMatchObject({ failure: 'no-cipher' });
    expect(suitesAsked(world)).toEqual([3, 1]);
  });
});

describe('silence', () => {
  test('of the whole BMC: unreachable, after four tries', async () => {
    const world = new IpmiWorld();
    world.passes = () => false;
    await expect(world.inSession(state)).rejects.toMatchObject({ failure: 'unreachable' });
    expect(world.sent.filter((bytes) => payloadType(bytes) === OPEN_SESSION)).toHaveLength(4);
    expect(world.net.timers.nowMs).toBeLessThan(8_000);
  });

  test.each([
    ['RAKP 1', RAKP_1],
    ['RAKP 3', RAKP_3],
  ])('to %s: timeout', async (message, type) => {
    const world = new IpmiWorld();
    world.passes = (bytes) => payloadType(bytes) !== type;
    await expect(world.inSession(state)).rejects.toMatchObject({
      failure: 'timeout',
      message: `no answer to ${message}`,
    });
  });

  test('every packet may be lost once', async () => {
    const world = new IpmiWorld({ suites: [3] });
    let count = 0;
    world.passes = () => {
      count += 1;
      return count % 2 === 0;
    };
    expect(await world.inSession(state)).toBe('on');
  });

  test('a lost answer to `off` is asked for again', async () => {
    const world = new IpmiWorld({ losesAnswerTo: [CHASSIS_CONTROL] });
    await world.inSession((session) => session.power('off'));
    expect(heard(world).filter((code) => code === CHASSIS_CONTROL)).toHaveLength(2);
  });

  test.each(['cycle', 'reset'] as const)('`%s` is never sent twice', async (action) => {
    const world = new IpmiWorld({ losesAnswerTo: [CHASSIS_CONTROL] });
    await expect(world.inSession((session) => session.power(action))).rejects.toMatchObject({
      failure: 'timeout',
    });
    expect(heard(world).filter((code) => code === CHASSIS_CONTROL)).toHaveLength(1);
  });
});

describe('a session is given back', () => {
  test('when the work fails', async () => {
    const world = new IpmiWorld();
    await expect(world.inSession(() => Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect(heard(world)).toEqual([CLOSE_SESSION]);
  });

  test('when the password is wrong', async () => {
    const world = new IpmiWorld({ sessionSlots: 1 });
    const wrong = { password: new Secret('other') };
    await expect(world.inSession(state, wrong)).rejects.toMatchObject({ failure: 'wrong-credentials' });
    expect(await world.inSession(state)).toBe('on');
  });

  test('when nobody waits any more, and without waiting for the BMC', async () => {
    const world = new IpmiWorld();
    const stop = new AbortController();
    const reason = new Error('cancelled');
    const work = async (session: BmcSession) => {
      stop.abort(reason);
      await session.powerState();
    };
    await expect(world.inSession(work, {}, stop.signal)).rejects.toBe(reason);
    expect(world.net.timers.nowMs).toBe(0);
    expect(heard(world)).toEqual([CLOSE_SESSION]);
  });
});

describe('who is not the BMC', () => {
  test('cannot end a session by garbage', async () => {
    const malformed: string[] = [];
    const world = new IpmiWorld({}, { onMalformed: (_, error) => malformed.push(error.message) });
    world.net.tamper = (answer) => [Buffer.from('no RMCP'), answer];
    expect(await world.inSession(state)).toBe('on');
    expect(new Set(malformed)).toEqual(new Set(['RMCP version 110, not 6']));
  });

  test('an address that is none is refused before anything is sent', async () => {
    const world = new IpmiWorld();
    const nowhere = { address: 'bmc.example' };
    await expect(world.inSession(state, nowhere)).rejects.toMatchObject({ failure: 'unreachable' });
    expect(world.sent).toEqual([]);
  });

  test('no socket is an outcome as well', async () => {
    const world = new IpmiWorld();
    world.bindRefusal = 'EMFILE';
    await expect(world.inSession(state)).rejects.toMatchObject({ failure: 'unreachable' });
    world.bindRefusal = undefined;
    expect(await world.inSession(state)).toBe('on');
  });
});

describe('a check', () => {
  const check = (world: IpmiWorld) => {
    const { signal } = new AbortController();
    return world.net.run(Promise.resolve(world.driver.check?.(world.target(), { signal })));
  };

  test('finds a BMC that lets in anybody, and takes back what it began', async () => {
    const world = new IpmiWorld({ suites: [0, 3, 17] });
    expect(await check(world)).toMatchObject([{ name: 'cipher suite 0', state: 'problem' }]);
    expect(world.sent.map(payloadType)).toEqual([OPEN_SESSION, RAKP_3]);
    expect(world.bmc.sessions.opened).toBe(0);
  });

  test('finds nothing about others', async () => {
    expect(await check(new IpmiWorld())).toEqual([]);
  });
});

describe('IPMI 1.5, where it was asked for', () => {
  const old = { protocol: '1.5' } as const;

  test('works', async () => {
    const world = new IpmiWorld({ ipmi15: true });
    await world.inSession((session) => session.power('off'), old);
    expect(await world.inSession(state, old)).toBe('off');
  });

  test.each([
    ['another password', {}, { password: new Secret('other') }, 'wrong-credentials'],
    ['a password of 17 bytes', {}, { password: new Secret('x'.repeat(17)) }, 'wrong-credentials'],
    ['a user that is not there', {}, { user: 'nobody' }, 'wrong-credentials'],
    ['a BMC that has it not', { ipmi15: false }, {}, 'no-cipher'],
  ] as const)('%s', async (_, options, changes, failure) => {
    const world = new IpmiWorld({ ipmi15: true, ...options });
    await expect(world.inSession(state, { ...old, ...changes })).rejects.toMatchObject({ failure });
  });
});
