import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Handoff, HandoffReceipt } from '../../../src/domain/handoff/handoff.ts';
import type { Install } from '../../../src/domain/install/install.ts';
import { settle } from '../../support/fake-clock.ts';
import { DONE } from '../../support/fake-handoffs.ts';
import { must } from '../../support/must.ts';
import { addRecord, addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { macOf } from '../../support/store-records.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEE3CjRYBsFWTY1gBuk19nQhyWGBC97imzE8SA3zZBJD';
let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  await call('PATCH', '/systems/web001', { handoff: 'base', roles: ['web'] });
});
afterEach(() => world.dispose());

const call = async (method: 'GET' | 'POST' | 'PATCH', path: string, body?: object) =>
  (await world.call(method, `/api/v1${path}`, body)).body as never;
const install = async (name = 'web001') =>
  must(((await call('GET', `/systems/${name}`)) as { install: Install }).install, 'an install');
const run = async () => must(((await call('GET', '/handoffs')) as { items: Handoff[] }).items[0], 'a run');
const tick = async () => {
  await world.services.handoffs.tick();
  await settle();
};
/** Arms a system and puts it where its first boot takes it. */
const configure = async (name = 'web001'): Promise<void> => {
  await call('POST', `/systems/${name}/install`, {});
  const { id } = await install(name);
  const change = { state: 'configuring', attemptsUsed: 1, hostKeys: [KEY] } as const;
  await world.store.transaction((tx) => tx.installs.update(id, change, world.nowMs));
};
const inService = async (): Promise<void> => {
  await configure();
  await tick();
  expect((await install()).state).toBe('ready');
};
const addSecond = () => {
  const interfaces = [{ mac: macOf(2), ip: '10.99.0.12' }];
  return addRecord(world, 'systems', {
    name: 'web002',
    profile: 'debian-13',
    interfaces,
    handoff: 'base',
    roles: ['web'],
  });
};
const FAILED = { failure: 'task-failed', message: 'install nginx: no mirror', changed: null } as const;

describe('arming', () => {
  it('writes the chosen hand-off into the install, the system before the profile', async () => {
    await call('PATCH', '/profiles/debian-13', { handoff: 'other' });
    expect(await call('GET', '/systems/web001')).toMatchObject({
      effective: { handoff: { value: 'base', from: 'system' } },
    });
    await call('POST', '/systems/web001/install', {});
    expect((await install()).handoff).toBe('base');
  });
  it('is refused for a name that is not defined, and for one that cannot be used', async () => {
    await call('PATCH', '/systems/web001', { handoff: 'nowhere' });
    expect(await call('POST', '/systems/web001/install', {})).toMatchObject({
      code: 'not-ready',
      detail: expect.stringContaining("no hand-off 'nowhere'"),
    });
    await call('PATCH', '/systems/web001', { handoff: 'base' });
    world.handoffs.problems = ['playbook /srv/site.yml is not there', 'privateKeyFile /srv/key is not there'];
    expect(await call('POST', '/systems/web001/install', {})).toMatchObject({
      detail: expect.stringMatching(/site\.yml is not there; privateKeyFile/),
    });
  });
});

