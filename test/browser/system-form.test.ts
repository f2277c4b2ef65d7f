import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPageBrowser, type PageBrowser } from '../support/page-browser.ts';
import { addSite } from '../support/page-records.ts';
import { openPageWorld, type PageWorld } from '../support/page-world.ts';

// A browser on a loaded machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let pages: PageWorld;
let browser: PageBrowser;
beforeAll(async () => {
  pages = await openPageWorld();
  await addSite(pages);
  browser = await openPageBrowser(pages);
});
afterAll(async () => {
  await browser?.stop();
  await pages?.dispose();
});
let number = 100;
beforeEach(() => {
  number += 1;
});

describe('the form of a system, with a script', () => {
  it('says whose an address is while one types, and puts the next free one in its place', async () => {
    const { page, base, complaints } = await browser.open('operator');
    await page.goto(`${base}/add-system`);
    await page.getByLabel('Name *').fill('web001');
    await page.getByLabel('MAC address').fill('52:54:00:00:01:01');
    await page.getByText('there is a system of that name').waitFor();
    await page.getByText('taken: system web002, interface eth0').waitFor();
    await page.getByLabel('IP address').fill('10.99.0.20');
    await page.getByText('taken: system db001').waitFor();
    expect(await page.getByRole('link', { name: 'look at system db001' }).getAttribute('href')).toBe(
      '/systems/db001',
    );
    await page.locator('#f-interfaces-0-ip-check button').click();
    await page.getByText('free in subnet lab').waitFor();
    expect(await page.getByLabel('IP address').inputValue()).toBe('10.99.0.1');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe.each([
  ['with a script', true],
  ['without one', false],
])('the form of a system, %s', (_how, javaScriptEnabled) => {
  it('adds a machine, after it has said who holds its address', async () => {
    const { page, base, complaints } = await browser.open('operator', { javaScriptEnabled });
    await page.goto(`${base}/systems`);
    await page.getByRole('link', { name: 'Add a system' }).click();
    await page.getByLabel('Name *').fill(`web${number}`);
    await page.getByLabel('Profile *').selectOption('debian-13');
    await page.getByLabel('MAC address').fill(`52:54:00:00:03:${number % 100}`.replace(/:(\d)$/, ':0$1'));
    await page.getByLabel('IP address').fill('10.99.0.20');
    await page.getByRole('button', { name: 'Add the system' }).click();
    const summary = page.getByRole('alert');
    await summary.waitFor();
    expect(await summary.textContent()).toContain('10.99.0.20 is taken: system db001');
    expect(await page.getByLabel('Name *').inputValue()).toBe(`web${number}`);
    await page.getByLabel('IP address').fill('auto');
    await page.getByLabel('Subnet').selectOption('lab');
    await page.getByRole('button', { name: 'Add the system' }).click();
    await page.getByText('The system was added.').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(`web${number}`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('takes the next free address, and more interfaces, by buttons', async () => {
    const { page, base } = await browser.open('operator', { javaScriptEnabled });
    await page.goto(`${base}/add-system`);
    await page.getByLabel('Name *').fill('kept');
    const offer = page.locator('p.help button').first();
    const free = String(await offer.textContent());
    await offer.click();
    const field = page.getByLabel('IP address');
    await expect.poll(() => field.inputValue(), { timeout: 10_000 }).toBe(free);
    await page.getByRole('button', { name: 'Add an interface' }).click();
    await page.getByRole('button', { name: 'Remove interface 2' }).waitFor();
    expect(await page.getByLabel('Interface', { exact: true }).nth(1).inputValue()).toBe('eth1');
    await page.getByRole('button', { name: 'Remove interface 2' }).click();
    await page.getByRole('button', { name: 'Remove interface 2' }).waitFor({ state: 'detached' });
    expect(await page.getByLabel('Name *').inputValue()).toBe('kept');
    await page.context().close();
  });

  it('is sent by the Enter key as by its button', async () => {
    const { page, base } = await browser.open('operator', { javaScriptEnabled });
    await page.goto(`${base}/systems/web003/edit`);
    await page.getByLabel('Comment').fill(`rack ${number}`);
    await page.getByLabel('Comment').press('Enter');
    await page.getByText('The changes were saved.').waitFor();
    expect((await pages.world.services.systems.get('web003')).comment).toBe(`rack ${number}`);
    await page.context().close();
  });
});
