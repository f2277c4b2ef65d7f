import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerWith, logIn, PASSWORD } from '../../support/callers.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await world.call('POST', '/api/v1/users', { name: 'ada', role: 'operator', password: PASSWORD });
});
afterEach(() => world.dispose());

const HOUR = 60 * 60_000;
const whoami = (headers: Record<string, string>) => callerWith(world, headers)('GET', '/api/v1/whoami');
const login = (name: string, password: string, headers: Record<string, string> = {}) =>
  callerWith(world, headers)('POST', '/api/v1/login', { name, password });

describe('a session', () => {
  it('is what the cookie of a login opens, as that user', async () => {
    const { cookie, setCookie } = await logIn(world, 'ada');
    expect(setCookie).toMatch(
      /^provision_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(await whoami({ cookie: `other=1; ${cookie}; more=2` })).toMatchObject({
      status: 200,
      body: { name: 'ada', kind: 'user', role: 'operator', scope: null, from: '127.0.0.1' },
    });
  });

  it('is another one at each login, whatever cookie the browser brings', async () => {
    const fixed = 'provision_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const { headers } = await login('ada', PASSWORD, { cookie: fixed });
    expect(String(headers['set-cookie'])).not.toContain('AAAAAAAA');
    expect(await whoami({ cookie: fixed })).toMatchObject({ status: 401 });
    const [one, two] = [await logIn(world, 'ada'), await logIn(world, 'ada')];
    expect(one.cookie).not.toBe(two.cookie);
  });

  it('is nowhere in the database but as a hash', async () => {
    const { cookie } = await logIn(world, 'ada');
    const secret = cookie.split('=')[1] ?? '';
    const [session] = await world.access.sessions.list();
    expect(session).toMatchObject({ user: 'ada', from: '127.0.0.1' });
    expect(JSON.stringify([session, await world.store.read.audit.list({}, 100)])).not.toContain(secret);
    expect(JSON.stringify(world.logged)).not.toContain(secret);
  });

  it.each([
    ['two hours without a request', [2 * HOUR]],
    ['twelve hours, also with requests', Array.from({ length: 12 }, () => HOUR)],
  ])('is over after %s', async (_says, steps) => {
    const { cookie } = await logIn(world, 'ada');
    for (const step of steps.slice(0, -1)) {
      world.nowMs += step;
      expect(await whoami({ cookie })).toMatchObject({ status: 200 });
    }
    world.nowMs += steps.at(-1) ?? 0;
    expect(await whoami({ cookie })).toMatchObject({ status: 401, body: { detail: 'this session is over' } });
  });

  it('ends with a logout', async () => {
    const { cookie, csrf } = await logIn(world, 'ada');
    const out = await callerWith(world, { cookie, 'x-csrf-token': csrf })('POST', '/api/v1/logout');
    expect(out).toMatchObject({ status: 204 });
    expect(String(out.headers['set-cookie'])).toContain('provision_session=; Max-Age=0');
    expect(await whoami({ cookie })).toMatchObject({ status: 401 });
  });

  it.each([
    ['the user is disabled', 'PATCH', '/api/v1/users/ada', { disabled: true }, 'this session is over'],
    ['the password is set', 'PUT', '/api/v1/users/ada/password', { password: `new ${PASSWORD}` }, 'over'],
    ['the user is removed', 'DELETE', '/api/v1/users/ada', undefined, 'this session is over'],
    ['all sessions are revoked', 'DELETE', '/api/v1/sessions', undefined, 'this session is over'],
    ['those of the user are', 'DELETE', '/api/v1/sessions?user=ada', undefined, 'this session is over'],
  ] as const)('ends at once when %s', async (_says, method, url, body, message) => {
    const { cookie } = await logIn(world, 'ada');
    expect((await world.call(method, url, body)).status).toBeLessThan(300);
    const after = await whoami({ cookie });
    expect(after).toMatchObject({ status: 401 });
    expect(JSON.stringify(after.body)).toContain(message);
  });

  it('opens nothing for a user who is disabled, also where it was left open', async () => {
    const { cookie } = await logIn(world, 'ada');
    await world.store.transaction(async (tx) => {
      const found = await tx.users.find('ada');
      await tx.users.update(found?.user.id ?? 0, { disabled: true }, world.nowMs);
    });
    expect(await whoami({ cookie })).toMatchObject({
      status: 401,
      body: { detail: "user 'ada' is disabled" },
    });
  });

  it('has the role that its user has now', async () => {
    const { cookie } = await logIn(world, 'ada');
    await world.call('PATCH', '/api/v1/users/ada', { role: 'viewer', scope: ['web'] });
    expect(await whoami({ cookie })).toMatchObject({ body: { role: 'viewer', scope: ['web'] } });
  });

  it('ends by its number', async () => {
    const [one, two] = [await logIn(world, 'ada'), await logIn(world, 'ada')];
    const [newest] = await world.access.sessions.list();
    expect(await world.call('DELETE', `/api/v1/sessions/${newest?.id}`)).toMatchObject({ status: 204 });
    expect(await whoami({ cookie: one.cookie })).toMatchObject({ status: 200 });
    expect(await whoami({ cookie: two.cookie })).toMatchObject({ status: 401 });
    expect(await world.call('DELETE', '/api/v1/sessions/9999')).toMatchObject({ status: 404 });
  });
});

describe('what changes something in a session', () => {
  const change = async (headers: Record<string, string>, body: object = {}) => {
    const { cookie, csrf } = await logIn(world, 'ada');
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('CSRF', csrf)]),
    );
    const sent = JSON.parse(JSON.stringify(body).replace('CSRF', csrf));
    const password = `another ${PASSWORD}`;
    return callerWith(world, { cookie, host: 'pv.example', ...filled })('POST', '/api/v1/whoami/password', {
      ...{ current: PASSWORD, password },
      ...sent,
    });
  };

  it.each([
    ['a header', { 'x-csrf-token': 'CSRF' }, {}],
    ['a field of the form', {}, { _csrf: 'CSRF' }],
    ['a header, from the own site', { 'x-csrf-token': 'CSRF', 'sec-fetch-site': 'same-origin' }, {}],
    ['a header, from the own origin', { 'x-csrf-token': 'CSRF', origin: 'https://pv.example' }, {}],
  ])('brings its token in %s', async (_says, headers, body) =>
    expect(await change(headers as Record<string, string>, body)).toMatchObject({ status: 204 }),
  );

  it.each([
    ['without it', {}, {}],
    ['with another', { 'x-csrf-token': 'x'.repeat(64) }, {}],
    ['with an empty one', { 'x-csrf-token': '' }, { _csrf: 'CSRF' }],
    ['with no text', {}, { _csrf: ['CSRF'] }],
    ['from another site', { 'x-csrf-token': 'CSRF', 'sec-fetch-site': 'cross-site' }, {}],
    ['from another host of the site', { 'x-csrf-token': 'CSRF', 'sec-fetch-site': 'same-site' }, {}],
    ['from another origin', { 'x-csrf-token': 'CSRF', origin: 'https://evil.example' }, {}],
    ['from no origin', { 'x-csrf-token': 'CSRF', origin: 'null' }, {}],
  ])('is refused %s', async (_says, headers, body) =>
    expect(await change(headers as Record<string, string>, body)).toMatchObject({
      status: 403,
      body: { code: 'not-permitted' },
    }),
  );

  it('is no login for another site either', async () => {
    expect(
      await login('ada', PASSWORD, { origin: 'https://evil.example', host: 'pv.example' }),
    ).toMatchObject({
      status: 403,
    });
  });
});

