import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPageWorld, type PageWorld, type Reader } from '../../../support/page-world.ts';
import { addRecord, addRecords } from '../../../support/service-world.ts';

let pages: PageWorld;
beforeEach(async () => {
  pages = await openPageWorld();
  await addRecords(pages.world);
});
afterEach(() => pages.dispose());

const FORM = {
  name: 'web002',
  profile: 'debian-13',
  'interfaces.0.name': 'eth0',
  'interfaces.0.mac': '52:54:00:00:00:02',
  'interfaces.0.ip': 'auto',
  'interfaces.0.subnet': 'lab',
};
const system = (name: string) => pages.world.services.systems.get(name);
/** What stands in the fields of a form. */
const textIn = (html: string, name: string) =>
  new RegExp(`name="${name.replaceAll('.', '\\.')}"[^>]* value="([^"]*)"`).exec(html)?.[1];
/** The hidden fields of a form, as a browser sends them back. */
const hidden = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/type="hidden" name="(_[a-z]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name,
      String(value).replaceAll('&quot;', '"'),
    ]),
  );

describe('the form of a new system', () => {
  it('adds it, and shows it', async () => {
    expect(await pages.get('/add-system')).toMatchObject({ status: 200 });
    const added = await pages.post('/add-system', { ...FORM, roles: 'web\r\ndb', comment: 'rack 4' });
    expect(added).toMatchObject({ status: 303, headers: { location: '/systems/web002?done=added' } });
    expect(await system('web002')).toMatchObject({
      roles: ['web', 'db'],
      comment: 'rack 4',
      bmc: null,
      interfaces: [{ ip: '10.99.0.1', subnet: 'lab' }],
    });
  });

  it('says who holds a value, with a way to look, and loses nothing that was typed', async () => {
    const values = { ...FORM, 'interfaces.0.ip': '10.99.0.11', comment: '"quoted" & <odd>' };
    const { status, html } = await pages.post('/add-system', values);
    expect(status).toBe(409);
    expect(html).toContain('10.99.0.11 is taken: system web001');
    expect(html).toContain('<a href="/systems/web001" target="_blank">look at system web001</a>');
    expect(html).toContain('href="#f-interfaces-0-ip"');
    expect(textIn(html, 'comment')).toBe('&quot;quoted&quot; &amp; &lt;odd&gt;');
    expect(textIn(html, 'interfaces.0.mac')).toBe('52:54:00:00:00:02');
  });

  it('does not say which system outside the reader’s scope is in the way', async () => {
    const taken = { ...FORM, 'interfaces.0.ip': '10.99.0.11', 'interfaces.0.mac': '52:54:00:00:00:01' };
    const { status, html } = await pages.post('/add-system', { ...taken, roles: 'web' }, 'scoped');
    expect(status).toBe(409);
    expect(html).toContain('10.99.0.11 is taken: a system outside your scope');
    expect(html).toContain('52:54:00:00:00:01 is taken: a system outside your scope');
    expect(html).not.toMatch(/system web001|systems\/web001|look at/);
    const own = { ...FORM, roles: 'web' };
    expect((await pages.post('/add-system', own, 'scoped')).status).toBe(303);
    const again = await pages.post('/add-system', own, 'scoped');
    expect(again.html).toContain('look at system web002');
    const edit = await pages.get('/systems/web002/edit', 'scoped');
    const form = { ...taken, ...hidden(edit.html), roles: 'web' };
    const refused = await pages.post('/systems/web002/edit', form, 'scoped');
    expect(refused.status).toBe(409);
    expect(refused.html).not.toMatch(/system web001|systems\/web001/);
  });

  it('names every field that is wrong', async () => {
    const { status, html } = await pages.post('/add-system', {
      ...FORM,
      name: 'Web 2',
      'interfaces.0.mac': '',
      'bmc.user': 'admin',
    });
    expect(status).toBe(422);
    for (const id of ['name', 'interfaces-0-mac', 'bmc-address']) expect(html).toContain(`href="#f-${id}"`);
    expect(html).toMatch(/id="f-name"[^>]*aria-invalid="true"/);
  });

  it('sends no secret back', async () => {
    const { html } = await pages.post('/add-system', {
      ...FORM,
      name: 'Web 2',
      'bmc.password': 'geheim-4711',
    });
    expect(html).not.toContain('geheim-4711');
  });

  it('gets another interface, and loses one, without a script', async () => {
    const more = await pages.post('/add-system', { ...FORM, _do: 'add:interfaces' });
    expect(more.status).toBe(200);
    expect(textIn(more.html, 'interfaces.1.name')).toBe('eth1');
    expect(textIn(more.html, 'interfaces.0.mac')).toBe('52:54:00:00:00:02');
    const both = { ...FORM, 'interfaces.1.name': 'eth1', 'interfaces.1.mac': '52:54:00:00:00:03' };
    const less = await pages.post('/add-system', { ...both, _do: 'drop:interfaces.0' });
    expect(less.html).toContain('52:54:00:00:00:03');
    expect(less.html).not.toContain('52:54:00:00:00:02');
  });

  it('offers the next free address, which a button takes', async () => {
    const { html } = await pages.get('/add-system');
    expect(html).toContain('value="take:interfaces.0.ip=10.99.0.1"');
    const taken = await pages.post('/add-system', { ...FORM, _do: 'take:interfaces.0.ip=10.99.0.1' });
    expect(textIn(taken.html, 'interfaces.0.ip')).toBe('10.99.0.1');
    const blank = { 'interfaces.0.name': 'eth0', 'interfaces.0.mac': '', 'interfaces.0.ip': '' };
    const first = await pages.post('/add-system', { ...blank, _do: 'take:interfaces.0.ip=10.99.0.1' });
    expect(textIn(first.html, 'interfaces.0.ip')).toBe('10.99.0.1');
  });

  it('begins as a copy, without what only one machine can have', async () => {
    const { html } = await pages.get('/systems/web001/copy');
    expect(html).toContain('<option value="debian-13" selected>');
    expect(html).not.toMatch(/52:54:00:00:00:01|10\.99\.0\.11"/);
    expect(textIn(html, 'name')).toBe('');
    expect(textIn(html, 'interfaces.0.ip')).toBe('auto');
  });
});

describe('what is said while one types', () => {
  const check = (field: string, text: string, more: object = {}, as?: Reader) =>
    pages.post(`/check-system?field=${field}`, { [field]: text, ...more }, as);

  it('is whose an address is, and the next free one', async () => {
    const { html } = await check('interfaces.0.ip', '10.99.0.11');
    expect(html).toContain('taken: system web001, interface eth0');
    expect(html).toContain('href="/systems/web001"');
    expect(html).toContain('data-value="10.99.0.1"');
    expect(html).not.toContain('<html');
  });

  it.each([
    ['interfaces.0.ip', '10.99.0.12', 'free in subnet lab'],
    ['interfaces.0.ip', '10.99.0.120', 'dynamic range'],
    ['interfaces.0.ip', '10.9.9.9', 'no declared subnet'],
    ['interfaces.0.ip', 'auto', '10.99.0.1 would be taken now'],
    ['interfaces.0.ip', 'x', 'is no IPv4 address'],
    ['interfaces.0.mac', '52-54-00-00-00-01', 'taken: system web001'],
    ['interfaces.0.mac', '52:54:00:00:00:09', 'not known yet'],
    ['name', 'web001', 'there is a system of that name'],
    ['name', 'web009', 'free'],
    ['bmc.address', '10.99.0.11', 'taken: system web001'],
    ['comment', 'anything', ''],
  ])('for %s = %s', async (field, text, said) => {
    const { status, html } = await check(field, text);
    expect(status).toBe(200);
    expect(html).toContain(said);
  });

  it.each([
    ['a VLAN', 'interfaces.1.ip', '10.99.0.11', { 'interfaces.1.type': 'vlan' }, 'taken: system web001'],
    ['a bond', 'interfaces.2.ip', 'auto', { 'interfaces.2.subnet': 'lab' }, '10.99.0.1 would be taken now'],
    ['a member', 'interfaces.1.mac', '52:54:00:00:00:01', {}, 'taken: system web001, interface eth0'],
    [
      'what another field offers',
      'interfaces.1.ip',
      'auto',
      { 'interfaces.0.ip': '10.99.0.1' },
      '10.99.0.2 would be taken now',
    ],
    [
      'what another field has',
      'interfaces.1.ip',
      '10.99.0.7',
      { 'interfaces.0.addresses': '10.99.0.8\r\n10.99.0.7' },
      'stands in another field',
    ],
    ['the BMC too', 'bmc.address', '10.99.0.7', { 'interfaces.0.ip': '10.99.0.7' }, 'stands in another'],
    [
      'a MAC twice',
      'interfaces.1.mac',
      '52:54:00:00:00:09',
      { 'interfaces.0.mac': '52-54-00-00-00-09' },
      'stands at another interface',
    ],
    [
      'a MAC that two members share',
      'interfaces.1.mac',
      '52:54:00:00:00:09',
      { 'interfaces.0.mac': '52:54:00:00:00:09', 'interfaces.1.sharedMac': 'on' },
      'not known yet',
    ],
  ] as const)('looks at %s', async (_says, field, text, more, said) => {
    expect((await check(field, text, more)).html).toContain(said);
  });

  it('knows a BMC’s address for its own, for somebody else’s, and for one that may be shared', async () => {
    const bmc = { address: '10.0.9.11', user: 'admin', password: 'geheim-4711', driver: 'ipmi' };
    await pages.world.call('PATCH', '/api/v1/systems/web001', { bmc });
    expect((await check('bmc.address', '10.0.9.11')).html).toContain('taken: BMC of system web001');
    expect((await check('bmc.address', '10.0.9.11', { _name: 'web001' })).html).toContain('✓ free');
    expect((await check('interfaces.0.ip', '10.0.9.11', {})).html).toContain('taken: BMC of system web001');
    const hidden = await check('bmc.address', '10.0.9.11', {}, 'scoped');
    expect(hidden.html).toContain('taken: a system outside your scope');
    await pages.world.call('PATCH', '/api/v1/systems/web001', { bmc: { ...bmc, shared: true } });
    expect((await check('bmc.address', '10.0.9.11')).html).toContain('taken');
    expect((await check('bmc.address', '10.0.9.11', { 'bmc.shared': 'on' })).html).toContain('✓');
  });

  it('takes what the edited system has itself for its own', async () => {
    expect((await check('interfaces.0.ip', '10.99.0.11', { _name: 'web001' })).html).toContain('free');
    expect((await check('name', 'web001', { _name: 'web001' })).html).toContain('its own name');
  });

  it.each([
    ['name', 'web001'],
    ['interfaces.0.mac', '52:54:00:00:00:01'],
    ['interfaces.0.ip', '10.99.0.11'],
    ['bmc.address', '10.99.0.11'],
  ])('does not say by %s which system outside the reader’s scope it is', async (field, text) => {
    const { html } = await check(field, text, {}, 'scoped');
    expect(html).toContain('taken: a system outside your scope');
    expect(html).not.toMatch(/web001|href=/);
  });
});

describe('the form of a system that is there', () => {
  const opened = async () => {
    const { html } = await pages.get('/systems/web001/edit');
    const named = [...html.matchAll(/name="([a-z][^"]*)"[^>]* value="([^"]*)"/g)];
    const values = Object.fromEntries(named.map(([, name, value]) => [name, value]));
    return { ...values, profile: 'debian-13', 'interfaces.0.subnet': 'lab', ...hidden(html) } as Record<
      string,
      string
    >;
  };

  it('changes it, and keeps secrets that are not touched', async () => {
    const settings = { rootPasswordHash: '$6$anothersalt$Nobody' };
    await pages.world.call('PATCH', '/api/v1/systems/web001', { settings });
    const { html } = await pages.get('/systems/web001/edit');
    expect(html).toContain('It is set, and stays as it is');
    const saved = await pages.post('/systems/web001/edit', { ...(await opened()), comment: 'rack 5' });
    expect(saved).toMatchObject({ status: 303, headers: { location: '/systems/web001?done=saved' } });
    expect(await system('web001')).toMatchObject({ comment: 'rack 5', secretsSet: ['rootPasswordHash'] });
    const without = { ...(await opened()), 'settings.rootPasswordHash#clear': 'on' };
    await pages.post('/systems/web001/edit', without);
    expect(await system('web001')).toMatchObject({ secretsSet: [] });
  });

  it('shows what somebody else has changed, and merges it', async () => {
    const form = await opened();
    await pages.world.call('PATCH', '/api/v1/systems/web001', { comment: 'theirs', roles: ['db'] });
    const lost = await pages.post('/systems/web001/edit', { ...form, comment: 'mine' });
    expect(lost.status).toBe(412);
    expect(lost.html).toContain('Somebody else has changed web001');
    expect(lost.html).toContain('theirs</td><td data-label="You typed"><span><strong>mine</strong>');
    expect(textIn(lost.html, 'comment')).toBe('mine');
    expect((await system('web001')).comment).toBe('theirs');
    const again = { ...form, ...hidden(lost.html), comment: 'mine', roles: 'db' };
    expect((await pages.post('/systems/web001/edit', again)).status).toBe(303);
    expect(await system('web001')).toMatchObject({ comment: 'mine', roles: ['db'] });
  });

  it('is removed only by its name', async () => {
    await addRecord(pages.world, 'systems', {
      name: 'db001',
      profile: 'debian-13',
      interfaces: [{ mac: '52:54:00:00:00:07' }],
    });
    expect((await pages.post('/systems/db001/remove', { confirm: '' })).status).toBe(422);
    const gone = await pages.post('/systems/db001/remove', { confirm: 'db001' });
    expect(gone).toMatchObject({ status: 303, headers: { location: '/systems?done=removed' } });
    expect((await pages.get('/systems/db001')).status).toBe(404);
  });
});
