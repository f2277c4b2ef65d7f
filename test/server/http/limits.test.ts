import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildHttpApp } from '../../../server/http/app.ts';
import { createLog } from '../../../server/log.ts';
import { inject } from '../../support/inject.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

const post = (payload: string) =>
  inject(world.local, {
    method: 'POST',
    url: '/api/v1/distros',
    payload,
    headers: { 'content-type': 'application/json' },
  });

describe('a body', () => {
  it('that is deeper than any record is refused before anything is made of it', async () => {
    const deep = (n: number) => `{"name":${'['.repeat(n)}"]"${']'.repeat(n)}}`;
    expect(await post(deep(32))).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('32 deep') },
    });
    expect(await post('['.repeat(500_000))).toMatchObject({ status: 422 });
    expect(await post(deep(31))).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('name') },
    });
  });

  it('with brackets in its texts is not deep', async () => {
    const answer = await post(JSON.stringify({ name: '['.repeat(100), family: `\\"${'{'.repeat(50)}` }));
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('name') });
  });

  it('that reaches for prototypes, is too large or no JSON is refused', async () => {
    expect(await post('{"__proto__":{"x":1}}')).toMatchObject({ status: 400 });
    expect(await post(JSON.stringify({ name: 'x'.repeat(1024 * 1024) }))).toMatchObject({ status: 413 });
    expect(await post('{')).toMatchObject({ status: 400 });
  });
});

it('an unknown field is refused with the one that was likely meant', async () => {
  const { body } = await world.call('POST', '/api/v1/distros', { kernal: 'x' });
  expect((body as { problems: object[] }).problems).toContainEqual({
    path: 'kernal',
    message: 'there is no such field; did you mean kernel?',
  });
});

describe('a caller who asks too often', () => {
  it('is told when to come again, and others are answered', async () => {
    let nowMs = 0;
    const log = createLog('silent', { write() {} });
    const rate = { burst: 3, perSecond: 0.5 };
    const app = buildHttpApp(
      {
        services: world.services,
        access: world.access,
        log,
        version: '0',
        root: '.',
        now: () => nowMs,
        rate,
      },
      'token',
    );
    const ask = (remoteAddress: string) =>
      inject(app, { method: 'GET', url: '/api/v1/status', remoteAddress });
    for (let n = 0; n < 3; n++) expect(await ask('127.0.0.2')).toMatchObject({ status: 401 });
    expect(await ask('127.0.0.2')).toMatchObject({
      status: 429,
      headers: { 'retry-after': '2' },
      body: { code: 'too-many' },
    });
    const page = await inject(app, { method: 'GET', url: '/systems', remoteAddress: '127.0.0.2' });
    expect(page).toMatchObject({ status: 429, body: expect.stringContaining('<h1>Too many at once</h1>') });
    expect(await ask('127.0.0.3')).toMatchObject({ status: 401 });
    nowMs += 2000;
    expect(await ask('127.0.0.2')).toMatchObject({ status: 401 });
    await app.close();
  });
});