describe('a login', () => {
  it.each([
    ['a wrong password', 'ada', 'wrong horse battery staple'],
    ['a name that is not there', 'eve', PASSWORD],
    ['another spelling of the name', 'ADA', PASSWORD],
  ])('is refused with %s, in the same words', async (_says, name, password) => {
    const answer = await login(name, password);
    expect(answer).toMatchObject({
      status: 401,
      body: { detail: 'this name and this password do not go together' },
    });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('of somebody who is disabled says so, to whoever knows the password', async () => {
    await world.call('PATCH', '/api/v1/users/ada', { disabled: true });
    expect(await login('ada', PASSWORD)).toMatchObject({
      status: 401,
      body: { detail: "user 'ada' is disabled" },
    });
    expect(await login('ada', 'wrong horse battery staple')).toMatchObject({
      body: { detail: 'this name and this password do not go together' },
    });
  });

  it('has to wait after many that failed, also with the right password, and then passes', async () => {
    for (let count = 0; count < 5; count += 1) await login('ada', 'wrong horse battery staple');
    expect(await login('ada', PASSWORD)).toMatchObject({
      status: 429,
      body: { code: 'too-many', detail: 'too many failed logins: the next one is taken in 2 s' },
    });
    world.nowMs += 2_000;
    expect(await login('ada', PASSWORD)).toMatchObject({ status: 200 });
  });

  it('is judged one by one: many at the same moment are no way around', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => login('ada', 'wrong horse battery staple')),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
  });

  it('stands in the audit, failed ones as well, without what was typed for a name', async () => {
    await login('ada', 'wrong horse battery staple');
    await login('my-secret-password', 'x');
    await login('ada', PASSWORD);
    const rows = await world.store.read.audit.list({ noun: 'user' }, 3);
    expect(rows.map(({ action, name, actor, from }) => [action, name, actor, from])).toEqual([
      ['login', 'ada', 'ada', '127.0.0.1'],
      ['login-failed', '(unknown)', 'nobody', '127.0.0.1'],
      ['login-failed', 'ada', 'ada', '127.0.0.1'],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/my-secret|horse/);
  });
});
