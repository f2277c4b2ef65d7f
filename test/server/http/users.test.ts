import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerWith, holderOf, logIn, makeToken, PASSWORD } from '../../support/callers.ts';
import { must } from '../../support/must.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

const USERS = '/api/v1/users';
const TOKENS = '/api/v1/tokens';
const addUser = (name: string, role: string, more: object = {}) =>
  world.call('POST', USERS, { name, role, password: PASSWORD, ...more });

describe('a user', () => {
  it.each([
    [{ password: 'short' }, 'password'],
    [{ name: 'administrator', password: 'Administrator1' }, 'password'],
    [{ name: 'local' }, 'name'],
    [{ role: 'root' }, 'role'],
    [{ role: 'admin', scope: ['web'] }, 'scope'],
    [{ scope: [] }, 'scope'],
    [{ shell: '/bin/sh' }, ''],
  ])('is refused as %j', async (change, path) => {
    const answer = await addUser('ada', 'viewer', change);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(path);
    expect(await world.store.read.users.count()).toBe(0);
  });

  it('is shown without the password, which is stored with scrypt and a salt of its own', async () => {
    const added = [await addUser('ada', 'viewer'), await addUser('bob', 'viewer', { scope: ['web'] })];
    expect(added.map(({ status }) => status)).toEqual([201, 201]);
    const shown = JSON.stringify([added.map(({ body }) => body), (await world.call('GET', USERS)).body]);
    expect(shown).not.toMatch(/scrypt|horse/);
    const [one, two] = await Promise.all(['ada', 'bob'].map((name) => world.store.read.users.find(name)));
    expect(one?.password).toMatch(/^scrypt\$32768\$8\$3\$[\w+/]{22}==\$[\w+/]{43}=$/);
    expect(one?.password).not.toBe(two?.password);
  });

  it('changes the own password by the present one, and is logged out', async () => {
    await addUser('ada', 'viewer');
    const { cookie, csrf } = await logIn(world, 'ada');
    const ada = callerWith(world, { cookie, 'x-csrf-token': csrf });
    const change = (current: string) =>
      ada('POST', '/api/v1/whoami/password', { current, password: `new ${PASSWORD}` });
    expect(await change('wrong')).toMatchObject({ status: 422 });
    expect(await change(PASSWORD)).toMatchObject({ status: 204 });
    expect(await ada('GET', '/api/v1/whoami')).toMatchObject({ status: 401 });
    await expect(logIn(world, 'ada')).rejects.toThrow('do not go together');
    await logIn(world, 'ada', `new ${PASSWORD}`);
  });
});

describe('the last admin', () => {
  it('is neither removed, nor disabled, nor made less, as long as there is no other', async () => {
    await addUser('ada', 'admin');
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { disabled: true }],
      ['PATCH', { role: 'operator' }],
    ] as const)
      expect(await world.call(method, `${USERS}/ada`, body)).toMatchObject({
        status: 409,
        body: { code: 'in-use', detail: 'this is the last admin' },
      });
    await makeToken(world, 'ci', 'admin');
    expect(await world.call('PATCH', `${USERS}/ada`, { role: 'operator' })).toMatchObject({ status: 200 });
    expect(await world.call('DELETE', `${TOKENS}/ci`)).toMatchObject({ status: 409 });
    await makeToken(world, 'short', 'admin', null, 1);
    world.nowMs += 60_000;
    expect(await world.call('DELETE', `${TOKENS}/ci`)).toMatchObject({ status: 409 });
    expect(await world.call('DELETE', `${TOKENS}/short`)).toMatchObject({ status: 204 });
  });

  it('may be made by the unix socket, and then there is nothing left to set up', async () => {
    const token = must(await world.access.openSetup(), 'a setup token');
    await addUser('ada', 'admin');
    const setup = await callerWith(world, {})('POST', '/api/v1/setup', { token, name: 'eve' });
    expect(setup).toMatchObject({ status: 401 });
    expect(await world.access.openSetup()).toBeUndefined();
  });
});

describe('a token', () => {
  it('is shown once, expires after a year unless told, and begins with what names it', async () => {
    const added = await world.call('POST', TOKENS, { name: 'ci', role: 'operator', scope: ['web'] });
    expect(added).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } });
    const { token, expiresAt } = added.body as { token: string; expiresAt: string };
    expect(token).toMatch(/^pv_[\w-]{43}$/);
    expect(Date.parse(expiresAt) - world.nowMs).toBe(365 * 24 * 60 * 60_000);
    expect(JSON.stringify((await world.call('GET', TOKENS)).body)).not.toContain(token);
    expect(await world.call('POST', TOKENS, { name: 'ci', role: 'viewer' })).toMatchObject({ status: 409 });
    const ci = callerWith(world, { authorization: `Bearer ${token}` });
    expect(await ci('GET', '/api/v1/whoami')).toMatchObject({
      body: { name: 'ci', kind: 'token', role: 'operator', scope: ['web'], expiresAt },
    });
  });

  it('makes nobody more than he is', async () => {
    const operator = await holderOf(world, 'ops', 'operator');
    for (const [method, url, body] of [
      ['POST', TOKENS, { name: 'more', role: 'admin' }],
      ['POST', USERS, { name: 'more', role: 'admin', password: PASSWORD }],
      ['PATCH', `${USERS}/ops`, { role: 'admin' }],
    ] as const)
      expect(await operator(method, url, body)).toMatchObject({
        status: 403,
        body: { detail: 'this takes the role admin; ops has the role operator' },
      });
  });
});