describe('a run of an install', () => {
  it('begins after the first boot, with the address and the reported keys, and makes the system ready', async () => {
    await configure();
    await tick();
    expect(world.handoffs.probes).toMatchObject([
      { need: 'login', target: { system: 'web001', address: '10.99.0.11', port: 22, hostKeys: [KEY] } },
    ]);
    expect(await run()).toMatchObject({ state: 'done', install: (await install()).id, changed: 2 });
    expect(await install()).toMatchObject({ state: 'ready', stage: 'handoff' });
    const { items } = (await call('GET', '/systems/web001/timeline')) as {
      items: { stage: string; message: string }[];
    };
    const told = items.filter(({ stage }) => stage === 'ssh' || stage === 'handoff');
    expect(told.map(({ stage, message }) => `${stage} ${message}`)).toEqual([
      'ssh base: waits until SSH answers',
      'ssh base: SSH answers with the reported host key',
      'handoff base: configures the machine',
      'handoff base: 2 tasks changed something',
    ]);
    await tick();
    expect(world.handoffs.orders).toHaveLength(1);
  });

  it('that fails is tried again by itself, then by retry, without another install', async () => {
    world.handoffs.outcomes = [FAILED, FAILED, DONE];
    await configure();
    await tick();
    expect(await run()).toMatchObject({
      state: 'waiting',
      tries: 1,
      message: expect.stringContaining('tried again in 15 s'),
    });
    await world.powerClock.advance(15_000);
    const failed = await install();
    expect(failed).toMatchObject({
      state: 'failed',
      failure: 'handoff',
      reason: 'a task failed: install nginx: no mirror',
    });
    expect(failed.hint).toContain('provision handoff retry web001');
    await call('POST', '/systems/web001/handoff/retry', {});
    await settle();
    expect(await install()).toMatchObject({
      id: failed.id,
      state: 'ready',
      attemptsUsed: 1,
      reason: null,
      hint: null,
    });
    expect(await call('POST', '/systems/web001/handoff/retry', {})).toMatchObject({ code: 'wrong-state' });
  });

  it('whose definition has gone since it was armed fails with what to do', async () => {
    await configure();
    world.handoffs.problems = ['playbook /srv/site.yml is not there'];
    await tick();
    expect(await install()).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('site.yml is not there'),
    });
  });

  it('that is cancelled fails its install, which can be tried again', async () => {
    world.handoffs.outcomes = [new Promise(() => {}), DONE];
    await configure();
    await tick();
    const { id } = await run();
    expect(await call('POST', `/handoffs/${id}/cancel`, {})).toMatchObject({ state: 'cancelled' });
    expect(await install()).toMatchObject({
      state: 'failed',
      failure: 'handoff',
      reason: 'cancelled by local',
    });
    expect(await call('POST', `/handoffs/${id}/cancel`, {})).toMatchObject({ code: 'wrong-state' });
    await call('POST', '/systems/web001/handoff/retry', {});
    await settle();
    expect((await install()).state).toBe('ready');
  });

  it('ends when its install is cancelled', async () => {
    world.handoffs.outcomes = [new Promise(() => {})];
    await configure();
    await tick();
    expect((await run()).state).toBe('running');
    await call('POST', '/systems/web001/cancel', {});
    await tick();
    expect((await run()).state).toBe('cancelled');
    expect((await install()).state).toBe('cancelled');
  });

  it('waits for its turn where so many run already', async () => {
    world.handoffs.maxConcurrent = 1;
    await addSecond();
    let end = (): void => {};
    world.handoffs.outcomes = [new Promise((resolve) => (end = () => resolve(DONE))), DONE];
    await configure('web001');
    await configure('web002');
    await tick();
    expect(world.handoffs.orders.map(({ target }) => target.system)).toEqual(['web001']);
    end();
    await settle();
    expect((await install('web002')).state).toBe('ready');
  });

  it('goes on after a restart, and says so', async () => {
    world.handoffs.outcomes = [new Promise(() => {}), DONE];
    await configure();
    await tick();
    await world.services.handoffs.stop();
    expect((await run()).state).toBe('running');
    const next = world.handoffs.open();
    await next.resume();
    await settle();
    expect(await run()).toMatchObject({ state: 'done', interruptions: 1 });
    expect((await install()).state).toBe('ready');
    await next.stop();
  });

  it('that our own side fails is gone on with', async () => {
    world.handoffs.outcomes = [() => Promise.reject(new Error('no space left')), DONE];
    await configure();
    await tick();
    expect(world.handoffs.errors).toHaveLength(1);
    await world.powerClock.advance(30_000);
    expect((await install()).state).toBe('ready');
  });
});

describe('a run on machines in service', () => {
  const request = async (body: object) => (await call('POST', '/handoffs', body)) as HandoffReceipt;

  it('only looks, by role, and touches no install', async () => {
    await inService();
    await addSecond();
    const before = await install();
    const receipt = await request({ role: 'web', check: true });
    expect(receipt.skipped).toEqual(['web002']);
    await settle();
    expect(world.handoffs.orders.at(-1)).toMatchObject({ phase: 'checking', target: { hostKeys: [KEY] } });
    expect(await run()).toMatchObject({ state: 'done', check: true, install: null, changed: 2 });
    expect(await install()).toEqual(before);
    const log = await call('GET', `/handoffs/${(await run()).id}/log`);
    expect(log).toMatchObject({ text: expect.stringContaining('TASK [checking]'), over: false });
    const { next } = log as { next: number };
    expect(await call('GET', `/handoffs/${(await run()).id}/log?from=${next}`)).toEqual({
      text: '',
      next,
      over: true,
    });
  });

  it('is refused with the reason for each', async () => {
    await addSecond();
    expect((await request({ systems: ['web002', 'nobody'] })).items).toMatchObject([
      { system: 'web002', refused: { code: 'wrong-state', detail: 'web002 is not in service' } },
      { system: 'nobody', refused: { code: 'not-found' } },
    ]);
    await inService();
    world.handoffs.outcomes = [new Promise(() => {})];
    await request({ systems: ['web001'] });
    await settle();
    expect((await request({ systems: ['web001'] })).items).toMatchObject([
      { refused: { detail: expect.stringContaining('is under way for web001') } },
    ]);
  });
});
