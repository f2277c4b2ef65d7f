import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { axeViolations, isTooWide, openPageBrowser, type PageBrowser } from '../support/page-browser.ts';
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

const FOR_READERS = [
  '/systems',
  '/systems?search=nothing-like-it',
  '/systems/db001',
  '/systems/gpu001',
  '/systems/web003',
  '/systems/web001/files',
  '/systems/web003/audit',
  '/systems/nobody',
  '/subnets',
  '/subnets/lab',
];
const FOR_ADMINS = ['/audit'];
const FOR_OPERATORS = ['/add-system', '/systems/gpu001/edit', '/systems/db001/copy'];

const EVERY_PAGE = [...FOR_READERS, ...FOR_OPERATORS, ...FOR_ADMINS, '/login'];

describe.each(['viewer', 'operator', 'admin'] as const)('every page, as %s', (role) => {
  it('opens or is refused, with no complaint of the browser and no word of a machine taken for code', async () => {
    const { page, base, complaints } = await browser.open(role);
    for (const path of FOR_READERS) {
      const answer = await page.goto(base + path);
      expect(answer?.status(), path).toBe(path.endsWith('nobody') ? 404 : 200);
      expect(await page.title(), path).toContain('provision');
    }
    for (const path of FOR_OPERATORS)
      expect((await page.goto(base + path))?.status(), path).toBe(role === 'viewer' ? 403 : 200);
    for (const path of FOR_ADMINS)
      expect((await page.goto(base + path))?.status(), path).toBe(role === 'admin' ? 200 : 403);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe.each(['light', 'dark'] as const)('every page in %s', (colorScheme) => {
  it.each(EVERY_PAGE)('%s is accessible', async (path) => {
    const { page, base } = await browser.open('admin', { colorScheme, reducedMotion: 'reduce' });
    await page.goto(base + path);
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    expect(await axeViolations(page)).toEqual([]);
    await page.context().close();
  });
});

describe('on a phone, 360 points wide', () => {
  it.each(EVERY_PAGE)('%s needs no scrolling to the side', async (path) => {
    const { page, base } = await browser.open('admin', { viewport: { width: 360, height: 740 } });
    await page.goto(base + path);
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    expect(await isTooWide(page)).toBe(false);
    await page.context().close();
  });
});

describe('a reader', () => {
  it('is shown no button that would be refused', async () => {
    const { page, base } = await browser.open('viewer');
    for (const path of ['/systems', '/systems/db001', '/systems/web003', '/subnets/lab']) {
      await page.goto(base + path);
      const buttons = await page.locator('main button').allTextContents();
      expect(
        buttons.filter((text) => text.trim() !== 'Filter'),
        path,
      ).toEqual([]);
      expect(await page.locator('a[href$="/edit"], a[href$="/copy"], a[href="/add-system"]').count()).toBe(0);
    }
    await page.context().close();
  });
});
