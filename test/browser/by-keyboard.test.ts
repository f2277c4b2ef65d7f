import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

/** More than any page has of what can be reached. */
const MOST_TABS = 60;

/** Goes on with the tab key until the element has the focus. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    if (await element.evaluate((node) => node === node.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the tab key does not lead to ${String(element)}`);
}

describe.each([
  ['with a script', true, 'web201'],
  ['without one', false, 'web202'],
])('by the keyboard alone, %s', (_how, javaScriptEnabled, name) => {
  it('a machine is added, edited, installed, and its install cancelled', async () => {
    const { page, base, complaints } = await browser.open('operator', { javaScriptEnabled });
    const { keyboard } = page;
    const type = async (label: string, text: string) => {
      await tabTo(page, page.getByLabel(label, { exact: true }).first());
      await keyboard.type(text);
    };
    const press = async (element: Locator) => {
      await tabTo(page, element);
      await keyboard.press('Enter');
    };
    await page.goto(`${base}/systems`);
    await press(page.getByRole('link', { name: 'Skip to the content' }));
    await press(page.getByRole('link', { name: 'Add a system' }));
    await page.getByRole('heading', { name: 'Add a system' }).waitFor();
    await type('Name *', name);
    await type('Profile *', 'debian');
    await type('MAC address', `52:54:00:00:09:${name.slice(-2)}`);
    await type('IP address', 'auto');
    await type('Subnet', 'lab');
    await press(page.getByRole('button', { name: 'Add the system' }));
    await page.getByText('The system was added.').waitFor();

    await press(page.getByRole('link', { name: 'Edit', exact: true }));
    await page.getByRole('heading', { name: `Edit ${name}` }).waitFor();
    await type('Comment', 'rack 4');
    await keyboard.press('Enter');
    await page.getByText('The changes were saved.').waitFor();
    const { comment, interfaces } = await pages.world.services.systems.get(name);
    expect(comment).toBe('rack 4');
    expect(interfaces).toMatchObject([{ subnet: 'lab', ip: expect.stringMatching(/^10\.99\.0\./) }]);

    await press(page.getByText('Install…'));
    await type(`Type its name, ${name}, to go on`, name);
    await keyboard.press('Enter');
    await page.getByText('The install was asked for').waitFor();
    await press(page.getByRole('button', { name: 'Cancel the install' }));
    await page.getByText('The install was cancelled.').waitFor();
    expect((await pages.world.services.systems.get(name)).install?.state).toBe('cancelled');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
