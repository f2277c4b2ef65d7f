import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildHttpApp } from '../../../server/http/app.ts';
import { createLog } from '../../../server/log.ts';
import { PASSWORD } from '../../support/callers.ts';
import { inject } from '../../support/inject.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

const PROXY = '127.0.0.2';
const CLIENT = '10.7.0.9';

let world: ServiceWorld;
let app: FastifyInstance;
beforeEach(async () => {
  world = await openServiceWorld();
  await world.call('POST', '/api/v1/users', { name: 'ada', role: 'operator', password: PASSWORD });
  const { services, access } = world;
  const log = createLog('silent', { write() {} });
  const root = new URL('../../..', import.meta.url).pathname;
  const parts = { services, access, log, version: '0', root, now: () => world.nowMs };
  app = buildHttpApp({ ...parts, proxies: [PROXY] }, 'token');
});
afterEach(async () => {
  await app.close();
  await world.dispose();
});

const FORWARDED = {
  'x-forwarded-for': CLIENT,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'pv.example',
};

/** The form of the login, as a browser that sees https://pv.example sends it. */
function logIn(remoteAddress: string, headers: Record<string, string>, password = PASSWORD) {
  return inject(app, {
    method: 'POST',
    url: '/login',
    remoteAddress,
    headers: {
      host: '127.0.0.1:8080',
      origin: 'https://pv.example',
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    payload: new URLSearchParams({ name: 'ada', password }).toString(),
  });
}

describe('behind a proxy that ends TLS', () => {
  it.each([
    ['forwards the host', FORWARDED],
    ['hands the host on as it is', { ...FORWARDED, 'x-forwarded-host': '', host: 'pv.example' }],
    ['names the port that goes without saying', { ...FORWARDED, 'x-forwarded-host': 'pv.example:443' }],
    ['adds to what the browser says of itself', { ...FORWARDED, 'x-forwarded-for': `1.2.3.4, ${CLIENT}` }],
  ])('and %s, the cookie goes over TLS only, and the session is the browser’s', async (_says, headers) => {
    const { status, headers: sent } = await logIn(PROXY, headers);
    expect(status).toBe(303);
    expect(String(sent['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict; Secure$/);
    expect(await world.access.sessions.list()).toMatchObject([{ user: 'ada', from: CLIENT }]);
  });

  it('a form of another site is refused', async () => {
    expect(await logIn(PROXY, { ...FORWARDED, origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    });
    expect(await logIn(PROXY, { ...FORWARDED, 'x-forwarded-host': 'evil.example' })).toMatchObject({
      status: 403,
    });
  });

  it('who guesses passwords holds up himself, and not everybody behind the proxy', {
    timeout: 60_000,
  }, async () => {
    const guess = (from: string, n: number) => {
      const payload = new URLSearchParams({ name: `nobody${n}`, password: 'not it, not it' }).toString();
      const headers = {
        ...FORWARDED,
        'x-forwarded-for': from,
        'content-type': 'application/x-www-form-urlencoded',
      };
      return inject(app, { method: 'POST', url: '/login', remoteAddress: PROXY, headers, payload });
    };
    for (let n = 0; n < 20; n += 1) await guess('10.7.0.66', n);
    expect(await guess('10.7.0.66', 20)).toMatchObject({ status: 429 });
    expect(await logIn(PROXY, FORWARDED)).toMatchObject({ status: 303 });
  });

  it('what names no address is the proxy’s own', async () => {
    expect(await logIn(PROXY, { ...FORWARDED, 'x-forwarded-for': '<script>' })).toMatchObject({
      status: 303,
    });
    expect(await world.access.sessions.list()).toMatchObject([{ from: PROXY }]);
  });
});

describe('from an address that is no proxy', () => {
  it('nothing of what is forwarded is believed', async () => {
    expect(await logIn('127.0.0.3', FORWARDED)).toMatchObject({
      status: 403,
      body: expect.stringContaining('http.proxies'),
    });
    const plain = await logIn('127.0.0.3', { ...FORWARDED, origin: 'http://127.0.0.1:8080' });
    expect(plain.status).toBe(303);
    expect(String(plain.headers['set-cookie'])).not.toContain('Secure');
    expect(await world.access.sessions.list()).toMatchObject([{ from: '127.0.0.3' }]);
  });
});
