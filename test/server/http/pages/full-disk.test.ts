import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DomainError } from '../../../../src/domain/errors.ts';
import { openPageWorld, type PageWorld } from '../../../support/page-world.ts';
import { addRecords } from '../../../support/service-world.ts';

let pages: PageWorld;
beforeEach(async () => {
  pages = await openPageWorld();
  await addRecords(pages.world);
  const full = new DomainError('storage', 'the disk is full: nothing of this was kept', {
    hint: 'make room where the data folder is',
  });
  vi.spyOn(pages.world.store, 'transaction').mockRejectedValue(full);
  // So long ago that it would be noted that the session was seen.
  pages.world.nowMs += 120_000;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await pages.dispose();
});

it('a page that changes something says that the disk is full, and what to do', async () => {
  const { status, html } = await pages.post('/systems/web001/lock', { reason: 'because' });
  expect(status).toBe(503);
  expect(html).toContain('the disk is full: nothing of this was kept');
  expect(html).toContain('make room where the data folder is');
});

it('pages that are only read are shown', async () => {
  for (const path of ['/systems', '/systems/web001', '/subnets'])
    expect({ path, ...(await pages.get(path)) }).toMatchObject({ path, status: 200 });
});
