import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

/** Texts that mean something to a database, a shell, a template or a path, where a value is put into one. */
const HOSTILE = [
  "' or '1'='1",
  "'; drop table systems; --",
  '" or ""="',
  "web001' union select hash from tokens --",
  'a) or (1=1',
  "%' or name like '%",
  '\\',
  '{{ 7*7 }}',
  '$(id)',
  '../../etc/passwd',
  '__proto__',
  '*'.repeat(200),
] as const;

let world: ServiceWorld;
beforeAll(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterAll(() => world.dispose());

const everything = async () => (await world.call('GET', '/api/v1/export')).body;

describe.each(HOSTILE)('%j', (text) => {
  const value = encodeURIComponent(text);

  it.each([
    'name',
    'hostname',
    'profile',
    'role',
    'ip',
    'mac',
    'bmc',
    'search',
    'state',
    'sort',
    'cursor',
    'fields',
  ])('as %s of a list finds nothing, or is refused', async (field) => {
    const { status, body } = await world.call('GET', `/api/v1/systems?${field}=${value}`);
    // Stars alone are a pattern that fits every name.
    const isPattern = text.startsWith('*');
    if (status === 200 && !isPattern) expect(body).toMatchObject({ items: [], total: 0 });
    else expect([200, 422]).toContain(status);
  });

  it('as a name in a path is not there, or is refused', async () => {
    for (const [method, path] of [
      ['GET', `systems/${value}`],
      ['DELETE', `systems/${value}`],
      ['GET', `systems/${value}/timeline`],
      ['GET', `systems/${value}/log?name=${value}`],
      ['GET', `profiles/${value}`],
      ['DELETE', `tokens/${value}`],
      ['GET', `audit?name=${value}`],
    ] as const) {
      const { status } = await world.call(method, `/api/v1/${path}`);
      expect({ path, isFault: status >= 500 }).toEqual({ path, isFault: false });
      if (!path.startsWith('audit')) expect(status).toBeGreaterThanOrEqual(400);
    }
  });

  it('as the value of a field is that text or is refused, and nothing else changes', async () => {
    const before = await everything();
    const edit = await world.call('PATCH', '/api/v1/systems/web001', { comment: text });
    expect(edit).toMatchObject({ status: 200, body: { comment: text } });
    expect(await world.call('GET', '/api/v1/systems/web001')).toMatchObject({ body: { comment: text } });
    await world.call('PATCH', '/api/v1/systems/web001', { comment: '' });
    expect(await everything()).toEqual(before);
  });
});

it.each(['/etc/passwd', '../secret.key', 'a/../../b.ks', '.hidden', 'a.ks\0.preseed', ''])(
  'an answer file is a name, and never %j',
  async (answerFile) => {
    const body = { name: 'other', distro: 'debian-13', answerFile, answerKind: 'preseed' };
    const { status, body: said } = await world.call('POST', '/api/v1/profiles', body);
    expect({ status, said }).toMatchObject({ status: 422, said: { problems: [{ path: 'answerFile' }] } });
  },
);
