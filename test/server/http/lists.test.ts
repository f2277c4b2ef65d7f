import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import type { System } from '../../../src/domain/records/system.ts';
import { makeActor } from '../../support/actors.ts';
import { addRecord, addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

const mac = (n: number): string => `52:54:00:00:01:${n.toString(16).padStart(2, '0')}`;

/** web001 is there; `n` more, a second apart. */
async function addSystems(numbers: readonly number[], more: object = {}): Promise<void> {
  for (const n of numbers) {
    world.nowMs += 1000;
    const name = `db${String(n).padStart(3, '0')}`;
    const interfaces = [{ mac: mac(n), ip: `10.99.0.${20 + n}` }];
    await addRecord(world, 'systems', { name, profile: 'debian-13', interfaces, ...more });
  }
}

interface Listed {
  readonly names: string[];
  readonly next: string | null;
  readonly total: number;
}

async function list(query: string, nouns = 'systems'): Promise<Listed> {
  const { status, body } = await world.call('GET', `/api/v1/${nouns}?${query}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  const { items, next, total } = body as { items: { name: string }[]; next: string | null; total: number };
  return { names: items.map(({ name }) => name), next, total };
}

/** Every page, one after the other; `between` runs after each. */
async function pages(query: string, between: () => Promise<void> = async () => {}): Promise<string[][]> {
  const found: string[][] = [];
  let cursor = '';
  for (;;) {
    const { names, next } = await list(`${query}${cursor}`);
    found.push(names);
    if (next === null) return found;
    cursor = `&cursor=${next}`;
    await between();
  }
}

describe('pages', () => {
  it('have every record once, in order', async () => {
    await addSystems([1, 2, 3, 4]);
    expect(await list('limit=2')).toMatchObject({ names: ['db001', 'db002'], total: 5 });
    expect(await pages('limit=2')).toEqual([['db001', 'db002'], ['db003', 'db004'], ['web001']]);
    expect(await pages('limit=2&sort=-name')).toEqual([['web001', 'db004'], ['db003', 'db002'], ['db001']]);
    expect(await pages('limit=3&sort=-updatedAt')).toEqual([
      ['db004', 'db003', 'db002'],
      ['db001', 'web001'],
    ]);
    expect(await pages('limit=3&sort=profile')).toEqual([
      ['web001', 'db001', 'db002'],
      ['db003', 'db004'],
    ]);
    expect(await list('limit=5')).toMatchObject({ next: null });
  });

  it('neither repeat nor leave out what was there when something comes or goes between them', async () => {
    await addSystems([2, 4, 6]);
    let n = 0;
    const between = async () => {
      n += 1;
      if (n === 1) await addSystems([1, 5]);
      else await world.call('DELETE', '/api/v1/systems/db004');
    };
    expect(await pages('limit=1', between)).toEqual([['db002'], ['db004'], ['db005'], ['db006'], ['web001']]);
  });

  it('of a cursor that is none, or of another order, are refused', async () => {
    await addSystems([1]);
    const { next } = await list('limit=1');
    for (const query of ['cursor=x', `sort=-name&cursor=${next}`, `cursor=${next}%00`]) {
      const { status, body } = await world.call('GET', `/api/v1/systems?${query}`);
      expect({ status, body }).toMatchObject({ status: 422, body: { problems: [{ path: 'cursor' }] } });
    }
  });

  it('are all read by the client', async () => {
    await addSystems([1, 2, 3]);
    const small = createClient({
      async request({ path }) {
        const url = path.replace('/systems?', '/systems?limit=1&').replace(/systems$/, 'systems?limit=1');
        const answer = await world.call('GET', url);
        const text = JSON.stringify(answer.body);
        return { status: answer.status, contentType: 'application/json', text };
      },
      openStream: () => Promise.reject(new Error('no stream')),
    });
    expect((await small.systems.list()).items).toHaveLength(4);
    expect((await small.systems.list({ name: 'db*' })).items).toHaveLength(3);
    expect(await small.systems.page()).toMatchObject({ total: 4, items: [{ name: 'db001' }] });
  });

  it.each(['distros', 'profiles', 'subnets'])('of %s are made as well', async (nouns) => {
    const body = (await world.call('GET', `/api/v1/${nouns}`)).body as { items: { name: string }[] };
    const [{ name } = { name: '' }] = body.items;
    expect(body).toMatchObject({ next: null, total: 1 });
    expect(await list('name=nothing*', nouns)).toEqual({ names: [], next: null, total: 0 });
    expect(await list(`search=${name.slice(1, 3)}&sort=-createdAt&limit=1`, nouns)).toMatchObject({
      names: [name],
    });
  });
});

describe('filters', () => {
  it.each<[string, string[]]>([
    ['name=db*', ['db001', 'db002']],
    ['name=db00?&limit=1', ['db001']],
    ['name=db_01', []],
    ['hostname=web*', ['web001']],
    ['profile=debian-13', ['db001', 'db002', 'web001']],
    ['profile=nothing', []],
    ['role=db', ['db001', 'db002']],
    ['ip=10.99.0.21', ['db001']],
    ['ip=10.99.0.16/28', ['db001', 'db002']],
    ['ip=10.99.0.*', ['db001', 'db002', 'web001']],
    ['ip=10.98.', []],
    ['mac=5254.0000.0101', ['db001']],
    ['mac=52:54:00:00:01:*', ['db001', 'db002']],
    ['bmc=10.98.0.0/24', ['db001', 'db002']],
    ['power=unknown', ['db001', 'db002', 'web001']],
    ['power=on', []],
    ['state=none', ['db001', 'db002', 'web001']],
    ['state=armed', []],
    ['locked=true', []],
    ['locked=false&name=web*', ['web001']],
    ['search=EB0', ['web001']],
    ['search=rack%204', ['db001', 'db002']],
    ['search=01:02', ['db002']],
    ['search=10.98.0.1', ['db001', 'db002']],
    ['search=100%25', []],
    ['role=db&ip=10.99.0.22', ['db002']],
  ])('%s', async (query, names) => {
    const bmc = { address: '10.98.0.1', driver: 'ipmi', firmware: 'uefi', shared: true };
    await addSystems([1], { roles: ['db'], comment: 'in rack 4', bmc: { ...bmc, port: 1 } });
    await addSystems([2], { roles: ['db'], comment: 'in rack 4', bmc: { ...bmc, port: 2 } });
    expect((await list(query)).names).toEqual(names);
  });

  it('by the time of a change', async () => {
    await addSystems([1, 2]);
    const [since] = [new Date(world.nowMs).toISOString()];
    expect((await list(`changedSince=${since}`)).names).toEqual(['db002']);
    world.nowMs += 1000;
    await world.call('PATCH', '/api/v1/systems/web001', { comment: 'x' });
    expect((await list(`changedSince=${since}`)).names).toEqual(['db002', 'web001']);
    expect((await list(`changedSince=${since}`, 'subnets')).names).toEqual([]);
  });

  it('stay within the scope of who asks', async () => {
    await addSystems([1], { roles: ['db'] });
    const page = await world.services.systems.page({}, makeActor('op', { scope: ['db'] }));
    expect(page).toMatchObject({ items: [{ name: 'db001' }], total: 1 });
  });
});

it('shows only the fields that are asked for', async () => {
  const { body } = await world.call(
    'GET',
    '/api/v1/systems?fields=name,ip,mac,effective.loader.from,install.state',
  );
  expect((body as { items: System[] }).items).toEqual([
    {
      name: 'web001',
      ip: '10.99.0.11',
      mac: '52:54:00:00:00:01',
      'effective.loader.from': 'default',
      'install.state': null,
    },
  ]);
});

describe('a query that is none', () => {
  it.each([
    ['systems', 'colour=red', 'colour'],
    ['systems', 'limit=0', 'limit'],
    ['systems', 'limit=1001', 'limit'],
    ['systems', 'limit=many', 'limit'],
    ['systems', 'sort=colour', 'sort'],
    ['systems', 'fields=colour', 'fields'],
    ['systems', 'fields=__proto__', 'fields'],
    ['systems', 'changedSince=yesterday', 'changedSince'],
    ['systems', 'ip=300.1.1.1', 'ip'],
    ['systems', 'power=maybe', 'power'],
    ['systems', 'name=a&name=b', 'name'],
    ['subnets', 'role=web', 'role'],
  ])('of %s: %s', async (nouns, query, path) => {
    const { status, body } = await world.call('GET', `/api/v1/${nouns}?${query}`);
    expect({ status, body }).toMatchObject({ status: 422, body: { problems: [{ path }] } });
  });
});
