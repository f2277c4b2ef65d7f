import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeclaredRoute } from '../../../server/http/auth.ts';
import { roleAllows } from '../../../src/domain/access/access.ts';
import { hashToken } from '../../../src/services/boot/token.ts';
import { LOCAL } from '../../../src/services/deps.ts';
import { LET_IN } from '../../support/answers-check.ts';
import { makeToken } from '../../support/callers.ts';
import { type Answer, inject } from '../../support/inject.ts';
import { addRecord, addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { macOf } from '../../support/store-records.ts';

type Headers = Readonly<Record<string, string>>;

let world: ServiceWorld;
let app: FastifyInstance;
beforeEach(async () => {
  world = await openServiceWorld();
  app = world.tcp;
  // Whoever gets so far was let in.
  app.addHook('preHandler', async (_request, reply) => reply.status(LET_IN).send());
  await addRecords(world);
  const interfaces = [{ mac: macOf(2) }];
  await addRecord(world, 'systems', { name: 'db001', profile: 'debian-13', roles: ['db'], interfaces });
  await app.ready();
});
afterEach(() => world.dispose());

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** Somebody who has logged in; without the work of a password, which is not looked at here. */
async function login(name: string): Promise<Headers> {
  const cookie = `cookie-of-${name}`;
  await world.store.transaction(async (tx) => {
    const write = { name, role: 'admin', scope: null, password: 'none', createdBy: 'test' } as const;
    const { id: userId } = await tx.users.add(write, world.nowMs);
    const expiresAtMs = world.nowMs + 60 * 60_000;
    const session = { userId, hash: hashToken(cookie), address: '192.0.2.1', agent: '', expiresAtMs };
    await tx.sessions.add(session, world.nowMs);
  });
  return { cookie: `provision_session=${cookie}` };
}

function ask({ method, url }: DeclaredRoute, headers: Headers, system = 'web001'): Promise<Answer> {
  const path = url
    .replace('/systems/:name', `/systems/${system}`)
    .replace(':name', 'x')
    .replace(':id', '1')
    .replace(':seat', 'seat')
    .replace('*', 'x');
  return inject(app, { method: method as NonNullable<InjectOptions['method']>, url: path, headers });
}

const nameOf = ({ method, url }: DeclaredRoute): string => `${method} ${url}`;

/** To those who are not known. Pages send them to the login, the API says so. */
const closed = ({ permission, url }: DeclaredRoute): number => {
  if (permission === 'public') return LET_IN;
  return /^\/(api\/|metrics$)/.test(url) ? 401 : 303;
};

/** What every route answers to somebody, by the name of the route. */
async function walk(headers: Headers, system?: string): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (const route of app.declaredRoutes) answers.set(nameOf(route), await ask(route, headers, system));
  return answers;
}

/** Whoever these are, each route answers as `status` says. */
async function expectStatuses(
  headers: Headers,
  status: (route: DeclaredRoute) => number,
  system?: string,
): Promise<void> {
  const answers = await walk(headers, system);
  const found = [...answers].map(([name, answer]) => `${name}: ${answer.status}`);
  for (const answer of answers.values())
    if (answer.status === 303) expect(answer.headers['location']).toMatch(/^\/login(\?|$)/);
  expect(found).toEqual(app.declaredRoutes.map((route) => `${nameOf(route)}: ${status(route)}`));
}

/** `METHOD url` of every route, as the router prints them. */
function printedRoutes(): string[] {
  const path: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const match = /^([│ ]*)(?:├── |└── )(.*?)(?: \(([A-Z, ]+)\))?$/.exec(line);
      if (match === null) return [];
      path.splice((match[1] ?? '').length / 4, path.length, match[2] ?? '');
      const methods = (match[3] ?? '').split(', ').filter(Boolean);
      return methods.map((method) => `${method} ${path.join('')}`);
    });
}

const PUBLIC = [
  'GET /',
  'HEAD /',
  'GET /healthz',
  'HEAD /healthz',
  'POST /api/v1/setup',
  'POST /api/v1/login',
];

describe('every route that the router knows', () => {
  it('is one that was declared', () => {
    expect(app.declaredRoutes.length).toBeGreaterThan(120);
    expect(printedRoutes().toSorted()).toEqual(app.declaredRoutes.map(nameOf).toSorted());
  });

  it('is closed to nobody in particular, but for those that are public, and these are few', async () => {
    const open = app.declaredRoutes.filter(({ permission }) => permission === 'public').map(nameOf);
    expect(open.filter((name) => name.includes('/api/')).toSorted()).toEqual(
      PUBLIC.filter((name) => name.includes('/api/')).toSorted(),
    );
    expect(open).toEqual(expect.arrayContaining(PUBLIC));
    expect(app.declaredRoutes.some(({ permission }) => permission === 'machine')).toBe(false);
    await expectStatuses({}, closed);
  });

  it.each(['viewer', 'operator', 'admin'] as const)('asks %s for the permission', async (role) => {
    const headers = bearer(await makeToken(world, 'somebody', role));
    await expectStatuses(headers, ({ permission }) => (roleAllows(role, permission) ? LET_IN : 403));
  });

  it('leaves those with a scope where it is', async () => {
    const headers = bearer(await makeToken(world, 'bound', 'operator', ['web']));
    await expectStatuses(
      headers,
      ({ permission, scope }) => {
        if (permission === 'public') return LET_IN;
        if (!roleAllows('operator', permission) || scope === 'all') return 403;
        return scope === 'system' ? 404 : LET_IN;
      },
      'db001',
    );
    const within = bearer(await makeToken(world, 'within', 'operator', ['db']));
    const ofSystems = app.declaredRoutes.filter(({ scope }) => scope === 'system');
    expect(ofSystems.length).toBeGreaterThan(20);
    for (const route of ofSystems)
      expect(`${nameOf(route)}: ${(await ask(route, within, 'db001')).status}`).toBe(
        `${nameOf(route)}: ${LET_IN}`,
      );
  });

  it('is closed to tokens that have expired or were revoked, each in its own words', async () => {
    const expired = bearer(await makeToken(world, 'short', 'admin', null, 1));
    const revoked = bearer(await makeToken(world, 'gone', 'admin'));
    await makeToken(world, 'other', 'admin');
    await world.access.tokens.revoke('gone', LOCAL);
    world.nowMs += 60_000;
    for (const [headers, words] of [
      [expired, "token 'short' expired at "],
      [revoked, 'this token is not known; it may have been revoked'],
      [bearer('pv_nonsense'), 'this token is not known'],
    ] as const) {
      await expectStatuses(headers, closed);
      const answer = await inject(app, { method: 'GET', url: '/api/v1/status', headers });
      expect((answer.body as { detail: string }).detail).toContain(words);
    }
  });

  it('is closed to sessions that were revoked, and to users who are disabled', async () => {
    const revoked = await login('revoked');
    const disabled = await login('disabled');
    await world.access.sessions.revokeAll('revoked', LOCAL);
    await world.access.users.update('disabled', { disabled: true }, LOCAL);
    for (const headers of [revoked, disabled]) await expectStatuses(headers, closed);
  });

  it('changes nothing for a session without the token of its form', async () => {
    const headers = await login('admin2');
    const changes = (method: string) => !['GET', 'HEAD'].includes(method);
    await expectStatuses(headers, ({ method, permission }) =>
      permission !== 'public' && changes(method) ? 403 : LET_IN,
    );
    const foreign = { ...headers, origin: 'https://evil.example' };
    await expectStatuses(foreign, ({ method }) => (changes(method) ? 403 : LET_IN));
  });
});
