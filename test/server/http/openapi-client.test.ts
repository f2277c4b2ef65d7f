import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, createClient } from '../../../src/client/client.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeAll(async () => {
  world = await openServiceWorld();
});
afterAll(() => world.dispose());

/** Calls every method of the client with texts that fit anywhere, and gathers what it would have sent. */
async function requestsOf(
  make: (note: (method: string, path: string) => never) => Client,
): Promise<Set<string>> {
  const sent = new Set<string>();
  const client = make((method, path) => {
    sent.add(`${method} ${path.split('?')[0]}`);
    throw new Error('nothing is sent');
  });
  const call = async (method: unknown): Promise<void> => {
    if (typeof method !== 'function') return;
    await Promise.resolve()
      .then(() => method('web001', {}, {}))
      .catch(() => undefined);
  };
  for (const group of Object.values(client)) {
    await call(group);
    if (typeof group === 'object') for (const method of Object.values(group)) await call(method);
  }
  return sent;
}

it('every request that the client can send is in the OpenAPI document', async () => {
  const sent = await requestsOf((note) =>
    createClient({
      request: async ({ method, path }) => note(method, path),
      openStream: async ({ method, path }) => note(method, path),
    }),
  );
  expect(sent.size).toBeGreaterThan(40);
  const { paths } = (await world.call('GET', '/api/v1/openapi.json')).body as {
    paths: Record<string, Record<string, unknown>>;
  };
  const known = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    })),
  );
  const unknown = [...sent].filter((request) => {
    const [method, path = ''] = request.split(' ');
    return !known.some((route) => route.method === method && route.pattern.test(path));
  });
  expect(unknown).toEqual([]);
});
