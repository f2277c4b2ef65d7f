import { unlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inject } from '../../support/inject.ts';
import {
  addRecord,
  addRecords,
  bodies,
  fileOf,
  openServiceWorld,
  type ServiceWorld,
} from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
});
afterEach(() => world.dispose());

const NOUNS = ['distros', 'profiles', 'subnets', 'systems'] as const;

describe('refusals', () => {
  it('tell every problem at once', async () => {
    const body = {
      name: 'Web 1',
      profile: '?',
      interfaces: [
        { mac: 'nonsense', ip: '010.0.0.1' },
        { mac: '52:54:00:00:00:01', ip: '1.2.3' },
      ],
      settings: { minDiskGb: 0, rootPasswordHash: 'clear text' },
      wrong: 1,
    };
    const answer = await world.call('POST', '/api/v1/systems', body);
    expect(answer.status).toBe(422);
    const { problems } = answer.body as { problems: { path: string }[] };
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'interfaces.0.ip',
      'interfaces.0.mac',
      'interfaces.1.ip',
      'name',
      'profile',
      'settings.minDiskGb',
      'settings.rootPasswordHash',
      'wrong',
    ]);
    expect(JSON.stringify(answer.body)).not.toContain('clear text');
  });

  it('tell every problem of the records, too', async () => {
    await addRecords(world);
    const body = {
      name: 'web_2',
      profile: 'nothing',
      bmc: { address: '10.99.0.255' },
      interfaces: [
        { name: 'a', mac: '52:54:00:00:00:21', ip: '10.99.0.150' },
        { name: 'b', mac: '52:54:00:00:00:22', ip: '10.98.0.1' },
        { name: 'c', mac: '52:54:00:00:00:23', ip: '10.99.0.5' },
        { name: 'd', mac: '52:54:00:00:00:24', ip: 'auto', subnet: 'nowhere' },
        { name: 'e', mac: '52:54:00:00:00:25', subnet: 'lab' },
        { name: 'a', mac: '52-54-00-00-00-21', ip: '10.99.0.150' },
      ],
    };
    const answer = await world.call('POST', '/api/v1/systems', body);
    expect(answer.status).toBe(422);
    const { problems } = answer.body as { problems: { path: string; message: string }[] };
    expect([...new Set(problems.map(({ path }) => path))].sort()).toEqual([
      'bmc.address',
      'hostname',
      'interfaces.0.ip',
      'interfaces.1.ip',
      'interfaces.2.ip',
      'interfaces.3.subnet',
      'interfaces.4.subnet',
      'interfaces.5.ip',
      'interfaces.5.mac',
      'interfaces.5.name',
      'profile',
    ]);
  });

  it.each([
    {
      what: 'malformed JSON',
      payload: '{"name":',
      type: 'application/json',
      status: 400,
      code: 'bad-request',
    },
    { what: 'an empty JSON body', payload: '', type: 'application/json', status: 400, code: 'bad-request' },
    {
      what: 'a form',
      payload: 'name=x',
      type: 'application/x-www-form-urlencoded',
      status: 415,
      code: 'wrong-media-type',
    },
    { what: 'text', payload: '{"name":"x"}', type: 'text/plain', status: 415, code: 'wrong-media-type' },
    {
      what: 'a prototype',
      payload: '{"name":"x","__proto__":{"a":1}}',
      type: 'application/json',
      status: 400,
      code: 'bad-request',
    },
    {
      what: 'too much',
      payload: `{"name":"${'x'.repeat(1024 * 1024)}"}`,
      type: 'application/json',
      status: 413,
      code: 'too-large',
    },
    { what: 'a list', payload: '[]', type: 'application/json', status: 422, code: 'invalid' },
    { what: 'null', payload: 'null', type: 'application/json', status: 422, code: 'invalid' },
  ])('answer $what with $status', async ({ payload, type, status, code }) => {
    for (const nouns of NOUNS) {
      const options = {
        method: 'POST' as const,
        url: `/api/v1/${nouns}`,
        payload,
        headers: { 'content-type': type },
      };
      const answer = await inject(world.local, options);
      expect(answer).toMatchObject({ status, body: { status, code, type: 'about:blank' } });
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
  });

  it('say what to do next where no record was asked', async () => {
    const send = (type: string, payload: string) =>
      inject(world.local, {
        method: 'POST',
        url: '/api/v1/systems',
        payload,
        headers: { 'content-type': type },
      });
    expect(await send('application/x-www-form-urlencoded', '{}')).toMatchObject({
      body: { hint: 'send JSON with the header Content-Type: application/json' },
    });
    expect(await send('application/json', `"${'x'.repeat(1024 * 1024)}"`)).toMatchObject({
      body: { hint: expect.stringContaining('POST /api/v1/apply') },
    });
  });

  it('name the fields of an answer that is sent back as what the service tells', async () => {
    await addRecords(world);
    for (const path of ['distros/debian-13', 'profiles/debian-13', 'subnets/lab', 'systems/web001']) {
      const { body: shown } = await world.call('GET', `/api/v1/${path}`);
      const { problems } = (await world.call('PUT', `/api/v1/${path}`, shown)).body as {
        problems: { path: string; message: string }[];
      };
      expect(problems.map((one) => one.path)).toContain('revision');
      for (const { message } of problems) expect(message).toMatch(/^is told by the service/);
    }
  });

  it('name a parameter that one record does not take', async () => {
    await addRecords(world);
    expect(await world.call('GET', '/api/v1/systems/web001?fields=name')).toMatchObject({
      status: 422,
      body: { problems: [{ path: 'fields' }] },
    });
  });

  it('answer what is no route with 404, and say so', async () => {
    expect(await world.call('GET', '/api/v1/nothing?x=1')).toMatchObject({
      status: 404,
      body: { code: 'no-such-route', detail: 'there is nothing at GET /api/v1/nothing' },
    });
  });

  it('name who stands on a record that was to go', async () => {
    await addRecords(world);
    for (const [path, user] of [
      ['distros/debian-13', 'profile debian-13'],
      ['profiles/debian-13', 'system web001'],
      ['subnets/lab', 'system web001'],
    ] as const) {
      const answer = await world.call('DELETE', `/api/v1/${path}`);
      expect(answer).toMatchObject({
        status: 409,
        body: { code: 'in-use', detail: expect.stringContaining(user) },
      });
    }
  });
});

