import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPageWorld, type PageWorld } from '../../../support/page-world.ts';
import { addRecord, addRecords, bodies } from '../../../support/service-world.ts';

const MORE = {
  name: 'db001',
  profile: 'debian-13',
  interfaces: [{ mac: '52:54:00:00:00:02', ip: '10.99.0.12' }],
};

let pages: PageWorld;
beforeEach(async () => {
  pages = await openPageWorld();
});
afterEach(() => pages.dispose());

describe('every page', () => {
  it('asks who is there, and leads to the login', async () => {
    await addRecords(pages.world);
    for (const path of [
      '/systems',
      '/systems/web001',
      '/systems/web001/files',
      '/systems/web001/audit',
      '/subnets',
      '/subnets/lab',
      '/audit',
    ]) {
      const answer = await pages.get(path, null);
      expect(answer).toMatchObject({
        status: 303,
        headers: { location: `/login?next=${encodeURIComponent(path)}` },
      });
    }
  });

  it('carries a policy that runs nothing but our own files, and is in nobody’s frame', async () => {
    const { headers, html } = await pages.get('/systems');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(html).not.toMatch(/<script(?![^>]* src="\/assets\/)/);
    expect(html).not.toMatch(/ style="| on[a-z]+="|<style/);
  });

  it('names files that are there, by their content', async () => {
    const { html } = await pages.get('/systems');
    const files = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => String(path));
    expect(files.length).toBeGreaterThan(4);
    for (const path of files) {
      const answer = await pages.get(path, null);
      expect(answer.status, path).toBe(200);
      expect(answer.headers['cache-control']).toContain('immutable');
    }
    expect((await pages.get('/assets/..%2fassets.json', null)).status).toBe(404);
  });

  it('is a page where there is nothing', async () => {
    const { status, html } = await pages.get('/systems/nobody');
    expect(status).toBe(404);
    expect(html).toContain('There is nothing here');
  });

  it.each([
    ['/nowhere?x=<script>', 'text/html,*/*', 'operator', 'Log out'],
    ['/nowhere', 'text/html', null, 'href="/login"'],
    ['/nowhere', '*/*', null, '"code":"no-such-route"'],
    ['/api/v1/nowhere', 'text/html', 'operator', '"code":"no-such-route"'],
  ] as const)('is answered at %s to who takes %s', async (url, accept, as, said) => {
    const cookie = as === null ? '' : `provision_session=${pages.cookies[as]}`;
    const { statusCode, payload, headers } = await pages.app.inject({ url, headers: { accept, cookie } });
    expect(statusCode).toBe(404);
    expect(payload).toContain(said);
    expect(payload).not.toContain('<script>');
    if (payload.includes('<html')) expect(headers['content-security-policy']).toContain("'none'");
  });

  it('keeps its frame where something is refused', async () => {
    const { status, html } = await pages.get('/audit', 'viewer');
    expect(status).toBe(403);
    expect(html).toContain('Log out');
    expect(html).toContain('href="/subnets"');
  });
});

describe('the list of systems', () => {
  it('teaches the next step while it is empty', async () => {
    expect((await pages.get('/systems')).html).toContain('provision subnet add');
    const { distro, profile, subnet } = bodies(pages.world);
    await addRecord(pages.world, 'subnets', subnet);
    expect((await pages.get('/systems')).html).toContain('provision profile add');
    await addRecord(pages.world, 'distros', distro);
    await addRecord(pages.world, 'profiles', profile);
    expect((await pages.get('/systems')).html).toContain('href="/add-system"');
    expect((await pages.get('/systems', 'viewer')).html).not.toContain('/add-system');
  });

  it('shows and narrows them', async () => {
    await addRecords(pages.world);
    await addRecord(pages.world, 'systems', MORE);
    const all = await pages.get('/systems');
    expect(all.html).toContain('href="/systems/web001"');
    expect(all.html).toContain('2 systems');
    const some = await pages.get('/systems?search=10.99.0.12');
    expect(some.html).toContain('db001');
    expect(some.html).not.toContain('href="/systems/web001"');
    expect((await pages.get('/systems?search=nothing')).html).toContain('Nothing fits');
    expect((await pages.get('/systems?state=none&role=')).html).toContain('db001');
  });

  it('has nothing of systems outside the reader’s scope', async () => {
    await addRecords(pages.world);
    await addRecord(pages.world, 'systems', { ...MORE, roles: ['web'] });
    const { html } = await pages.get('/systems', 'scoped');
    expect(html).toContain('db001');
    expect(html).not.toContain('web001');
    expect((await pages.get('/systems/web001', 'scoped')).status).toBe(404);
    const subnet = await pages.get('/subnets/lab', 'scoped');
    expect(subnet.html).toContain('a system outside your scope');
    expect(subnet.html).not.toContain('web001');
  });
});

describe('one system', () => {
  beforeEach(() => addRecords(pages.world));

  it('shows what it is, and no button to a reader', async () => {
    const operator = await pages.get('/systems/web001');
    expect(operator).toMatchObject({ status: 200 });
    expect(operator.html).toContain('52:54:00:00:00:01');
    expect(operator.html).toContain('Install…');
    const viewer = await pages.get('/systems/web001', 'viewer');
    expect(viewer.html).not.toMatch(/Install…|\/edit"|\/copy"|Lock…/);
    for (const path of ['install', 'power', 'lock', 'remove', 'edit'])
      expect((await pages.post(`/systems/web001/${path}`, {}, 'viewer')).status, path).toBe(403);
  });

  it('folds what is beyond the first interfaces', async () => {
    const card = (row: number) => ({ name: `eth${row}`, mac: `52:54:00:00:0b:${10 + row}` });
    await addRecord(pages.world, 'systems', {
      name: 'switch001',
      profile: 'debian-13',
      interfaces: Array.from({ length: 11 }, (_, row) => card(row)),
    });
    const { html } = await pages.get('/systems/switch001');
    const [seen = '', folded = ''] = html.split('<summary>3 more interfaces</summary>');
    expect(seen).toContain('<dt>eth7</dt>');
    expect(seen).not.toContain('<dt>eth8</dt>');
    expect(folded).toContain('<dt>eth10</dt>');
  });

  it('shows the files it would get, without secrets', async () => {
    const { html, status } = await pages.get('/systems/web001/files', 'viewer');
    expect(status).toBe(200);
    expect(html).toContain('answer-file');
    expect(html).not.toContain('topsecretsalt');
  });

  it('is installed only by its name', async () => {
    const refused = await pages.post('/systems/web001/install', { confirm: 'web002' });
    expect(refused.status).toBe(422);
    expect(refused.html).toContain('type the name of the system, web001');
    const done = await pages.post('/systems/web001/install', { confirm: 'web001' });
    expect(done).toMatchObject({ status: 303, headers: { location: '/systems/web001?done=install' } });
    const { html } = await pages.get('/systems/web001?done=install');
    expect(html).toContain('The install was asked for');
    expect(html).toContain('Cancel the install');
    expect(html).toContain('armed by operator');
    const again = await pages.post('/systems/web001/install', { confirm: 'web001' });
    expect(again.status).toBe(409);
    expect(await pages.post('/systems/web001/cancel', {})).toMatchObject({ status: 303 });
  });

  it('is locked with a reason, and unlocked', async () => {
    expect((await pages.post('/systems/web001/lock', { reason: '' })).status).toBe(422);
    expect((await pages.post('/systems/web001/lock', { reason: '<b>mine</b>' })).status).toBe(303);
    const { html } = await pages.get('/systems/web001');
    expect(html).toContain('&lt;b&gt;mine&lt;/b&gt;');
    expect(html).not.toContain('Install…');
    expect((await pages.post('/systems/web001/unlock', {})).status).toBe(303);
  });

  it('does nothing for a form of somebody else', async () => {
    const forged = await pages.post('/systems/web001/lock', { reason: 'x', _csrf: 'guessed' });
    expect(forged.status).toBe(403);
    expect((await pages.world.services.systems.get('web001')).lock).toBeNull();
  });

  it('shows nothing of an address that it does not know', async () => {
    const { html } = await pages.get('/systems/web001?done=<script>alert(1)</script>');
    expect(html).not.toContain('alert(1)');
  });

  it('shows what machines say as text', async () => {
    const { id } = await pages.world.services.systems.get('web001');
    pages.world.services.events.record({
      systemId: id,
      mac: null,
      installId: null,
      stage: 'progress',
      outcome: 'ok',
      message: '<img src=x onerror=alert(1)>\u202egnp\u001b[2J',
      data: { lastLines: '<script>alert(2)</script>\n{{ 7*7 }}' },
    });
    const { html } = await pages.get('/systems/web001');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;&#92;u{202e}gnp&#92;u{1b}[2J');
    expect(html).toContain('&lt;script&gt;alert(2)&lt;/script&gt;');
    expect(html).toContain('{{ 7*7 }}');
    expect(html).not.toMatch(/<img src=x|<script>alert/);
  });
});
