import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ADA } from '../support/actors.ts';
import { openPageBrowser, type PageBrowser } from '../support/page-browser.ts';
import { addSite, HOSTILE_TEXT, hear } from '../support/page-records.ts';
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

describe('the page of a machine', () => {
  it('shows what becomes of an order without being loaded again', async () => {
    const { page, base, complaints } = await browser.open('operator');
    await page.goto(`${base}/systems/web002`);
    await page.getByRole('button', { name: 'Power on' }).click();
    await page.getByText('The order is under way').waitFor();
    const loads: string[] = [];
    page.on('framenavigated', (frame) => loads.push(frame.url()));
    await page.getByText('live', { exact: true }).waitFor();
    const { services, bmcs, powerClock } = pages.world;
    const isOver = async () => {
      await powerClock.advance(1000);
      return (await services.power.jobs.list({ system: 'web002', open: true }, 1, ADA)).length;
    };
    await expect.poll(isOver, { timeout: 10_000 }).toBe(0);
    expect(bmcs.at('10.0.9.11').orders).toEqual(['on']);
    await services.events.flush();
    await services.feed.tick();
    await page.locator('#live .badge', { hasText: /^on$/ }).waitFor();
    await page.getByText('on by operator: asked for').waitFor();
    expect(loads).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('begins an install by its name, and follows it', async () => {
    const { page, base, complaints } = await browser.open('operator');
    await page.goto(`${base}/systems/web001`);
    await page.getByText('Install…').click();
    await page.getByLabel('Type its name, web001').fill('web002');
    await page.getByRole('button', { name: 'Install web001' }).click();
    await page.getByText('type the name of the system, web001').first().waitFor();
    await page.getByLabel('Type its name, web001').fill('web001');
    await page.getByRole('button', { name: 'Install web001' }).click();
    await page.getByText('The install was asked for').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await hear(pages, 'web001', 'dhcp-discover', `a machine that says ${HOSTILE_TEXT}`);
    await page.getByText('a machine that says <img').first().waitFor();
    expect(await page.title()).toBe('web001 · provision');
    // What is open is not closed under the reader's hands.
    await page.getByText('Lock…').click();
    await page.getByLabel('Why nobody may install it').fill('half a reas');
    await hear(pages, 'web001', 'dhcp-offer', 'the second word of it');
    await page.getByText('the second word of it').first().waitFor();
    expect(await page.getByLabel('Why nobody may install it').inputValue()).toBe('half a reas');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says the same without a script, when it is loaded again', async () => {
    const { page, base } = await browser.open('operator', { javaScriptEnabled: false });
    await page.goto(`${base}/systems/db001`);
    await hear(pages, 'db001', 'progress', 'the disk is being written');
    await page.getByRole('link', { name: 'Reload' }).click();
    await page.getByText('the disk is being written').first().waitFor();
    await page.getByRole('button', { name: 'Cancel the install' }).click();
    await page.getByText('The install was cancelled.').waitFor();
    await page.context().close();
  });
});

describe('the list', () => {
  it('is narrowed while one types, and its address with it', async () => {
    const { page, base, complaints } = await browser.open('viewer');
    await page.goto(`${base}/systems`);
    await page.getByLabel('Search').fill('10.99.0.23');
    await page.getByText('1 of 5 systems').waitFor();
    expect(await page.getByRole('rowheader').allTextContents()).toHaveLength(1);
    await page.waitForURL(/search=10\.99\.0\.23/);
    await page.getByRole('link', { name: 'gpu001' }).click();
    await page.getByRole('heading', { name: 'gpu001' }).waitFor();
    expect(await page.title()).toBe('gpu001 · provision');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
