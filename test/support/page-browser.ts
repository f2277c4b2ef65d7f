import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { PageWorld, Reader } from './page-world.ts';

/** A page in a browser of its own, and what its console has complained about. */
export interface OpenPage {
  readonly page: Page;
  readonly base: string;
  /** Errors of scripts, and everything that the policy has refused. */
  readonly complaints: readonly string[];
}

/** Debian's chromium on the pages of a world, by loopback only. */
export interface PageBrowser {
  /** Logged in as a reader; null: as nobody. */
  open(as: Reader | null, options?: BrowserContextOptions): Promise<OpenPage>;
  stop(): Promise<void>;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function openPageBrowser({ app, cookies }: PageWorld): Promise<PageBrowser> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  // Its own sandbox needs rights that a container does not give; it is shown nothing but our own pages.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  const browser: Browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args,
    timeout: 120_000,
  });
  return {
    async open(as, options = {}) {
      const context = await browser.newContext(options);
      if (as !== null)
        await context.addCookies([
          { name: 'provision_session', value: cookies[as], url: base, httpOnly: true },
        ]);
      context.setDefaultTimeout(60_000);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        const text = message.text();
        // A page that says no is loaded like any other; the browser remarks on its status.
        if (message.type() === 'error' && !text.startsWith('Failed to load resource')) complaints.push(text);
      });
      return { page, base, complaints };
    },
    stop: () => browser.close(),
  };
}

/** What axe finds wrong with the page as it is: rules of WCAG 2.2 A and AA, and good practice. */
export async function axeViolations(page: Page): Promise<string[]> {
  // By the protocol of the browser, which the policy of the page does not reach.
  await page.evaluate(`${AXE}; undefined`);
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      id + ' ' + target.join(' ') + ': ' + (failureSummary ?? '').replaceAll('\\n', ' '))))`);
}

/** Is the page wider than what one sees of it? */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}
