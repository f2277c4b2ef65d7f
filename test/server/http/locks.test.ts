import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INSTALL_STATES, MAY_WIPE_STATES } from '../../../src/domain/install/install.ts';
import type { InstallChange } from '../../../src/domain/install/install-state.ts';
import type { System } from '../../../src/domain/records/system.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

const post = (verb: string, body: object = {}) => world.call('POST', `/api/v1/systems/web001/${verb}`, body);
const lock = (reason = 'customer data') => post('lock', { reason });
const arm = (body: object = {}) => post('install', body);
const system = async () => (await world.call('GET', '/api/v1/systems/web001')).body as System;

async function force(change: InstallChange): Promise<void> {
  const id = (await system()).install?.id ?? 0;
  await world.store.transaction((tx) => tx.installs.update(id, change, world.nowMs));
}
async function bringIntoService(): Promise<void> {
  await arm();
  await force({ state: 'installing', attemptsUsed: 1 });
  await force({ state: 'ready' });
}
const refusal = (...paths: string[]) => ({
  status: 422,
  body: { code: 'not-ready', problems: paths.map((path) => ({ path })) },
});

describe('a lock', () => {
  it('keeps everybody from arming, and says who, when and why', async () => {
    const said = { reason: 'customer data', by: 'local', at: '2026-11-22T09:00:00.000Z' };
    expect(await lock()).toMatchObject({ status: 200, body: { name: 'web001', lock: said } });
    expect(await system()).toMatchObject({ lock: said, install: null });
    for (const body of [{}, { yesWipe: 'web001' }]) {
      const answer = await arm(body);
      expect(answer).toMatchObject(refusal('lock'));
      expect(JSON.stringify(answer.body)).toContain(
        'locked by local at 2026-11-22T09:00:00.000Z: customer data; provision system unlock web001',
      );
    }
    expect(await post('unlock')).toMatchObject({ status: 200, body: { lock: null } });
    expect(await arm()).toMatchObject({ status: 201 });
  });

  it('is told beside every other reason', async () => {
    await lock();
    world.templates.delete('debian-13.preseed');
    expect(await arm({ yesWipe: 'web002' })).toMatchObject(refusal('answerFile', 'lock', 'yesWipe'));
  });

  it('may be said anew, and goes with its system', async () => {
    await lock();
    world.nowMs += 1000;
    expect(await lock('more')).toMatchObject({
      body: { lock: { reason: 'more', at: '2026-11-22T09:00:01.000Z' } },
    });
    expect(await world.call('DELETE', '/api/v1/systems/web001')).toMatchObject({ status: 204 });
  });

  it.each(INSTALL_STATES)('cannot come too late: an install that is %s', async (state) => {
    await arm();
    await force({ state });
    const mayWipe = MAY_WIPE_STATES.includes(state);
    expect(await lock()).toMatchObject(
      mayWipe ? { status: 409, body: { code: 'wrong-state' } } : { status: 200 },
    );
    expect((await system()).lock === null).toBe(mayWipe);
  });

  it.each([
    {},
    { reason: '' },
    { reason: ' ' },
    { reason: 'a\nb' },
    { reason: 'x'.repeat(501) },
    { why: 'x' },
  ])('needs a reason of one line: %j', async (body) => {
    expect(await post('lock', body)).toMatchObject({ status: 422, body: { code: 'invalid' } });
  });

  it('is not taken away where there is none', async () => {
    expect(await post('unlock')).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    for (const verb of ['lock', 'unlock'])
      expect(await world.call('POST', `/api/v1/systems/nothing/${verb}`, { reason: 'x' })).toMatchObject({
        status: 404,
      });
  });
});

describe('a system in service', () => {
  it('is armed by its name only', async () => {
    await bringIntoService();
    expect(await system()).toMatchObject({ inService: '2026-11-22T09:00:00.000Z' });
    const refused = await arm();
    expect(refused).toMatchObject(refusal('yesWipe'));
    expect(JSON.stringify(refused.body)).toContain('--yes-wipe web001');
    for (const yesWipe of ['', 'web002', 'WEB001'])
      expect(await arm({ yesWipe })).toMatchObject(refusal('yesWipe'));
    expect(await arm({ yesWipe: 'web001' })).toMatchObject({ status: 201 });
    expect(await system()).toMatchObject({ inService: '2026-11-22T09:00:00.000Z' });
  });

  it('is one no longer once its answer file was handed out', async () => {
    await bringIntoService();
    await arm({ yesWipe: 'web001' });
    await force({ state: 'installing', attemptsUsed: 1 });
    await force({ state: 'failed' });
    expect(await system()).toMatchObject({ inService: null });
    expect(await arm()).toMatchObject({ status: 201 });
  });
});
