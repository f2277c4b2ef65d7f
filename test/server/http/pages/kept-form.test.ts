import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADA } from '../../../support/actors.ts';
import { PASSWORD } from '../../../support/callers.ts';
import { hiddenFields } from '../../../support/page-forms.ts';
import { openPageWorld, type PageWorld } from '../../../support/page-world.ts';
import { addRecords } from '../../../support/service-world.ts';

let pages: PageWorld;
beforeEach(async () => {
  pages = await openPageWorld();
  await addRecords(pages.world);
  await pages.world.access.users.add({ name: 'grace', role: 'operator', password: PASSWORD }, ADA);
});
afterEach(() => pages.dispose());

const TYPED = { name: 'web002', comment: '"rack" & <4>', 'interfaces.0.mac': '52:54:00:00:00:02' };

/** Logs in with what the page of the login has hidden in its form. */
const logIn = (html: string, password = PASSWORD) =>
  pages.post('/login', { ...hiddenFields(html), name: 'grace', password }, null);

describe('a form that is sent when the session is over', () => {
  it('is kept by the login, and stands in the form again after it', async () => {
    const over = await pages.post('/add-system', TYPED, null);
    expect(over.status).toBe(401);
    expect(over.html).toContain('Nothing that you typed is lost');
    const wrong = await logIn(over.html, 'not it, not it');
    expect(wrong.status).toBe(401);
    const back = await logIn(wrong.html);
    expect(back.status).toBe(200);
    expect(back.headers['set-cookie']).toMatch(/^provision_session=/);
    expect(back.html).toContain('action="/add-system"');
    expect(hiddenFields(back.html)).toMatchObject({ ...TYPED, _do: 'keep' });
    const shown = await pages.post('/add-system', { ...hiddenFields(back.html), _csrf: '' }, 'operator');
    expect(shown.status).toBe(403);
    const again = await pages.post('/add-system', { ...TYPED, _do: 'keep' }, 'operator');
    expect(again.status).toBe(200);
    expect(again.html).toContain('value="&quot;rack&quot; &amp; &lt;4&gt;"');
    expect(again.html).toContain('nothing was saved yet');
    await expect(pages.world.services.systems.get('web002')).rejects.toThrow('no system');
  });

  it('has no secrets in it, and says which have to be typed again', async () => {
    const secret = { 'bmc.password': 'geheim-4711', 'settings.rootPasswordHash': '$6$abc$def' };
    const { html } = await pages.post('/systems/web001/edit', { ...TYPED, ...secret }, null);
    expect(html).not.toContain('geheim-4711');
    expect(html).not.toContain('$6$abc');
    expect(html).toContain('Type again what is secret: Password, Root password hash');
  });

  it('leads back to the machine where it was a button of its page', async () => {
    const { status, headers } = await pages.post('/systems/web001/lock', { reason: 'mine' }, null);
    expect([status, headers['location']]).toEqual([303, '/login?next=%2Fsystems%2Fweb001']);
  });

  it('is not kept for another path, nor where it makes no sense', async () => {
    for (const kept of [
      '{',
      '[]',
      '{"path":"/logout","form":{}}',
      '{"path":"//elsewhere.example","form":{}}',
    ]) {
      const form = { name: 'grace', password: PASSWORD, next: '/subnets', _kept: kept };
      const { status, headers } = await pages.post('/login', form, null);
      expect([status, headers['location']], kept).toEqual([303, '/subnets']);
    }
  });

  it('is not read without an end', async () => {
    const { status } = await pages.post('/add-system', { comment: 'x'.repeat(600_000) }, null);
    expect(status).toBe(303);
  });
});

describe('a form of an earlier session', () => {
  it('is not done, and is shown again with what was typed', async () => {
    const { status, html } = await pages.post('/add-system', { ...TYPED, _csrf: 'of another session' });
    expect(status).toBe(403);
    expect(html).toContain('You have logged in anew since this form was opened');
    const { _csrf, ...kept } = hiddenFields(html);
    expect(kept).toEqual({ ...TYPED, _do: 'keep' });
    const again = await pages.post('/add-system', { ...kept, _csrf: String(_csrf) });
    expect(again.status).toBe(200);
    expect(again.html).toContain('value="&quot;rack&quot; &amp; &lt;4&gt;"');
  });
});

describe('a secret that was typed into a form that comes back', () => {
  it('has to be typed again, and that is said at its field', async () => {
    const typed = { ...TYPED, 'bmc.user': 'admin', 'bmc.password': 'geheim-4711' };
    const { html } = await pages.post('/add-system', { ...typed, _do: 'add:interfaces' });
    expect(html).not.toContain('geheim-4711');
    expect(html.match(/Type it again: what is secret is not sent back/g)).toHaveLength(1);
    expect((await pages.get('/add-system')).html).not.toContain('Type it again');
  });
});

describe('the check of a field when the session is over', () => {
  it('leads nowhere, as what was typed would be lost', async () => {
    const part = await pages.app.inject({
      method: 'POST',
      url: '/check-system?field=name',
      headers: { 'hx-request': 'true', 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'name=web001',
    });
    expect(part.statusCode).toBe(401);
    expect(part.headers['hx-redirect']).toBeUndefined();
  });
});

describe('a form whose record somebody else changes', () => {
  const opened = async () => ({
    ...hiddenFields((await pages.get('/systems/web001/edit')).html),
    name: 'web001',
    profile: 'debian-13',
    'interfaces.0.name': 'eth0',
    'interfaces.0.mac': '52:54:00:00:00:01',
    'interfaces.0.ip': '10.99.0.11',
    'interfaces.0.subnet': 'lab',
  });

  it('is told of it when it is saved, also where an entry was added to it in between', async () => {
    const form = { ...(await opened()), comment: '' };
    await pages.world.call('PATCH', '/api/v1/systems/web001', { comment: 'theirs' });
    const more = await pages.post('/systems/web001/edit', { ...form, _do: 'add:interfaces' });
    const saved = await pages.post('/systems/web001/edit', { ...form, ...hiddenFields(more.html) });
    expect(saved.status).toBe(412);
    expect(saved.html).toContain('Somebody else has changed web001');
    expect((await pages.world.services.systems.get('web001')).comment).toBe('theirs');
  });

  it('is not lost where somebody has removed it', async () => {
    const form = { ...(await opened()), comment: 'mine' };
    await pages.world.call('DELETE', '/api/v1/systems/web001');
    const { status, html } = await pages.post('/systems/web001/edit', form);
    expect(status).toBe(404);
    expect(html).toContain('somebody else has removed or renamed web001');
    expect(html).toContain('action="/add-system"');
    expect(html).toContain('value="mine"');
  });

  it('is not lost where the service fails on it', async () => {
    const { systems } = pages.world.services;
    const form = await opened();
    const { update } = systems;
    systems.update = async () => {
      throw new Error('a fault of ours');
    };
    const { status, html } = await pages.post('/systems/web001/edit', { ...form, comment: 'mine' });
    systems.update = update;
    expect(status).toBe(500);
    expect(html).toContain('value="mine"');
    expect(html).not.toContain('a fault of ours');
  });
});
