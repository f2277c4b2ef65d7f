import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { httpStreams } from '../../../src/cli/connect/http-streams.ts';
import { httpTransport } from '../../../src/cli/connect/http-transport.ts';
import type { ServerAddress } from '../../../src/cli/connect/server-address.ts';
import { createClient } from '../../../src/client/client.ts';
import { readEventStream } from '../../../src/client/event-stream.ts';
import type { StreamResponse } from '../../../src/client/transport.ts';
import type { BootEvent } from '../../../src/domain/boot/boot-event.ts';
import { must } from '../../support/must.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
let systemId: number;
let address: ServerAddress;
const open: StreamResponse[] = [];

beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  systemId = must(await world.store.read.systems.find('web001'), 'web001').system.id;
});
afterEach(async () => {
  for (const stream of open.splice(0)) stream.close();
  await world.dispose();
});

const write = async (...messages: string[]) => {
  const blank = { systemId, mac: null, installId: null, stage: 'tftp', outcome: 'ok', data: {} } as const;
  await world.store.addEvents(messages.map((message) => ({ ...blank, message, atMs: world.nowMs })));
  await world.services.feed.tick();
};

async function ask(path: string, headers: Record<string, string> = {}, to = address) {
  const stream = await httpStreams(to)({ method: 'GET', path, headers, body: undefined });
  open.push(stream);
  const seen: string[] = [];
  const ids: (string | undefined)[] = [];
  const over = (async () => {
    for await (const { id, data } of readEventStream(stream.body)) {
      ids.push(id);
      if (data !== undefined) seen.push((JSON.parse(data) as BootEvent).message);
    }
  })();
  return { stream, seen, ids, over };
}

describe.each(['tcp', 'unix'] as const)('events as a stream, by %s', (kind) => {
  beforeEach(async () => {
    const path = `${world.dataDir}/api.sock`;
    address =
      kind === 'unix'
        ? { kind, path }
        : { kind: 'url', url: await world.local.listen({ host: '127.0.0.1', port: 0 }) };
    if (kind === 'unix') await world.local.listen({ path });
  });

  it('are text/event-stream, by name of the system and for all', async () => {
    const one = await ask('/api/v1/systems/web001/events');
    const all = await ask('/api/v1/events?system=web001&stage=tftp,kernel');
    expect([one.stream.status, one.stream.header('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    expect(one.stream.header('cache-control')).toBe('no-store');
    await write('one');
    await expect.poll(() => [one.seen, all.seen]).toEqual([['one'], ['one']]);
  });

  it('go on where a reader was: by Last-Event-ID, from the very first byte', async () => {
    const first = await ask('/api/v1/systems/web001/events');
    await expect.poll(() => first.ids.length).toBe(1);
    const [place] = first.ids;
    first.stream.close();
    await first.over;
    await write('while it was away');
    // The address still says `after`, as a browser's would.
    const again = await ask('/api/v1/systems/web001/events?after=0', { 'last-event-id': place ?? '' });
    await expect.poll(() => again.seen).toEqual(['while it was away']);
    await write('then');
    await expect.poll(() => again.seen).toEqual(['while it was away', 'then']);
  });

  it('end when the service stops, and the client of the command sees every one', async () => {
    const client = createClient({ request: httpTransport(address), openStream: httpStreams(address) });
    const followed = await client.events.follow('web001', 0);
    const seen: string[] = [];
    const over = (async () => {
      for await (const { message } of followed.items) seen.push(message);
    })();
    await write('one', 'two');
    await expect.poll(() => seen).toEqual(['one', 'two']);
    await world.local.close();
    await over;
  });

  it('say something every fifteen seconds, which moves the place of who reads', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { ids, seen, over } = await ask('/api/v1/events');
      vi.advanceTimersByTime(14_999);
      await world.services.feed.tick();
      vi.advanceTimersByTime(1);
      world.services.feed.stop();
      await over;
      expect({ seen, ids: ids.length }).toEqual({ seen: [], ids: 2 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('ask for a token where the API does', async () => {
    const tcp = { kind: 'url', url: await world.tcp.listen({ host: '127.0.0.1', port: 0 }) } as const;
    expect((await ask('/api/v1/events', {}, tcp)).stream.status).toBe(401);
    expect((await ask('/api/v1/systems/web001/events', {}, tcp)).stream.status).toBe(401);
  });

  it.each([
    ['/api/v1/systems/nobody/events', {}, 404],
    ['/api/v1/events?stage=nonsense', {}, 422],
    ['/api/v1/events?after=-1', {}, 422],
    ['/api/v1/events?system=nobody', {}, 404],
    ['/api/v1/events', { 'last-event-id': 'x' }, 422],
  ])('refuse %s %j with a reason', async (path, headers, status) => {
    const client = await ask(path, headers);
    expect(client.stream.status).toBe(status);
    expect(client.stream.header('content-type')).toMatch(/problem\+json/);
  });
});
