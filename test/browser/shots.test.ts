import { chromium } from 'playwright-core';
import { it } from 'vitest';
import { openPageWorld } from '../support/page-world.ts';
import { addRecord, addRecords } from '../support/service-world.ts';

it('shots', { timeout: 170_000 }, async () => {
  const pages = await openPageWorld();
  await addRecords(pages.world);
  const { world } = pages;
  for (const [i, name] of ['db001', 'web002', 'web003', 'gpu001'].entries())
    await addRecord(world, 'systems', {
      name,
      profile: 'debian-13',
      roles: name.startsWith('web') ? ['web'] : [name.slice(0, -3)],
      comment: i === 1 ? 'rack 4, unit 12' : '',
      interfaces: [
        { mac: `52:54:00:00:01:0${i}`, ip: `10.99.0.2${i}` },
        ...(i === 3 ? [{ name: 'eth1', mac: '52:54:00:00:02:01', ip: null }] : []),
      ],
      bmc: { address: `10.0.9.1${i}`, user: 'admin', password: 'x', firmware: 'uefi' },
    });
  world.bmcs.at('10.0.9.10').state = 'on';
  await world.services.power.states.get('db001');
  await world.services.power.states.get('web002');
  await pages.post('/systems/db001/install', { confirm: 'db001' });
  await pages.post('/systems/web003/lock', { reason: 'holds the only copy of the wiki' });
  world.nowMs += 200_000;
  const { id, install } = await world.services.systems.get('db001');
  for (const [stage, outcome, message] of [
    ['dhcp-discover', 'ok', 'asked for an address'],
    ['dhcp-offer', 'ok', 'offered 10.99.0.20 and snponly.efi'],
    ['tftp', 'warning', 'snponly.efi: 240 of 260 KB, then nothing <script>alert(1)</script>'],
  ] as const)
    world.services.events.record({
      systemId: id,
      mac: null,
      installId: install?.id ?? null,
      stage,
      outcome,
      message,
      data: {},
    });
  await world.services.events.flush();
  world.nowMs += 900_000;
  await pages.app.listen({ host: '127.0.0.1', port: 0 });
  const at = pages.app.server.address() as any;
  const base = `http://127.0.0.1:${at?.port}`;
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    for (const [look, colorScheme, width] of [
      ['light', 'light', 1280],
      ['dark', 'dark', 1280],
      ['phone', 'light', 360],
    ] as const) {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 900 },
        extraHTTPHeaders: { authorization: 'Bearer admin' },
      });
      const page = await context.newPage();
      page.on('console', (m) => console.log(look, m.type(), m.text()));
      page.on('pageerror', (e) => console.log(look, 'ERR', e.message));
      for (const [name, path] of [
        ['list', '/systems'],
        ['system', '/systems/db001'],
        ['plain', '/systems/web003'],
        ['files', '/systems/web001/files'],
        ['add', '/add-system'],
        ['edit', '/systems/gpu001/edit'],
        ['subnets', '/subnets'],
        ['subnet', '/subnets/lab'],
        ['error', '/systems/nobody'],
        ['empty', '/systems?search=zzz'],
      ] as const) {
        await page.goto(base + path);
        await page.waitForTimeout(150);
        const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        if (wide)
          console.log(look, name, 'WIDE', await page.evaluate('document.documentElement.scrollWidth'));
        await page.screenshot({ path: `/tmp/w/shots/${name}-${look}.png`, fullPage: true });
      }
      await context.close();
    }
  } finally {
    await browser.close();
    await pages.dispose();
  }
});
