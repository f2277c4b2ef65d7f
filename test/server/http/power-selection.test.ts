import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPowerWorld, order } from '../../support/power-world.ts';
import type { ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openPowerWorld(3);
});
afterEach(() => world.dispose());

describe('an order', () => {
  it.each([
    [{ match: 'web*1' }, ['web001']],
    [{ match: '*00?' }, ['web001', 'web002', 'web003']],
    [{ profile: 'debian-13' }, ['web001', 'web002', 'web003']],
    [{ systems: ['web003', 'web001'] }, ['web003', 'web001']],
    [{ role: 'web' }, ['web001', 'web003']],
    [{ role: 'nobody' }, []],
    [{ match: 'x*' }, []],
  ])('is for the machines that %j means', async (selection, names) => {
    for (const name of ['web001', 'web003'])
      await world.call('PATCH', `/api/v1/systems/${name}`, { roles: ['db', 'web'] });
    const { items } = await order(world, { action: 'on', ...selection, dryRun: true });
    expect(items.map(({ system }) => system)).toEqual(names);
    expect(await world.store.read.jobs.list({}, 10)).toEqual([]);
  });

  it.each([
    {},
    { systems: [] },
    { systems: ['web001'], all: true },
    { all: false },
    { match: 'a/b' },
    { role: 'web-1' },
    { role: 'web', profile: 'debian-13' },
    { systems: ['web001'], action: 'raw' },
    { all: true, command: 'x' },
  ])('is refused as %j', async (body) => {
    expect(await world.call('POST', '/api/v1/power', { action: 'on', ...body })).toMatchObject({
      status: 422,
    });
  });
});
