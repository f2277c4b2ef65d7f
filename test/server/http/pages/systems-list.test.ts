import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPageWorld, type PageWorld, type Reader } from '../../../support/page-world.ts';
import { addRecords } from '../../../support/service-world.ts';

const COUNT = 230;
const nameOf = (row: number) => `node${String(row).padStart(3, '0')}`;

let pages: PageWorld;
beforeAll(async () => {
  pages = await openPageWorld();
  await addRecords(pages.world);
  const systems = Array.from({ length: COUNT }, (_, row) => ({
    name: nameOf(row),
    profile: 'debian-13',
    roles: row % 2 === 0 ? ['web'] : ['db'],
    comment: row === 7 ? 'the 7th <b>' : '',
    interfaces: [{ mac: `52:54:00:0a:00:${row.toString(16).padStart(2, '0')}` }],
  }));
  const applied = await pages.world.call('POST', '/api/v1/apply', { records: { systems } });
  expect(applied.status).toBe(200);
});
afterAll(() => pages.dispose());

/** What a page of the list shows, and where it leads. */
async function look(path: string, as: Reader = 'operator') {
  const { html, status } = await pages.get(path, as);
  const links = [...html.matchAll(/<a (?:rel="(\w+)" )?href="(\/systems[^"]*)"[^>]*>([^<]*)</g)];
  const href = (text: string) =>
    links.find(([, , , label]) => label?.includes(text))?.[2]?.replaceAll('&amp;', '&') ?? null;
  return {
    status,
    html,
    names: [...html.matchAll(/<th scope="row"><a href="[^"]*">([^<]*)</g)].map(([, name]) => name),
    count: /class="count"[^>]*>([\s\S]*?)<\/p>/
      .exec(html)?.[1]
      ?.replace(/<[^>]*>|\s+/g, ' ')
      .trim(),
    next: href('Next'),
    previous: href('Previous'),
    start: href('First'),
  };
}

describe('a list of more systems than fit on a page', () => {
  it('is walked to its end and back by links', async () => {
    const first = await look('/systems');
    expect(first.names).toHaveLength(100);
    expect(first.count).toMatch(/^231 systems · 1 to 100 shown$/);
    expect(first.previous).toBeNull();
    const second = await look(first.next ?? '');
    expect(second.count).toContain('101 to 200 shown');
    const last = await look(second.next ?? '');
    expect(last.names.at(-1)).toBe('web001');
    expect(last.count).toContain('201 to 231 shown');
    expect(last.next).toBeNull();
    expect([...first.names, ...second.names, ...last.names]).toEqual([
      ...Array.from({ length: COUNT }, (_, row) => nameOf(row)),
      'web001',
    ]);
    const back = await look(last.previous ?? '');
    expect(back.names).toEqual(second.names);
    expect(back.count).toContain('101 to 200 shown');
    const again = await look(back.previous ?? '');
    expect(again.names).toEqual(first.names);
    expect(again.previous).toBeNull();
    expect((await look(back.next ?? '')).names).toEqual(last.names);
    expect((await look(last.start ?? '')).names).toEqual(first.names);
  });

  it.each(['-name', '-updatedAt', 'createdAt', 'hostname', 'profile'])(
    'is walked in the order %s as well',
    async (sort) => {
      const first = await look(`/systems?sort=${sort}&role=web`);
      expect(first.count).toMatch(/^115 of 231 systems/);
      const second = await look(first.next ?? '');
      expect(second.names).toHaveLength(15);
      expect(new Set([...first.names, ...second.names]).size).toBe(115);
      expect((await look(second.previous ?? '')).names).toEqual(first.names);
      expect(first.html).toContain(`<option value="${sort}" selected>`);
      expect(first.html).toContain('<option value="web" selected>');
    },
  );

  it('keeps what narrows it in the addresses of its pages', async () => {
    const { next } = await look('/systems?role=web&search=node&state=none&sort=-name');
    expect(Object.fromEntries(new URL(next ?? '', 'http://x').searchParams)).toMatchObject({
      role: 'web',
      search: 'node',
      state: 'none',
      sort: '-name',
      at: '101',
    });
  });
});

describe('the filters', () => {
  it.each([
    ['search=node007', ['node007']],
    ['search=7th', ['node007']],
    ['search=52-54-00-0A-00-07', ['node007']],
    ['search=10.99.0.0/24', ['web001']],
    ['search=web0', ['web001']],
    ['search=%25', []],
    ['profile=debian-13&search=web001', ['web001']],
    ['state=failed', []],
    ['power=on', []],
    ['locked=true', []],
    ['locked=false&search=node00?', Array.from({ length: 10 }, (_, row) => nameOf(row))],
    ['role=nobody', []],
  ])('%s', async (query, names) => {
    const found = await look(`/systems?${query}`);
    expect(found.status).toBe(200);
    expect(found.names).toEqual(names);
  });

  it.each([
    ['state=%3Cscript%3E', 'state'],
    [`search=${'x'.repeat(101)}`, 'search'],
    ['search=%07', 'search'],
    ['cursor=bm9uZQ', 'cursor'],
    ['before=%3Cscript%3E', 'cursor'],
  ])('say what is wrong with %s, and show nothing in its place', async (query, path) => {
    const { status, html, names } = await look(`/systems?${query}`);
    expect(status).toBe(422);
    expect(html).toContain(`<li>${path}: `);
    expect(html).not.toContain('<script>');
    expect(names).toEqual([]);
  });

  it('offer the roles of the reader’s own systems', async () => {
    const rolesOf = (html: string) =>
      [
        ...(/<select name="role">([\s\S]*?)<\/select>/.exec(html)?.[1] ?? '').matchAll(/value="([^"]+)"/g),
      ].map(([, role]) => role);
    expect(rolesOf((await look('/systems')).html)).toEqual(['db', 'web']);
    const scoped = await look('/systems', 'scoped');
    expect(rolesOf(scoped.html)).toEqual(['web']);
    expect(scoped.count).toContain('115 systems');
    expect((await look('/systems?role=db', 'scoped')).names).toEqual([]);
  });

  it('bring back who stands on a page that is not there any more', async () => {
    const { next } = await look('/systems?search=node22');
    expect(next).toBeNull();
    const cursor = Buffer.from(JSON.stringify(['name', 'zzz', 9999])).toString('base64url');
    const { status, html, start } = await look(`/systems?cursor=${cursor}`);
    expect(status).toBe(200);
    expect(html).toContain('Nothing further');
    expect(start).toBeNull();
    expect(html).toContain('<a href="/systems">To its beginning</a>');
  });
});
