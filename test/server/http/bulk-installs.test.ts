import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  BatchProgress,
  BatchReceipt,
  InstallPlan,
  QueueView,
} from '../../../src/domain/install/install-batch.ts';
import { powerUpRecord } from '../../support/power-up-records.ts';
import {
  addRecord,
  addRecords,
  fileOf,
  openServiceWorld,
  type ServiceWorld,
} from '../../support/service-world.ts';
import { macOf } from '../../support/store-records.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  for (const number of [2, 3, 4]) {
    const interfaces = [{ mac: macOf(number) }];
    await addRecord(world, 'systems', {
      name: `web00${number}`,
      profile: 'debian-13',
      interfaces,
      roles: ['web'],
    });
  }
  world.installEdges.powerUps.prepare = async () => powerUpRecord();
});
afterEach(() => world.dispose());

const START = '/api/v1/installs';

async function start(body: object): Promise<BatchReceipt> {
  const answer = await world.call('POST', START, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  return answer.body as BatchReceipt;
}

async function plan(body: object): Promise<InstallPlan> {
  return (await world.call('POST', `${START}/plan`, body)).body as InstallPlan;
}

const outcomes = ({ items }: BatchReceipt) => items.map(({ system, outcome }) => `${system} ${outcome}`);
const show = async (id: string | null) =>
  (await world.call('GET', `${START}/batches/${id}`)).body as BatchProgress;

/** Looks once, as the service does every second. */
async function look(): Promise<void> {
  await world.services.installQueue.queue.tick();
  await world.services.installQueue.queue.idle();
}

/** The machine is in service. */
async function putInService(name: string): Promise<void> {
  await world.call('POST', `/api/v1/systems/${name}/install`, {});
  const found = await world.store.read.systems.find(name);
  const id = found?.system.install?.id ?? 0;
  for (const kind of ['script-served', 'answer-served'] as const)
    await world.services.installs.observe(id, { kind });
  await world.services.installs.observe(id, { kind: 'first-boot', hostKeys: [] });
}

describe('installs of many machines', () => {
  it('are queued one by one, with a batch that shows how far they are', async () => {
    const receipt = await start({ role: 'web', attempts: 2 });
    expect(outcomes(receipt)).toEqual(['web002 queued', 'web003 queued', 'web004 queued']);
    expect(receipt.items[1]?.install).toMatchObject({ position: 2, batch: receipt.batch, attempts: 2 });
    await look();
    expect(await show(receipt.batch)).toMatchObject({
      requestedBy: 'local',
      selection: 'role web',
      stopped: null,
      refused: [],
      isOver: false,
      counts: { armed: 3 },
      items: [{ system: 'web002' }, { system: 'web003' }, { system: 'web004' }],
    });
    expect((await world.call('GET', `${START}/batches`)).body).toMatchObject({
      items: [{ id: receipt.batch }],
    });
  });

  it('leave out who is refused, with every reason', async () => {
    await world.call('PATCH', '/api/v1/systems/web003', { kernelArgs: ['{{nothing}}'] });
    await world.call('POST', '/api/v1/systems/web004/install', {});
    const receipt = await start({ systems: ['web004', 'web003', 'nobody', 'web002'] });
    expect(outcomes(receipt)).toEqual([
      'web004 refused',
      'web003 refused',
      'web002 queued',
      'nobody refused',
    ]);
    expect(receipt.items.map(({ refused }) => refused?.code)).toEqual([
      'wrong-state',
      'not-ready',
      undefined,
      'not-found',
    ]);
    expect(receipt.items[1]?.refused?.problems).toMatchObject([{ path: 'kernelArgs' }]);
    expect((await show(receipt.batch)).refused.map(({ system }) => system)).toEqual([
      'web004',
      'web003',
      'nobody',
    ]);
  });

  it('leave nothing behind where everybody is refused', async () => {
    rmSync(fileOf(world, 'linux'));
    expect(await start({ role: 'web' })).toMatchObject({ batch: null, items: [{}, {}, {}] });
    expect((await world.call('GET', `${START}/batches`)).body).toEqual({ items: [] });
    expect(await start({ role: 'db' })).toEqual({ batch: null, items: [] });
  });

  it('are all or none where that is asked for', async () => {
    await world.call('PATCH', '/api/v1/systems/web003', { kernelArgs: ['{{nothing}}'] });
    expect(await world.call('POST', START, { role: 'web', allOrNone: true })).toMatchObject({
      status: 422,
      body: {
        code: 'not-ready',
        problems: [{ path: 'web003', message: expect.stringContaining('kernelArgs') }],
      },
    });
    expect((await world.call('GET', START)).body).toEqual({ items: [] });
    await world.call('PATCH', '/api/v1/systems/web003', { kernelArgs: [] });
    expect(outcomes(await start({ role: 'web', allOrNone: true }))).toHaveLength(3);
  });

  it.each([
    [{}, 'systems'],
    [{ role: 'web', match: 'web*' }, 'systems'],
    [{ all: true }, 'all'],
    [{ role: 'web', stopAfterFailures: 0 }, 'stopAfterFailures'],
    [{ role: 'web', yesWipe: ['web002'], yesWipeCount: 1 }, 'yesWipeCount'],
  ])('are refused as %j', async (body, path) => {
    const answer = await world.call('POST', START, body);
    expect(answer.status).toBe(422);
    expect((answer.body as { problems: { path: string }[] }).problems.map((one) => one.path)).toContain(path);
  });
});

describe('machines in service', () => {
  beforeEach(async () => {
    for (const name of ['web002', 'web003']) await putInService(name);
  });

  it('are not wiped unasked, and the others go on', async () => {
    const receipt = await start({ role: 'web', yesWipe: ['web003'] });
    expect(outcomes(receipt)).toEqual(['web002 refused', 'web003 queued', 'web004 queued']);
    expect(receipt.items[0]?.refused).toMatchObject({
      code: 'wrong-state',
      detail: expect.stringMatching(/^system 'web002' is in service since /),
      hint: expect.stringContaining('--yes-wipe web002'),
    });
  });

  it.each([0, 1, 3])('are not wiped where %i were counted, and nothing is begun', async (yesWipeCount) => {
    expect(await world.call('POST', START, { role: 'web', yesWipeCount })).toMatchObject({
      status: 409,
      body: {
        detail: `2 machines in service would be wiped, not ${yesWipeCount}: web002, web003; nothing was begun`,
      },
    });
    expect((await world.call('GET', `${START}?live=true`)).body).toEqual({ items: [] });
  });

  it('are wiped where exactly so many were counted: those that are refused anyway do not count', async () => {
    await world.call('PATCH', '/api/v1/systems/web002', { kernelArgs: ['{{nothing}}'] });
    const receipt = await start({ role: 'web', yesWipeCount: 1 });
    expect(outcomes(receipt)).toEqual(['web002 refused', 'web003 queued', 'web004 queued']);
  });

  it('are not wiped by a word that was given before they were in service', async () => {
    const receipt = await start({ systems: ['web004'], yesWipe: ['web004'] });
    const queued = await world.store.read.queue.find(receipt.items[0]?.install?.id ?? 0);
    expect(queued?.input.yesWipe).toBeUndefined();
    expect((await start({ systems: ['web002'], yesWipe: ['web002'] })).items[0]).toMatchObject({
      outcome: 'queued',
    });
    await look();
    expect(await show(receipt.batch)).toMatchObject({ counts: { armed: 1 } });
  });

  it('are named by a plan', async () => {
    expect(await plan({ role: 'web' })).toMatchObject({
      wipes: ['web002', 'web003'],
      items: [{ wipes: expect.any(String) }, { wipes: expect.any(String) }, { wipes: null }],
    });
  });
});

describe('a plan', () => {
  it('says what would happen, and changes nothing', async () => {
    world.installEdges.limits = { maxConcurrentInstalls: 2, jitterMs: 5000 };
    await world.call('PATCH', '/api/v1/systems/web003', { kernelArgs: ['{{nothing}}'] });
    world.installEdges.powerUps.prepare = async ({ name }) =>
      name === 'web004' ? null : powerUpRecord(true);
    await world.call('POST', '/api/v1/systems/web001/install', {});
    const told = await plan({ match: 'web00?' });
    expect(told).toMatchObject({
      selection: 'names like web00?',
      maxConcurrentInstalls: 2,
      jitterSeconds: 5,
      running: 1,
      queued: 0,
      waves: 1,
      wipes: [],
      items: [
        { system: 'web001', refused: { code: 'wrong-state' }, wave: null },
        { system: 'web002', refused: null, place: 1, wave: 1, handoff: 'none', power: { switchesOff: true } },
        { system: 'web003', refused: { code: 'not-ready' }, wave: null },
        { system: 'web004', refused: null, place: null, wave: 1, power: null },
      ],
    });
    expect(((await world.call('GET', START)).body as { items: object[] }).items).toHaveLength(1);
  });

  it('counts waves on from those that are under way and wait', async () => {
    world.installEdges.limits = { maxConcurrentInstalls: 2, jitterMs: 0 };
    for (const name of ['web001', 'web002']) await world.call('POST', `/api/v1/systems/${name}/install`, {});
    const told = await plan({ systems: ['web003', 'web004'] });
    expect(told.items.map(({ place, wave }) => [place, wave])).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });
});

describe('the queue', () => {
  beforeEach(() => {
    world.installEdges.limits = { maxConcurrentInstalls: 1, jitterMs: 0 };
  });

  it('shows who waits, takes in who is asked for alone, and is reordered', async () => {
    await start({ role: 'web' });
    await look();
    const alone = await world.call('POST', '/api/v1/systems/web001/install', {});
    expect(alone).toMatchObject({ status: 201, body: { state: 'queued', position: 3 } });
    const moved = await world.call('POST', `${START}/queue/move`, { system: 'web001', to: 'first' });
    expect(moved).toMatchObject({ status: 200, body: { position: 1 } });
    const { items, running } = (await world.call('GET', `${START}/queue`)).body as QueueView;
    expect(running).toBe(1);
    expect(items.map(({ install }) => install.system)).toEqual(['web001', 'web003', 'web004']);
  });

  it('loses a batch that is cancelled: what waits, or all of it', async () => {
    const { batch } = await start({ role: 'web' });
    await look();
    const cancel = `${START}/batches/${batch}/cancel`;
    expect(await world.call('POST', cancel, { queuedOnly: true })).toMatchObject({
      status: 200,
      body: { counts: { armed: 1, cancelled: 2 }, isOver: false },
    });
    expect(await world.call('POST', cancel, {})).toMatchObject({
      body: { counts: { cancelled: 3 }, isOver: true },
    });
    expect(await world.call('POST', `${START}/batches/none/cancel`, {})).toMatchObject({ status: 404 });
  });

  it('is among the installs that are listed and shown', async () => {
    await start({ role: 'web' });
    await look();
    const list = async (query: string) =>
      ((await world.call('GET', `${START}?${query}`)).body as { items: { system: string }[] }).items.map(
        ({ system }) => system,
      );
    expect(await list('')).toEqual(['web004', 'web003', 'web002']);
    expect(await list('state=queued')).toEqual(['web004', 'web003']);
    expect(await list('live=false')).toEqual([]);
    expect(await list('system=web002&limit=1')).toEqual(['web002']);
    expect(await world.call('GET', `${START}?stat=x`)).toMatchObject({ status: 422 });
    expect(await world.call('GET', `${START}/1`)).toMatchObject({ body: { system: 'web002' } });
    expect(await world.call('GET', `${START}/99`)).toMatchObject({ status: 404 });
    expect(await world.call('GET', `${START}/x`)).toMatchObject({ status: 422 });
  });
});
