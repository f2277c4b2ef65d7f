import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inject } from '../../support/inject.ts';
import {
  addRecord,
  addRecords,
  bodies,
  openServiceWorld,
  type ServiceWorld,
} from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

const NOUNS = ['distros', 'profiles', 'subnets', 'systems'] as const;
const NAMES = { distros: 'debian-13', profiles: 'debian-13', subnets: 'lab', systems: 'web001' };
/** A change of each kind of record, and the field that shows it. */
const CHANGES = {
  distros: { kernelArgs: ['quiet'] },
  profiles: { kernelArgs: ['quiet'], loader: 'grub', localBoot: 'exit' },
  subnets: { nextServer: '192.0.2.1' },
  systems: { comment: 'rack 4', roles: ['web', 'db'] },
};

describe.each(NOUNS)('/api/v1/%s', (nouns) => {
  const path = `/api/v1/${nouns}/${NAMES[nouns]}`;
  const noun = nouns.slice(0, -1);

  it('adds, shows, lists, changes and removes', async () => {
    await addRecords(world);
    const shown = await world.call('GET', path);
    expect(shown).toMatchObject({ status: 200, body: { name: NAMES[nouns], revision: 1 } });
    expect((await world.call('GET', `/api/v1/${nouns}`)).body).toEqual({
      items: [shown.body],
      next: null,
      total: 1,
    });
    world.nowMs += 1000;
    const changed = await world.call('PATCH', path, CHANGES[nouns]);
    const { updatedAt: _, ...before } = shown.body as { updatedAt: string };
    expect(changed).toMatchObject({ status: 200, body: { ...before, ...CHANGES[nouns], revision: 2 } });
    expect((await world.call('GET', path)).body).toEqual(changed.body);
    for (const later of [...NOUNS].reverse().slice(0, NOUNS.length - NOUNS.indexOf(nouns) - 1))
      await world.call('DELETE', `/api/v1/${later}/${NAMES[later]}`);
    expect(await world.call('DELETE', path)).toMatchObject({ status: 204, body: '' });
    expect(await world.call('GET', path)).toMatchObject({ status: 404 });
  });

  it('says where a new record is', async () => {
    await addRecords(world);
    const body = { ...Object.values(bodies(world))[NOUNS.indexOf(nouns)], ...other(nouns) };
    const added = await world.call('POST', `/api/v1/${nouns}`, body);
    expect(added).toMatchObject({ status: 201, headers: { location: `/api/v1/${nouns}/other` } });
  });

  it('leaves alone what an edit does not name', async () => {
    await addRecords(world);
    const before = (await world.call('GET', path)).body as Record<string, unknown>;
    const { updatedAt: _, revision: __, ...rest } = before;
    expect((await world.call('PATCH', path, {})).body).toMatchObject(rest);
  });

  it('answers 404 with a hint for a name that is none', async () => {
    await addRecords(world);
    for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
      const answer = await world.call(method, `/api/v1/${nouns}/nothing`, body);
      expect(answer).toMatchObject({
        status: 404,
        body: { code: 'not-found', status: 404, hint: `list them with: provision ${noun} list` },
      });
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
  });

  it('refuses a name that stands already, also by an edit', async () => {
    await addRecords(world);
    const again = {
      ...Object.values(bodies(world))[NOUNS.indexOf(nouns)],
      ...other(nouns),
      name: NAMES[nouns],
    };
    const conflict = { value: NAMES[nouns], kind: 'name', holder: `${noun} ${NAMES[nouns]}` };
    const command = `provision ${noun} show ${NAMES[nouns]}`;
    const taken = { status: 409, body: { code: 'name-taken', conflict: { ...conflict, command } } };
    expect(await world.call('POST', `/api/v1/${nouns}`, again)).toMatchObject(taken);
    await addRecord(world, nouns, { ...again, name: 'other' });
    expect(await world.call('PATCH', `/api/v1/${nouns}/other`, { name: NAMES[nouns] })).toMatchObject(taken);
    expect(await world.call('PATCH', path, { name: NAMES[nouns] })).toMatchObject({ status: 200 });
  });

  it('refuses unknown fields by their path, in a new record and in an edit', async () => {
    await addRecords(world);
    const refused = { status: 422, body: { code: 'invalid', problems: [{ path: 'gatway' }] } };
    const body = { ...Object.values(bodies(world))[NOUNS.indexOf(nouns)], gatway: '10.0.0.1' };
    expect(await world.call('POST', `/api/v1/${nouns}`, body)).toMatchObject(refused);
    expect(await world.call('PATCH', path, { gatway: '10.0.0.1' })).toMatchObject(refused);
    expect(await world.call('PATCH', path, { id: 7, revision: 9 })).toMatchObject({ status: 422 });
  });

  it.each(['"1"', '1'])(
    'changes and removes with If-Match %s only the revision that was seen',
    async (seen) => {
      await addRecords(world);
      const conditional = (method: 'PATCH' | 'DELETE', revision: string) =>
        inject(world.local, {
          method,
          url: path,
          headers: { 'if-match': revision },
          ...patchOf(method, nouns),
        });
      expect(await conditional('PATCH', seen)).toMatchObject({ status: 200, body: { revision: 2 } });
      const stale = { status: 412, body: { code: 'stale-revision' } };
      expect(await conditional('PATCH', seen)).toMatchObject(stale);
      expect(await conditional('DELETE', seen)).toMatchObject(stale);
      // What says the same again is accepted, and changes nothing.
      expect(await conditional('PATCH', '*')).toMatchObject({ status: 200 });
      expect(await world.call('GET', path)).toMatchObject({ body: { revision: 2 } });
    },
  );

  it.each(['"abc"', 'W/"1"', '"1", "2"', ''])(
    'refuses If-Match %s, which it cannot judge',
    async (header) => {
      await addRecords(world);
      for (const method of ['PATCH', 'DELETE'] as const) {
        const options = { method, url: path, headers: { 'if-match': header }, ...patchOf(method, nouns) };
        expect(await inject(world.local, options)).toMatchObject({
          status: 422,
          body: { problems: [{ path: 'If-Match' }] },
        });
      }
      expect(await world.call('GET', path)).toMatchObject({ status: 200, body: { revision: 1 } });
    },
  );
});

function patchOf(method: 'PATCH' | 'DELETE', nouns: (typeof NOUNS)[number]) {
  return method === 'PATCH' ? { payload: CHANGES[nouns] } : {};
}

/** What another record of the kind must have of its own. */
function other(nouns: (typeof NOUNS)[number]): object {
  if (nouns === 'subnets') return { name: 'other', network: '10.98.0.0/24', gateway: null, ranges: [] };
  if (nouns === 'systems')
    return { name: 'other', hostname: 'other', interfaces: [{ mac: '52:54:00:00:00:02', ip: '10.99.0.12' }] };
  return nouns === 'profiles' ? { name: 'other', from: 'debian-13' } : { name: 'other' };
}
