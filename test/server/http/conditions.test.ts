import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL } from '../../../src/services/deps.ts';
import { idempotencyService } from '../../../src/services/records/idempotency.ts';
import { inject, jsonBody } from '../../support/inject.ts';
import {
  addRecords,
  bodies,
  openServiceWorld,
  SECRET_HASH,
  type ServiceWorld,
} from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

function send(method: Method, url: string, body: unknown, headers: Record<string, string>) {
  const { headers: usual, ...payload } = jsonBody(body) as { headers?: Record<string, string> };
  return inject(world.local, {
    method,
    url: `/api/v1/${url}`,
    ...payload,
    headers: { ...usual, ...headers },
  });
}

const shown = async (url: string) =>
  (await world.call('GET', `/api/v1/${url}`)).body as Record<string, unknown>;

describe('a revision', () => {
  beforeEach(() => addRecords(world));

  it('is the ETag of every answer that shows the record', async () => {
    expect((await send('GET', 'systems/web001', undefined, {})).headers).toMatchObject({ etag: '"1"' });
    const changed = await send('PATCH', 'systems/web001', { comment: 'x' }, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  });

  it.each<[Method, unknown]>([
    ['PATCH', { comment: 'y' }],
    ['PUT', { profile: 'debian-13', interfaces: [{ mac: '52:54:00:00:00:01' }] }],
    ['DELETE', undefined],
  ])('that is another one by now stops %s', async (method, body) => {
    await world.call('PATCH', '/api/v1/systems/web001', { comment: 'x' });
    const lost = await send(method, 'systems/web001', body, { 'if-match': '"1"' });
    expect(lost).toMatchObject({ status: 412, body: { code: 'stale-revision' } });
    expect(await shown('systems/web001')).toMatchObject({ comment: 'x', revision: 2 });
  });

  it('stays what it was where nothing is changed, and nothing is in the audit', async () => {
    const rows = async () =>
      ((await world.call('GET', '/api/v1/audit')).body as { items: unknown[] }).items.length;
    const before = await rows();
    const { system, subnet } = bodies(world);
    for (const [method, path, body] of [
      ['PATCH', 'systems/web001', {}],
      ['PATCH', 'systems/web001', { comment: '' }],
      ['PUT', 'systems/web001', system],
      ['PUT', 'subnets/lab', subnet],
    ] as const)
      expect(await send(method, path, body, {})).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    expect(await rows()).toBe(before);
  });

  it('that the caller has already is not sent again, except of systems, whose power has no revision', async () => {
    const known = { 'if-none-match': 'W/"1"' };
    expect(await send('GET', 'profiles/debian-13', undefined, known)).toMatchObject({
      status: 304,
      body: '',
    });
    expect(await send('GET', 'systems/web001', undefined, known)).toMatchObject({ status: 200 });
    expect(await send('GET', 'subnets/lab', undefined, { 'if-none-match': '"2"' })).toMatchObject({
      status: 200,
    });
  });
});

describe('PUT', () => {
  beforeEach(() => addRecords(world));

  it('makes the record what it says, and keeps the secrets that it does not name', async () => {
    const system = { profile: 'debian-13', interfaces: [{ mac: '52:54:00:00:00:01', ip: '10.99.0.12' }] };
    await world.call('PATCH', '/api/v1/systems/web001', {
      comment: 'x',
      settings: { timezone: 'Etc/UTC', rootPasswordHash: SECRET_HASH },
    });
    expect(await world.call('PUT', '/api/v1/systems/web001', system)).toMatchObject({
      status: 200,
      body: { name: 'web001', comment: '', settings: {}, secretsSet: ['rootPasswordHash'], revision: 3 },
    });
    const gone = { ...system, settings: { rootPasswordHash: null } };
    expect(await world.call('PUT', '/api/v1/systems/web001', gone)).toMatchObject({
      body: { secretsSet: [] },
    });
  });

  it('of a profile takes nothing from the shipped one', async () => {
    const body = { distro: 'debian-13', answerFile: 'own.preseed', answerKind: 'preseed' };
    expect(await world.call('PUT', '/api/v1/profiles/debian-13', body)).toMatchObject({
      status: 200,
      body: { answerFile: 'own.preseed', kernelArgs: [] },
    });
  });

  it('of what is not there, or of half a record, is refused', async () => {
    const half = await world.call('PUT', '/api/v1/systems/web001', { profile: 'debian-13' });
    expect(half).toMatchObject({ status: 422, body: { problems: [{ path: 'interfaces' }] } });
    const { system } = bodies(world);
    expect(await world.call('PUT', '/api/v1/systems/no', { ...system, name: 'no' })).toMatchObject({
      status: 404,
    });
    expect(await world.call('PUT', '/api/v1/systems/web001', [])).toMatchObject({ status: 422 });
  });
});

describe('a dry run', () => {
  it('says what would come of it, and writes nothing', async () => {
    await addRecords(world);
    const before = await shown('export');
    const url = '/api/v1/systems/web001?dryRun=1';
    const secret = { comment: 'x', settings: { rootPasswordHash: SECRET_HASH } };
    const edited = await world.call('PATCH', url, secret);
    expect(edited).toMatchObject({
      status: 200,
      body: {
        dryRun: true,
        action: 'updated',
        before: { comment: '' },
        after: { comment: 'x', revision: 2 },
        changes: [
          { path: 'settings.rootPasswordHash', from: null, to: 'set' },
          { path: 'comment', from: '', to: 'x' },
        ],
      },
    });
    expect(JSON.stringify(edited.body)).not.toContain(SECRET_HASH);
    expect(await world.call('PATCH', url, {})).toMatchObject({ body: { action: 'unchanged', changes: [] } });
    expect(await world.call('DELETE', url)).toMatchObject({ body: { action: 'removed', after: null } });
    const { system } = bodies(world);
    const other = { ...system, name: 'b', interfaces: [{ mac: '52:54:00:00:00:09', ip: 'auto' }] };
    expect(await world.call('POST', '/api/v1/systems?dryRun=true', other)).toMatchObject({
      status: 200,
      body: { action: 'added', before: null, after: { interfaces: [{ ip: '10.99.0.1' }] } },
    });
    expect(await world.call('POST', '/api/v1/systems?dryRun=1', { ...system, name: 'b' })).toMatchObject({
      status: 409,
      body: { code: 'address-taken' },
    });
    expect(await world.call('PATCH', '/api/v1/systems/web001?dryrun=1', {})).toMatchObject({ status: 422 });
    expect(await shown('export')).toEqual(before);
  });
});

describe('an Idempotency-Key', () => {
  const add = (key: string, change: object = {}) =>
    send('POST', 'distros', { ...bodies(world).distro, ...change }, { 'idempotency-key': key });

  it('makes the same request happen once, and answers it the same', async () => {
    const first = await add('k1');
    const again = await add('k1');
    expect(first).toMatchObject({ status: 201 });
    expect(again).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' } });
    expect(again.body).toEqual(first.body);
    expect(await add('k2')).toMatchObject({ status: 409, body: { code: 'name-taken' } });
  });

  it('does not stand for another request', async () => {
    await add('k1');
    expect(await add('k1', { version: '14' })).toMatchObject({ status: 422, body: { code: 'key-reused' } });
  });

  it('of a request that was refused can be sent again when it is mended elsewhere', async () => {
    await add('k1');
    expect(await add('k2')).toMatchObject({ status: 409 });
    await world.call('DELETE', '/api/v1/distros/debian-13');
    expect(await add('k2')).toMatchObject({ status: 201 });
  });

  it('is over after a day', async () => {
    await add('k1');
    world.nowMs += 24 * 3_600_000 + 1;
    await world.services.idempotency.prune();
    expect(await add('k1')).toMatchObject({ status: 409, body: { code: 'name-taken' } });
  });

  it('lets one of two at the same time through', async () => {
    const both = await Promise.all([add('k1'), add('k1')]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'in-progress' });
    expect(await add('k1')).toMatchObject({ status: 201 });
  });

  it('keeps no answer in which there is a secret, nor does it do it again', async () => {
    const token = () => send('POST', 'tokens', { name: 'ci', role: 'viewer' }, { 'idempotency-key': 'k1' });
    expect(await token()).toMatchObject({ status: 201 });
    expect(await token()).toMatchObject({ status: 409, body: { code: 'not-replayable' } });
    const kept = await world.store.read.idempotency.find('local:local', 'k1');
    expect(kept).toMatchObject({ answer: { status: 201, body: null } });
  });

  it('of which nobody knows how it ended is not done again', async () => {
    const call = { key: 'k1', actor: LOCAL, method: 'POST' };
    const body = JSON.stringify(bodies(world).distro);
    // The service ends between the beginning and the end.
    await idempotencyService(world.deps).begin({ ...call, target: '/api/v1/distros', body });
    expect(await add('k1')).toMatchObject({ status: 409, body: { code: 'not-replayable' } });
  });

  it('whose answer could not be written down is not taken for one that is still being done', async () => {
    let isFull = false;
    const store: typeof world.store = {
      ...world.store,
      read: world.store.read,
      transaction: (work) =>
        isFull ? Promise.reject(new Error('the disk is full')) : world.store.transaction(work),
    };
    const keys = idempotencyService({ ...world.deps, store });
    const call = { key: 'k1', actor: LOCAL, method: 'POST', target: '/api/v1/distros', body: '{}' };
    await keys.begin(call);
    isFull = true;
    const answer = { status: 201, contentType: 'application/json', body: '{}' };
    await expect(keys.end(call, answer)).rejects.toThrow('full');
    isFull = false;
    await expect(keys.begin(call)).rejects.toMatchObject({ code: 'not-replayable' });
  });

  it('that is none is refused', async () => {
    expect(await add('a b')).toMatchObject({
      status: 422,
      body: { problems: [{ path: 'Idempotency-Key' }] },
    });
  });
});
