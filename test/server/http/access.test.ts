import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireDeclaredPermissions } from '../../../server/http/auth.ts';
import { inject } from '../../support/inject.ts';
import { must } from '../../support/must.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

const setup = (token: string, name = 'ada') =>
  inject(world.tcp, { method: 'POST', url: '/api/v1/setup', payload: { token, name } });
const status = (authorization?: string) =>
  inject(world.tcp, {
    method: 'GET',
    url: '/api/v1/status',
    headers: authorization ? { authorization } : {},
  });

/** `METHOD url` of every route, as the router knows them. */
function routesOf(app: FastifyInstance): string[] {
  const lines = app.printRoutes({ commonPrefix: false }).split('\n');
  const path: string[] = [];
  return lines.flatMap((line) => {
    const match = /^([│ ]*)(?:├── |└── )(.*?)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (match === null) return [];
    const depth = (match[1] ?? '').length / 4;
    path.splice(depth, path.length, match[2] ?? '');
    const url = path.join('');
    return (match[3] ?? '')
      .split(', ')
      .filter(Boolean)
      .map((method) => `${method} ${url}`);
  });
}

describe('routes', () => {
  const PUBLIC = [
    'GET /',
    'HEAD /',
    'GET /healthz',
    'HEAD /healthz',
    'POST /api/v1/setup',
    'POST /api/v1/login',
    'GET /login',
    'HEAD /login',
    'POST /login',
    'GET /assets/:name',
    'HEAD /assets/:name',
  ];

  it('ask for a token, all but those that are public', async () => {
    await world.tcp.ready();
    const routes = routesOf(world.tcp);
    expect(routes).toEqual(
      expect.arrayContaining([...PUBLIC, 'POST /api/v1/systems/:name/install', 'GET /api/v1/leases']),
    );
    expect(routes.length).toBeGreaterThan(25);
    for (const route of routes) {
      const [method = '', url = ''] = route.split(' ');
      const answer = await inject(world.tcp, { method: method as 'GET', url: url.replace(':name', 'x') });
      // Pages lead to the login.
      const isLed = answer.status === 303 && String(answer.headers['location']).startsWith('/login');
      expect(`${route} ${answer.status === 401 || isLed}`).toBe(`${route} ${!PUBLIC.includes(route)}`);
      if (answer.status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('do not start without a declared permission', () => {
    const app = Fastify();
    requireDeclaredPermissions(app);
    expect(() => app.get('/open', async () => 'secret')).toThrow('GET /open declares no permission');
  });

  it('need no token on the unix socket', async () => {
    expect(await world.call('GET', '/api/v1/status')).toMatchObject({ status: 200 });
  });
});

describe('the setup token', () => {
  it('makes one API token, which opens the API, and is void then', async () => {
    const token = must(await world.access.openSetup(), 'a setup token');
    const made = await setup(token);
    expect(made).toMatchObject({ status: 201, body: { name: 'ada' } });
    const { token: apiToken } = made.body as { token: string };
    expect(await status(`Bearer ${apiToken}`)).toMatchObject({ status: 200 });
    expect(await status(`bearer ${apiToken}`)).toMatchObject({ status: 200 });
    expect(await setup(token, 'eve')).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(await world.access.openSetup()).toBeUndefined();
  });

  it('lets one of many at the same moment in', async () => {
    const token = must(await world.access.openSetup(), 'a setup token');
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => setup(token, name)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 401, 401, 401]);
    expect(await world.store.read.tokens.count()).toBe(1);
  });

  it.each(['', 'x', 'A'.repeat(43)])('is not "%s"', async (token) => {
    await world.access.openSetup();
    expect(await setup(token)).toMatchObject({ status: 401 });
  });

  it('stays good after a request that was refused', async () => {
    const token = must(await world.access.openSetup(), 'a setup token');
    expect(await setup(token, 'Not A Name')).toMatchObject({ status: 422 });
    expect(await setup('A'.repeat(43))).toMatchObject({ status: 401 });
    expect(await setup(token)).toMatchObject({ status: 201 });
  });

  it('is another one at the next start; the old one is void', async () => {
    const first = must(await world.access.openSetup(), 'a setup token');
    const next = must(await world.access.openSetup(), 'a setup token');
    expect(await setup(first)).toMatchObject({ status: 401 });
    expect(await setup(next)).toMatchObject({ status: 201 });
  });
});

describe('a token', () => {
  it.each(['Bearer', 'Bearer ', 'Bearer nonsense', 'Basic YWRhOmFkYQ==', `Bearer ${'A'.repeat(5000)}`])(
    'is not "%.30s"',
    async (authorization) => {
      expect(await status(authorization)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    },
  );

  it('is judged before the body is read', async () => {
    const answer = await inject(world.tcp, {
      method: 'POST',
      url: '/api/v1/systems',
      payload: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(401);
  });
});
