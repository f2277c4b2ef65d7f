import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ADA } from '../support/actors.ts';
import { PASSWORD } from '../support/callers.ts';
import { openPageBrowser, type PageBrowser } from '../support/page-browser.ts';
import { addSite, hear } from '../support/page-records.ts';
import { openPageWorld, type PageWorld } from '../support/page-world.ts';

// A browser on a loaded machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let pages: PageWorld;
let browser: PageBrowser;
beforeAll(async () => {
  pages = await openPageWorld();
  await addSite(pages);
  await pages.world.access.users.add({ name: 'grace', role: 'operator', password: PASSWORD }, ADA);
  browser = await openPageBrowser(pages);
});
afterAll(async () => {
  await browser?.stop();
  await pages?.dispose();
});

async function fillForm(page: Page, name: string, mac: string): Promise<void> {
  await page.getByLabel('Name *').fill(name);
  await page.getByLabel('Profile *').selectOption('debian-13');
  await page.getByLabel('MAC address').fill(mac);
  await page.getByLabel('Comment').fill('half an hour of <work>');
}

describe.each([
  ['with a script', true, 'late001', '52:54:00:00:07:01'],
  ['without one', false, 'late002', '52:54:00:00:07:02'],
])('a session that ends while a form is filled, %s', (_how, javaScriptEnabled, name, mac) => {
  it('costs a login, and nothing that was typed', async () => {
    const { page, base } = await browser.open('operator', { javaScriptEnabled });
    await page.goto(`${base}/add-system`);
    await page.context().clearCookies();
    await fillForm(page, name, mac);
    if (javaScriptEnabled) await page.getByText('Your session is over. Go on and save').waitFor();
    await page.getByRole('button', { name: 'Add the system' }).click();
    await page.getByText('Nothing that you typed is lost').waitFor();
    await page.getByLabel('Name').fill('grace');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    if (!javaScriptEnabled) await page.getByRole('button', { name: 'Back to the form' }).click();
    await page.getByText('nothing was saved yet').waitFor();
    expect(await page.getByLabel('Comment').inputValue()).toBe('half an hour of <work>');
    await page.getByRole('button', { name: 'Add the system' }).click();
    await page.getByText('The system was added.').waitFor();
    expect((await pages.world.services.systems.get(name)).comment).toBe('half an hour of <work>');
    await page.context().close();
  });
});

describe('a form', () => {
  it('is sent once, however often its button is pressed', async () => {
    const { page, base } = await browser.open('operator');
    await page.goto(`${base}/add-system`);
    await fillForm(page, 'once001', '52:54:00:00:07:03');
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/add-system')) sent.push(request.url());
    });
    await page.getByRole('button', { name: 'Add the system' }).dblclick();
    await page.getByText('The system was added.').waitFor();
    expect(sent).toHaveLength(1);
    await page.getByRole('link', { name: 'Add another like it' }).click();
    await page.getByRole('heading', { name: 'Add a system' }).waitFor();
    expect(await page.getByLabel('Profile *').inputValue()).toBe('debian-13');
    await page.context().close();
  });

  it('is not left by mistake, and opens who holds an address beside it', async () => {
    const { page, base } = await browser.open('operator');
    await page.goto(`${base}/add-system`);
    await page.getByLabel('IP address').fill('10.99.0.20');
    const [beside] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'look at system db001' }).click(),
    ]);
    await beside.getByRole('heading', { name: 'db001' }).waitFor();
    expect(await page.getByLabel('IP address').inputValue()).toBe('10.99.0.20');
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await page.getByRole('link', { name: 'Subnets' }).click({ noWaitAfter: true });
    await expect.poll(() => asked, { timeout: 20_000 }).toEqual(['beforeunload']);
    expect(await page.getByLabel('IP address').inputValue()).toBe('10.99.0.20');
    await page.context().close();
  });

  it('is come back to by the button of the browser, also where it was refused', async () => {
    const { page, base } = await browser.open('operator');
    await page.goto(`${base}/add-system`);
    await fillForm(page, 'back001', '52:54:00:00:01:01');
    await page.getByRole('button', { name: 'Add the system' }).click();
    await page.getByText('Not saved').waitFor();
    await page.getByLabel('MAC address').fill('52:54:00:00:07:04');
    await page.getByRole('button', { name: 'Add the system' }).click();
    await page.getByText('The system was added.').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Add a system' }).waitFor();
    await page.context().close();
  });

  it('shows an entry that was added to it', async () => {
    const { page, base } = await browser.open('operator');
    await page.goto(`${base}/systems/gpu001/edit`);
    await page.getByRole('button', { name: 'Add an interface' }).click();
    await page.waitForURL(/#f-interfaces-2-name$/);
    await page.locator('#f-interfaces-2-name:focus').waitFor();
    await page.context().close();
  });
});

describe('a service that does not answer', () => {
  it('is said of on the list, until it answers again', async () => {
    const { page, base } = await browser.open('viewer');
    await page.goto(`${base}/systems`);
    await page.route('**/systems?*', (route) => route.abort());
    await page.getByLabel('Search').fill('web00');
    await page.getByText('The service does not answer').waitFor();
    await page.unroute('**/systems?*');
    await page.getByLabel('Search').fill('web002');
    await page.getByText('1 of ').waitFor();
    expect(await page.locator('#trouble').isHidden()).toBe(true);
    await page.context().close();
  });

  it('is said of on the page of a machine, which is live again by itself', async () => {
    const { page, base } = await browser.open('viewer');
    await page.goto(`${base}/systems/web002`);
    const sign = page.locator('#live-sign', { hasText: /^live$/ });
    await page.getByText('live', { exact: true }).waitFor();
    await hear(pages, 'web002', 'dhcp-discover', 'before it was away');
    await page.getByText('before it was away').first().waitFor();
    // What says so was replaced with the rest of the page.
    await sign.waitFor();
    await page.context().setOffline(true);
    pages.app.server.closeAllConnections();
    await page.getByText('not live: trying again').waitFor();
    await hear(pages, 'web002', 'dhcp-offer', 'while it was away');
    await page.context().setOffline(false);
    await page.getByText('while it was away').first().waitFor();
    await sign.waitFor();
    await page.context().close();
  });

  it('says that a session is over, with the way back', async () => {
    const { page, base } = await browser.open('viewer');
    await page.goto(`${base}/systems/web002`);
    await page.getByText('live', { exact: true }).waitFor();
    await page.context().clearCookies();
    await hear(pages, 'web002', 'tftp', 'something that only readers see');
    const again = page.getByRole('link', { name: 'Log in again' });
    await again.waitFor();
    expect(await again.getAttribute('href')).toBe('/login?next=%2Fsystems%2Fweb002');
    await page.context().close();
  });
});

describe('the page of a machine that nobody sees', () => {
  it('has no stream, as a browser has few connections for all its tabs, and is up to date when it is seen', async () => {
    const { page, base } = await browser.open('viewer');
    const streams: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/events?')) streams.push(request.url());
    });
    const see = (state: 'hidden' | 'visible') =>
      page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
         document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await page.goto(`${base}/systems/web003`);
    await page.getByText('live', { exact: true }).waitFor();
    await see('hidden');
    await hear(pages, 'web003', 'dhcp-discover', 'while nobody looked');
    await see('visible');
    await page.getByText('while nobody looked').first().waitFor();
    await page.locator('#live-sign', { hasText: /^live$/ }).waitFor();
    expect(streams).toHaveLength(2);
    await page.context().close();
  });
});
