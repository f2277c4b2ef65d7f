import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeActor } from '../../support/actors.ts';
import { type Caller, holderOf, type Method } from '../../support/callers.ts';
import { openPowerWorld } from '../../support/power-world.ts';
import type { ServiceWorld } from '../../support/service-world.ts';
import { leaseWrite, macOf } from '../../support/store-records.ts';

/** web001 has the role web, db001 the role db; the caller is bound to web. */
let world: ServiceWorld;
let web: Caller;
beforeEach(async () => {
  world = await openPowerWorld(2);
  await world.call('PATCH', '/api/v1/systems/web001', { roles: ['web'] });
  await world.call('PATCH', '/api/v1/systems/web002', { name: 'db001', roles: ['db'] });
  web = await holderOf(world, 'ops', 'operator', ['web']);
});
afterEach(() => world.dispose());

const here = (path = '') => `/api/v1/systems/web001${path}`;
const there = (path = '') => `/api/v1/systems/db001${path}`;
const rolesOf = async (name: string) => (await world.store.read.systems.find(name))?.system.roles;

describe('a system outside the scope', () => {
  it.each<[Method, string, object?]>([
    ['GET', ''],
    ['PATCH', '', { comment: 'mine' }],
    ['PATCH', '', { roles: ['web'] }],
    ['DELETE', ''],
    ['POST', '/install', {}],
    ['POST', '/cancel', {}],
    ['POST', '/lock', { reason: 'mine' }],
    ['POST', '/unlock', {}],
    ['GET', '/timeline'],
    ['GET', '/events'],
    ['GET', '/log'],
    ['GET', '/diagnosis'],
    ['GET', '/audit'],
    ['GET', '/power'],
    ['GET', '/bmc'],
    ['GET', '/console'],
    ['PUT', '/boot-device', { device: 'pxe' }],
    ['POST', '/identify', {}],
    ['POST', '/handoff/retry', {}],
  ])('is not there for %s %s', async (method, path, body) => {
    const answer = await web(method, there(path), body);
    const nobody = await web(method, `/api/v1/systems/nobody${path}`, body);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(JSON.stringify(answer.body)).toBe(JSON.stringify(nobody.body).replaceAll('nobody', 'db001'));
  });

  it('stands in no list, by none of the filters', async () => {
    await world.store.dhcp.commitLease({ ...leaseWrite(2, '10.99.0.12'), reserved: true });
    await world.call('POST', '/api/v1/installs', { systems: ['web001', 'db001'] });
    await world.call('POST', '/api/v1/power', { action: 'on', all: true });
    await world.call('POST', '/api/v1/handoffs', { all: true });
    for (const path of [
      'systems',
      'systems?role=db',
      'leases',
      'installs',
      'installs?system=db001',
      'installs/queue',
      'installs/batches',
      'jobs',
      'jobs?system=db001',
      'jobs?ids=1,2,3,4',
      'handoffs',
      'handoffs?system=db001',
      'inventory/ansible',
      'inventory/ansible?system=db001',
      'inventory/ansible?role=db',
      'export',
    ]) {
      const answer = await web('GET', `/api/v1/${path}`);
      expect(`${path} ${answer.status}`).toBe(`${path} 200`);
      expect(`${path} ${/db001|52:54:00:00:00:02/.test(JSON.stringify(answer.body))}`).toBe(`${path} false`);
    }
    const own = JSON.stringify((await web('GET', '/api/v1/jobs')).body);
    expect(own).toContain('web001');
  });

  it('is reached by no number of something of it', async () => {
    await world.call('POST', '/api/v1/power', { action: 'on', systems: ['db001'] });
    const [job] = await world.store.read.jobs.list({}, 1);
    for (const [method, path] of [
      ['GET', `jobs/${job?.job.id}`],
      ['POST', `jobs/${job?.job.id}/cancel`],
    ] as const)
      expect(await web(method, `/api/v1/${path}`, method === 'POST' ? {} : undefined)).toMatchObject({
        status: 404,
      });
    const armed = (await world.call('POST', there('/install'), {})).body as { id: number };
    expect(await web('GET', `/api/v1/installs/${armed.id}`)).toMatchObject({ status: 404 });
  });

  it('is meant by no selection', async () => {
    for (const selection of [
      { systems: ['db001'] },
      { role: 'db' },
      { match: 'db*' },
      { profile: 'debian-13' },
    ]) {
      for (const [path, body] of [
        ['power/status', {}],
        ['power', { action: 'off' }],
        ['handoffs', {}],
        ['installs', {}],
        ['installs/plan', {}],
      ] as const) {
        const answer = await web('POST', `/api/v1/${path}`, { ...selection, ...body });
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
        const { items = [] } = answer.body as {
          items: { system: string; refused?: { code: string }; failure?: string }[];
        };
        for (const item of items.filter(({ system }) => system === 'db001'))
          expect(`${path} ${item.refused?.code ?? item.failure}`).toBe(`${path} not-found`);
      }
    }
    await web('POST', '/api/v1/power', { action: 'off', all: true });
    const jobs = (await world.store.read.jobs.list({}, 100)).map(({ job }) => job.system);
    expect([...new Set(jobs)]).toEqual(['web001']);
    expect(await world.store.read.installs.list({ system: 'db001' }, 10)).toEqual([]);
    expect(await world.store.read.handoffs.list({ system: 'db001' }, 10)).toEqual([]);
  });

  it.each(['db001', macOf(2), '52:54:00:ff:ff:ff'])('is not explained: %s', async (who) => {
    expect(await web('GET', `/api/v1/explain?who=${who}`)).toMatchObject({ status: 404 });
  });

  it('is in no stream of events, also when it leaves the scope while one is open', async () => {
    const told: string[] = [];
    const sink = {
      send: async (events: readonly { message: string }[]) => {
        told.push(...events.map(({ message }) => message));
        return true;
      },
      end: () => {},
    };
    const actor = makeActor('ops', { role: 'operator', scope: ['web'] });
    const feed = await world.services.feed.open({ after: 0 }, sink, actor);
    feed.start();
    await expect(world.services.feed.open({ system: 'db001' }, sink, actor)).rejects.toMatchObject({
      code: 'not-found',
    });
    const idOf = async (name: string) => (await world.store.read.systems.find(name))?.system.id ?? 0;
    const [mine, other] = [await idOf('web001'), await idOf('db001')];
    const tell = async (systemId: number | null, message: string) => {
      const event = { systemId, mac: null, installId: null, stage: 'tftp', outcome: 'ok', data: {} } as const;
      await world.store.addEvents([{ ...event, message, atMs: world.nowMs }]);
      await world.services.feed.tick();
      await new Promise(setImmediate);
    };
    await tell(mine, 'of web001');
    await tell(other, 'of db001');
    await tell(null, 'of a stranger');
    await world.call('PATCH', here(), { roles: ['db'] });
    await tell(mine, 'of what was web001');
    feed.close();
    expect(told).toContain('of web001');
    expect(told.join()).not.toMatch(/db001|stranger|what was/);
  });

  it('is not named where it is in the way', async () => {
    for (const body of [
      { name: 'new', interfaces: [{ mac: macOf(2) }] },
      { name: 'db001', interfaces: [{ mac: macOf(7) }] },
    ]) {
      const answer = await web('POST', '/api/v1/systems', { ...body, profile: 'debian-13', roles: ['web'] });
      expect(answer).toMatchObject({
        status: 409,
        body: { conflict: { holder: 'a system outside your scope' } },
      });
      expect(JSON.stringify(answer.body).replaceAll(body.name, '')).not.toContain('db001');
      const plain = await world.call('POST', '/api/v1/systems', { ...body, profile: 'debian-13' });
      expect(plain).toMatchObject({ status: 409, body: { conflict: { holder: 'system db001' } } });
    }
  });
});

