import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextPath } from '../../../../server/http/pages/login-view.ts';
import { LOGIN_LIMITS } from '../../../../src/domain/access/login-throttle.ts';
import { ADA } from '../../../support/actors.ts';
import { PASSWORD } from '../../../support/callers.ts';
import { openPageWorld, type PageWorld } from '../../../support/page-world.ts';
import { addRecords, openServiceWorld } from '../../../support/service-world.ts';

let pages: PageWorld;
beforeEach(async () => {
  pages = await openPageWorld();
});
const addUser = () =>
  pages.world.access.users.add({ name: 'grace', role: 'viewer', password: PASSWORD }, ADA);
afterEach(() => pages.dispose());

describe('the login', () => {
  it('lets somebody in by name and password, and on to where he was going', async () => {
    await addUser();
    const form = { name: 'grace', password: PASSWORD, next: '/systems/web001' };
    const { status, headers } = await pages.post('/login', form, null);
    expect(status).toBe(303);
    expect(headers['location']).toBe('/systems/web001');
    expect(headers['set-cookie']).toMatch(/^provision_session=[\w-]+; .*HttpOnly; SameSite=Strict/);
  });

  it('says the same of a wrong name and a wrong password, and keeps the name', async () => {
    await addUser();
    const wrong = await pages.post('/login', { name: 'grace', password: 'not it, not it' }, null);
    const nobody = await pages.post('/login', { name: 'no"body', password: 'not it either' }, null);
    for (const { status, html, headers } of [wrong, nobody]) {
      expect(status).toBe(401);
      expect(html).toContain('this name and this password do not go together');
      expect(headers['set-cookie']).toBeUndefined();
    }
    expect(wrong.html).toContain('value="grace"');
    expect(nobody.html).toContain('value="no&quot;body"');
    expect(wrong.html).not.toContain('not it, not it');
  });

  it('has its own words for those who try too often', { timeout: 60_000 }, async () => {
    for (let tries = 0; tries <= LOGIN_LIMITS.name.free; tries += 1)
      await pages.post('/login', { name: 'grace', password: `wrong guess ${tries}` }, null);
    const { status, html } = await pages.post('/login', { name: 'grace', password: PASSWORD }, null);
    expect(status).toBe(429);
    expect(html).toContain('role="alert"');
  });

  it('teaches how the first user is made', async () => {
    const fresh = await openServiceWorld();
    const answer = await fresh.tcp.inject({ url: '/login' });
    expect(answer.payload).toContain('provision user add NAME --role admin');
    expect(answer.payload).toContain('provision setup');
    await fresh.dispose();
    expect((await pages.get('/login', null)).html).not.toContain('provision setup');
  });

  it('is refused for a form of another site', async () => {
    const headers = {
      origin: 'http://elsewhere.example',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const payload = new URLSearchParams({ name: 'viewer', password: PASSWORD }).toString();
    const answer = await pages.app.inject({ method: 'POST', url: '/login', headers, payload });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['/systems/web001?done=saved', '/systems/web001?done=saved'],
    ['//elsewhere.example/', '/systems'],
    ['/\\elsewhere.example', '/systems'],
    ['https://elsewhere.example', '/systems'],
    ['/systems\r\nset-cookie: x', '/systems'],
    ['/login?next=/login', '/systems'],
    [undefined, '/systems'],
    [['/systems', '/x'], '/systems'],
  ])('goes on from %j to %s', (given, path) => {
    expect(nextPath(given)).toBe(path);
  });
});

describe('the end of a session', () => {
  it('is a button, and the pages are closed behind it', async () => {
    const { headers } = await pages.post('/logout', {}, 'viewer');
    expect(headers['location']).toBe('/login?done=out');
    expect(headers['set-cookie']).toContain('Max-Age=0');
    expect((await pages.get('/systems', 'viewer')).status).toBe(303);
  });

  it('counts at once for a user who was removed, and for parts of pages', async () => {
    await pages.world.access.users.remove('viewer', ADA);
    expect((await pages.get('/systems', 'viewer')).status).toBe(303);
    const part = await pages.app.inject({ url: '/systems', headers: { 'hx-request': 'true' } });
    expect(part.statusCode).toBe(401);
    expect(part.headers['hx-redirect']).toBeUndefined();
  });
});

describe('the audit', () => {
  beforeEach(() => addRecords(pages.world));

  it('shows who did what, from where, and what it changed', async () => {
    await pages.post('/systems/web001/lock', { reason: '<b>mine</b>' });
    await pages.world.call('PATCH', '/api/v1/systems/web001', { comment: '<i>theirs</i>' });
    const { status, html } = await pages.get('/audit', 'admin');
    expect(status).toBe(200);
    expect(html).toContain('user from 127.0.0.1');
    expect(html).toContain('&lt;b&gt;mine&lt;/b&gt;');
    expect(html).toContain('&lt;i&gt;theirs&lt;/i&gt;');
    expect(html).not.toMatch(/<b>mine|<i>theirs/);
    const locks = await pages.get('/audit?action=lock', 'admin');
    expect(locks.html).toContain('1 entry');
    expect((await pages.get('/audit?action=nonsense', 'admin')).status).toBe(422);
  });

  it('is for admins; what was done with one system, for all who may see it', async () => {
    expect((await pages.get('/audit', 'operator')).status).toBe(403);
    const { status, html } = await pages.get('/systems/web001/audit', 'viewer');
    expect(status).toBe(200);
    expect(html).toContain('History of web001');
    expect((await pages.get('/systems/web001/audit', 'scoped')).status).toBe(404);
  });
});
