import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BootWorld, MACHINE, openBootWorld, STRANGER } from '../../support/boot-world.ts';
import { ip } from '../../support/dhcp-packets.ts';

let world: BootWorld;
beforeEach(async () => {
  world = await openBootWorld();
  await world.arm();
  await world.force({ state: 'installing' });
});
afterEach(() => world.dispose());

const say = (text: string) => world.heard.logs.take(ip(MACHINE), Buffer.from(text));
const get = (query = '') => world.call('GET', `/api/v1/systems/web001/log${query}`);
const upload = (name: string, body: string, options = {}) =>
  world.client.fetch(`/i/${world.token()}/log/${name}`, { method: 'POST', body, ...options });

describe('GET /api/v1/systems/:name/log', () => {
  it('before anything was said', async () => {
    const { id } = await world.install();
    expect((await get()).body).toEqual({
      system: 'web001',
      install: id,
      state: 'installing',
      name: 'syslog',
      names: [],
      text: '',
      from: 0,
      next: 0,
      total: 0,
      leftOutBytes: 0,
    });
  });

  it('the last lines, or everything from an offset on', async () => {
    for (const word of ['one', 'two', 'three']) say(`<13>a: ${word}`);
    const all = (await get()).body as { text: string; next: number; total: number };
    expect(all.text.match(/a: \w+/g)).toEqual(['a: one', 'a: two', 'a: three']);
    expect(all.next).toBe(all.total);
    expect((await get('?tail=1')).body).toMatchObject({
      text: expect.stringMatching(/^\S+ user.notice a: three\n$/),
    });
    say('<13>a: four');
    expect((await get(`?offset=${all.next}`)).body).toMatchObject({
      from: all.next,
      text: expect.stringMatching(/^\S+ user.notice a: four\n$/),
    });
  });

  it('of an earlier install, and of none that is another machine’s', async () => {
    const { id } = await world.install();
    say('<13>a: first');
    await world.force({ state: 'cancelled' });
    await world.arm();
    expect((await get()).body).toMatchObject({ install: id + 1, text: '' });
    expect((await get(`?install=${id}`)).body).toMatchObject({
      install: id,
      state: 'cancelled',
      text: expect.stringContaining('a: first'),
    });
    expect(await world.call('GET', `/api/v1/systems/web002/log?install=${id}`)).toMatchObject({
      status: 404,
    });
  });

  it.each([
    ['web009', '', 404, 'there is no system'],
    ['web002', '', 404, 'no install of web002 was ever armed'],
    ['web001', '?name=anaconda', 404, "has no log 'anaconda': it has none"],
    ['web001', '?name=../../secret.key', 422, 'must be one of'],
    ['web001', '?tail=0', 422, 'tail'],
    ['web001', '?tail=1&offset=1', 422, 'offset'],
    ['web001', '?lines=1', 422, 'there is no such field'],
  ])('%s%s is refused with %i', async (name, query, status, detail) => {
    const answer = await world.call('GET', `/api/v1/systems/${name}/log${query}`);
    expect(answer).toMatchObject({ status, body: { detail: expect.stringContaining(detail) } });
  });
});

describe('POST /i/<token>/log/<name>', () => {
  it('keeps what the installer sends, without the token, and the timeline says so', async () => {
    const body = `line\nurl=http://x/i/${world.token()}/answer\n`;
    expect(await upload('anaconda', body)).toMatchObject({ status: 200, text: 'ok\n' });
    expect((await get('?name=anaconda')).body).toMatchObject({
      names: ['anaconda'],
      text: 'line\nurl=http://x/i/<token>/answer\n',
    });
    expect((await world.events()).filter(({ stage }) => stage === 'log')).toMatchObject([
      {
        outcome: 'ok',
        message: "the installer's log 'anaconda' (35 bytes)",
        data: { name: 'anaconda', bytes: 35, address: MACHINE },
      },
    ]);
    expect(world.logged.join('')).not.toContain(body);
  });

  it('PUT does the same, and a later log takes the place of the one before', async () => {
    await upload('program', 'first');
    expect(await upload('program', 'second', { method: 'PUT' })).toMatchObject({ status: 200 });
    expect((await get('?name=program')).body).toMatchObject({ text: 'second' });
  });

  it('from a stranger, of an unknown name or install: refused', async () => {
    expect(await upload('anaconda', 'x', { from: STRANGER })).toMatchObject({ status: 403 });
    expect(await upload('passwd', 'x')).toMatchObject({
      status: 404,
      text: expect.stringContaining('take one of installer, partman, anaconda'),
    });
    const other = await world.client.fetch('/i/notoken/log/anaconda', { method: 'POST', body: 'x' });
    expect(other).toMatchObject({ status: 404 });
    expect(await world.client.fetch(`/i/${world.token()}/log/anaconda`)).toMatchObject({ status: 404 });
  });

  it('for an hour after the install is over, and before it has begun not at all', async () => {
    await world.force({ state: 'failed' });
    expect(await upload('anaconda', 'why')).toMatchObject({ status: 200 });
    world.nowMs += 61 * 60_000;
    expect(await upload('anaconda', 'late')).toMatchObject({ status: 410 });
    await world.force({ state: 'armed' });
    expect(await upload('anaconda', 'early')).toMatchObject({ status: 410 });
    expect((await get('?name=anaconda')).body).toMatchObject({ text: 'why' });
  });

  it('too large a log is refused in words, and nothing of it is kept', async () => {
    const large = 'x'.repeat(5 * 1024 * 1024);
    const lengthSaid = { headers: { 'content-length': String(large.length) } };
    for (const options of [lengthSaid, { headers: { 'transfer-encoding': 'chunked' } }]) {
      const answer = await upload('installer', large, options);
      expect(answer).toMatchObject({ status: 413, text: expect.stringContaining('send the end of it') });
    }
    expect(await get('?name=installer')).toMatchObject({ status: 404 });
  });
});