describe('distros', () => {
  it('look at every file that is named', async () => {
    const { distro } = bodies(world);
    const body = {
      ...distro,
      kernel: '/etc/passwd',
      initrd: fileOf(world, 'nothing'),
      tree: fileOf(world, 'linux'),
    };
    const answer = await world.call('POST', '/api/v1/distros', body);
    const { problems } = answer.body as { problems: { path: string }[] };
    expect(problems.map(({ path }) => path)).toEqual(['kernel', 'initrd', 'tree']);
  });

  it('can be edited although a file that the edit does not name is gone', async () => {
    await addRecords(world);
    unlinkSync(fileOf(world, 'linux'));
    expect(await world.call('PATCH', '/api/v1/distros/debian-13', { version: '13.1' })).toMatchObject({
      status: 200,
    });
    const kernel = fileOf(world, 'linux');
    expect(await world.call('PATCH', '/api/v1/distros/debian-13', { kernel })).toMatchObject({ status: 422 });
  });
});

describe('profiles', () => {
  it('take what is left out from the shipped profile of that name, or of the one named', async () => {
    await addRecord(world, 'distros', bodies(world).distro);
    const bare = { name: 'debian-13', distro: 'debian-13' };
    const shipped = { answerFile: 'debian-13.preseed', answerKind: 'preseed', settings: { minDiskGb: 8 } };
    expect(await addRecord(world, 'profiles', bare)).toMatchObject(shipped);
    const own = { ...bare, name: 'mine', from: 'debian-13', settings: { minDiskGb: 100 } };
    expect(await addRecord(world, 'profiles', own)).toMatchObject({
      ...shipped,
      settings: { minDiskGb: 100, timezone: 'Etc/UTC' },
    });
    const unknown = await world.call('POST', '/api/v1/profiles', { ...own, name: 'x', from: 'nothing' });
    expect(unknown).toMatchObject({ status: 422, body: { problems: [{ path: 'from' }] } });
    const alone = await world.call('POST', '/api/v1/profiles', { name: 'alone', distro: 'debian-13' });
    expect(alone).toMatchObject({
      status: 422,
      body: { problems: [{ path: 'answerFile' }, { path: 'answerKind' }] },
    });
  });

  it.each([5, 'text', [], null, true])('refuse %j as settings', async (settings) => {
    await addRecord(world, 'distros', bodies(world).distro);
    const answer = await world.call('POST', '/api/v1/profiles', { ...bodies(world).profile, settings });
    expect(answer).toMatchObject({ status: 422, body: { problems: [{ path: 'settings' }] } });
  });

  it('need a distro that is there', async () => {
    const answer = await world.call('POST', '/api/v1/profiles', bodies(world).profile);
    expect(answer).toMatchObject({ status: 422, body: { problems: [{ path: 'distro' }] } });
  });

  it('keep the write-only settings until an edit names them', async () => {
    await addRecords(world);
    const path = '/api/v1/profiles/debian-13';
    const edit = (settings: object) => world.call('PATCH', path, { settings });
    expect((await edit({ disk: '/dev/vda' })).body).toMatchObject({ secretsSet: ['rootPasswordHash'] });
    expect((await edit({ rootPasswordHash: null })).body).toMatchObject({ secretsSet: [], settings: {} });
    expect((await edit({ rootPasswordHash: '$6$a$b' })).body).toMatchObject({
      secretsSet: ['rootPasswordHash'],
    });
  });
});

describe('subnets', () => {
  it('have the listeners follow each change, and only a change', async () => {
    await addRecords(world);
    expect(world.subnetChanges).toBe(1);
    await world.call('PATCH', '/api/v1/subnets/lab', { dhcp: 'off' });
    expect(world.subnetChanges).toBe(2);
    await world.call('PATCH', '/api/v1/subnets/lab', { dhcp: 'nonsense' });
    await world.call('DELETE', '/api/v1/subnets/lab');
    expect(world.subnetChanges).toBe(2);
  });
});