describe('roles, which make the scope,', () => {
  const add = (roles: readonly string[]) =>
    web('POST', '/api/v1/systems', {
      name: 'web009',
      profile: 'debian-13',
      interfaces: [{ mac: macOf(9) }],
      roles,
    });

  it.each([[[]], [['db']], [['web', 'db']]])('of a new system cannot be %j', async (roles) => {
    expect(await add(roles)).toMatchObject({ status: 422, body: { problems: [{ path: 'roles' }] } });
  });

  it('of a new system can be one of the scope', async () => {
    expect(await add(['web'])).toMatchObject({ status: 201 });
  });

  it.each([[[]], [['db']], [['web', 'db']]])('cannot be changed to %j', async (roles) => {
    expect(await web('PATCH', here(), { roles })).toMatchObject({ status: 422 });
    expect(await rolesOf('web001')).toEqual(['web']);
  });

  it('cannot be changed by a document either', async () => {
    const system = (name: string, roles: readonly string[]) => ({
      records: { systems: [{ name, profile: 'debian-13', roles, interfaces: [{ mac: macOf(8) }] }] },
    });
    for (const body of [system('web001', ['db']), system('db001', ['web']), system('web008', [])])
      expect((await web('POST', '/api/v1/apply', body)).status).toBeGreaterThanOrEqual(400);
    expect(await rolesOf('web001')).toEqual(['web']);
    expect(await rolesOf('db001')).toEqual(['db']);
    expect(await web('POST', '/api/v1/apply', { records: { systems: [] }, remove: true })).toMatchObject({
      status: 200,
    });
    expect(await rolesOf('db001')).toEqual(['db']);
  });
});

describe('what concerns every system', () => {
  it.each([
    ['GET', 'doctor'],
    ['GET', 'audit'],
    ['GET', 'notifications'],
    ['POST', 'installs/queue/move'],
  ] as const)('is refused: %s %s', async (method, path) => {
    const answer = await web(method, `/api/v1/${path}`, method === 'POST' ? {} : undefined);
    expect(answer).toMatchObject({ status: 403, body: { code: 'not-permitted' } });
  });
});
