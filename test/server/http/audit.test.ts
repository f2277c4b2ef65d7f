import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/domain/access/audit.ts';
import { LOCAL } from '../../../src/services/deps.ts';
import { type Caller, holderOf, PASSWORD } from '../../support/callers.ts';
import { inject } from '../../support/inject.ts';
import { must } from '../../support/must.ts';
import { BMC_PASSWORD, openPowerWorld } from '../../support/power-world.ts';
import { SECRET_HASH, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
let ada: Caller;
beforeEach(async () => {
  world = await openPowerWorld(1);
  ada = await holderOf(world, 'ada', 'admin');
});
afterEach(() => world.dispose());

const rows = async (query = ''): Promise<readonly AuditEvent[]> =>
  ((await ada('GET', `/api/v1/audit?${query}`)).body as { items: AuditEvent[] }).items;
const newest = async (): Promise<AuditEvent> => must((await rows('limit=1'))[0], 'a row');

describe('the audit trail', () => {
  it('has the changed fields of a record as they were and as they are, who did it, and from where', async () => {
    await ada('PATCH', '/api/v1/systems/web001', { comment: 'rack 7', roles: ['web'] });
    expect(await newest()).toMatchObject({
      actor: 'ada',
      kind: 'token',
      from: '127.0.0.1',
      action: 'update',
      noun: 'system',
      name: 'web001',
      before: { comment: '', roles: [] },
      after: { comment: 'rack 7', roles: ['web'] },
    });
    expect(Object.keys((await newest()).after ?? {})).toEqual(['roles', 'comment']);
    expect((await newest()).request).toMatch(/./);
    await world.call('DELETE', '/api/v1/systems/web001');
    expect(await newest()).toMatchObject({
      actor: 'local',
      kind: 'local',
      from: null,
      action: 'remove',
      before: { name: 'web001', comment: 'rack 7' },
      after: null,
    });
  });

  it('has the old name and the new one of what was renamed', async () => {
    await ada('PATCH', '/api/v1/systems/web001', { name: 'web002' });
    expect(await newest()).toMatchObject({
      name: 'web001',
      before: { name: 'web001' },
      after: { name: 'web002' },
    });
  });

  it('says of a secret that it was changed, and nothing more', async () => {
    await ada('PATCH', '/api/v1/systems/web001', { settings: { rootPasswordHash: SECRET_HASH } });
    expect((await newest()).after).toMatchObject({ 'settings.rootPasswordHash': 'changed' });
    await ada('PATCH', '/api/v1/systems/web001', { bmc: { password: `${BMC_PASSWORD}2` } });
    expect((await newest()).after).toMatchObject({ 'bmc.password': 'changed' });
    await ada('POST', '/api/v1/users', { name: 'bob', role: 'viewer', password: PASSWORD });
    await ada('PUT', '/api/v1/users/bob/password', { password: `${PASSWORD} 2` });
    const token = await ada('POST', '/api/v1/tokens', { name: 'ci', role: 'viewer' });
    const all = JSON.stringify(await rows('limit=1000'));
    const secret = (token.body as { token: string }).token;
    for (const hidden of [SECRET_HASH, BMC_PASSWORD, PASSWORD, secret, 'scrypt$'])
      expect(all).not.toContain(hidden);
  });

  it.each<[string, 'POST' | 'PUT' | 'GET', string, object | undefined, Partial<AuditEvent>]>([
    ['an order of power', 'POST', 'power', { action: 'on', systems: ['web001'] }, { action: 'power' }],
    ['an install', 'POST', 'systems/web001/install', {}, { action: 'arm' }],
    ['a lock', 'POST', 'systems/web001/lock', { reason: 'mine' }, { action: 'lock' }],
    ['a new token', 'POST', 'tokens', { name: 'ci', role: 'viewer' }, { action: 'add', noun: 'token' }],
    [
      'a distro',
      'POST',
      'apply',
      { records: { subnets: [{ name: 'two', network: '10.98.0.0/24' }] } },
      {
        action: 'add',
        noun: 'subnet',
        name: 'two',
      },
    ],
  ])('has %s', async (_says, method, path, body, expected) => {
    const answer = await ada(method, `/api/v1/${path}`, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    expect(await newest()).toMatchObject({ actor: 'ada', ...expected });
  });

  it('has who reads the log of an install, once an hour', async () => {
    await ada('POST', '/api/v1/systems/web001/install', {});
    for (let count = 0; count < 3; count += 1) await ada('GET', '/api/v1/systems/web001/log');
    const reads = () => rows('action=read').then((found) => found.length);
    expect(await reads()).toBe(1);
    world.nowMs += 60 * 60_000;
    await ada('GET', '/api/v1/systems/web001/log');
    expect(await reads()).toBe(2);
    expect((await rows('action=read'))[0]).toMatchObject({ actor: 'ada', name: 'web001', noun: 'system' });
  });

  it('has the first use of a token from each address', async () => {
    const { token } = await world.access.tokens.add({ name: 'ci', role: 'viewer' }, LOCAL);
    const headers = { authorization: `Bearer ${token}` };
    for (const remoteAddress of ['192.0.2.1', '192.0.2.2', '192.0.2.1', '::ffff:192.0.2.2']) {
      await inject(world.tcp, { method: 'GET', url: '/api/v1/status', headers, remoteAddress });
      world.nowMs += 61_000;
    }
    const uses = await rows('action=use&name=ci');
    expect(uses.map(({ from }) => from)).toEqual(['192.0.2.2', '192.0.2.1']);
    expect(await world.access.tokens.list()).toContainEqual(
      expect.objectContaining({ name: 'ci', lastUsedFrom: '192.0.2.2' }),
    );
  });

  it('is undone with the change that it tells of', async () => {
    const before = await rows('limit=1000');
    await ada('PATCH', '/api/v1/systems/web001', { profile: 'nothing' });
    await ada('POST', '/api/v1/users', { name: 'bob', role: 'viewer', password: 'short' });
    expect(await rows('limit=1000')).toEqual(before);
  });

  it('comes in pages, by who, what, since when, and what is new', async () => {
    for (const comment of ['a', 'b', 'c', 'd']) {
      world.nowMs += 1000;
      await ada('PATCH', '/api/v1/systems/web001', { comment });
    }
    const about = 'noun=system&name=web001&action=update&actor=ada';
    const first = (await ada('GET', `/api/v1/audit?${about}&limit=3`)).body as {
      items: AuditEvent[];
      next: string;
      total: number;
    };
    expect(first.total).toBe(4);
    expect(first.items.map(({ after }) => after?.['comment'])).toEqual(['d', 'c', 'b']);
    const second = await rows(`${about}&limit=3&cursor=${first.next}`);
    expect(second.map(({ after }) => after?.['comment'])).toEqual(['a']);
    const since = new Date(world.nowMs - 1000).toISOString();
    expect(await rows(`${about}&since=${encodeURIComponent(since)}`)).toHaveLength(2);
    const next = await rows(`${about}&after=${second[0]?.id}`);
    expect(next.map(({ after }) => after?.['comment'])).toEqual(['b', 'c', 'd']);
    expect(await ada('GET', '/api/v1/audit?who=ada')).toMatchObject({ status: 422 });
  });

  it('of one system is for those who may read it; all of it for admins', async () => {
    const eve = await holderOf(world, 'eve', 'viewer');
    expect(await eve('GET', '/api/v1/audit')).toMatchObject({ status: 403 });
    await ada('PATCH', '/api/v1/systems/web001', { comment: 'x' });
    const { body } = await eve('GET', '/api/v1/systems/web001/audit?noun=token&name=ada&limit=1');
    expect(body).toMatchObject({ items: [{ noun: 'system', name: 'web001', after: { comment: 'x' } }] });
  });
});
