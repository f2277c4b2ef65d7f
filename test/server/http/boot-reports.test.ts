import { symlinkSync, unlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BootWorld,
  isLocal,
  MACHINE,
  openBootWorld,
  SCRIPT,
  STRANGER,
} from '../../support/boot-world.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { fileOf } from '../../support/service-world.ts';

let world: BootWorld;
beforeEach(async () => {
  world = await openBootWorld();
});
afterEach(() => world.dispose());

describe('reports', () => {
  it.each(['armed', 'cancelled', 'expired', 'dhcp-ack', 'answer-file', 'local-boot', 'refused', 'nonsense'])(
    'a machine cannot report %s',
    async (stage) => {
      await world.arm();
      expect(await world.report(stage)).toMatchObject({ status: 404 });
      expect((await world.events()).map((event) => event.stage)).toEqual(['armed']);
    },
  );

  it('what was answered with ok is on the disk, whatever happens to the service then', async () => {
    await world.arm();
    await world.client.fetch(`/i/${world.token()}/answer`);
    expect(await world.report('installed')).toMatchObject({ status: 200 });
    const { system } = (await world.store.read.systems.find('web001')) ?? {};
    const written = await world.store.read.events.listForSystem(system?.id ?? 0, 0, 100);
    expect(written.map(({ stage }) => stage)).toContain('installed');
  });

  it('a failure ends the install and says why', async () => {
    await world.arm();
    await world.client.fetch(`/i/${world.token()}/answer`);
    await world.report('failed', { method: 'POST', body: 'detail=no+disk+at+all' });
    expect(await world.install()).toMatchObject({ state: 'failed', reason: 'no disk at all' });
    expect((await world.events()).at(-1)).toMatchObject({
      stage: 'failed',
      outcome: 'error',
      message: 'no disk at all',
    });
    expect(await world.report('installed')).toMatchObject({ status: 410 });
  });

  it('a failure has the end of a log, as it came with it or as the machine had said it', async () => {
    await world.arm({ attempts: 2 });
    await world.client.fetch(`/i/${world.token()}/answer`);
    const failed = async (body: string) => {
      await world.report('failed', { method: 'POST', body });
      return (await world.events()).findLast(({ stage }) => stage === 'failed');
    };
    const detail = encodeURIComponent(
      `partman-base failed\nfirst\x1b[2J\n\nget /i/${world.token()}/answer\n`,
    );
    expect(await failed(`detail=${detail}`)).toMatchObject({
      message: 'partman-base failed',
      data: { address: MACHINE, lastLines: 'first [2J\nget /i/<token>/answer' },
    });
    expect(await world.install()).toMatchObject({ state: 'failed', reason: 'partman-base failed' });
    await world.force({ state: 'installing' });
    world.heard.logs.take(ip(MACHINE), Buffer.from('<13>partman: no space'));
    expect(await failed('detail=gave+up')).toMatchObject({
      message: 'gave up',
      data: { lastLines: expect.stringMatching(/^\S+ user.notice partman: no space$/) },
    });
  });

  it('progress is a step by its name; others are refused', async () => {
    await world.arm();
    await world.client.fetch(`/i/${world.token()}/answer`);
    const report = (body: string) => world.report('progress', { method: 'POST', body });
    expect(await report('detail=packages+40%25')).toMatchObject({ status: 200 });
    expect(await world.install()).toMatchObject({ state: 'installing', stage: 'packages' });
    expect((await world.events()).at(-1)).toMatchObject({
      stage: 'progress',
      message: 'packages are being installed (40 %)',
      data: { step: 'packages', percent: 40 },
    });
    const events = await world.events();
    expect(await report('packages')).toMatchObject({ status: 200 });
    expect(await world.events()).toEqual(events);
    for (const body of ['', 'detail=packages+101%25', 'detail=dancing', 'detail=packages;id'])
      expect(await report(body)).toMatchObject({ status: 404, text: expect.stringContaining('take one of') });
  });

  it.each([
    { after: 'at once', ms: 0, status: 200 },
    { after: 'after the install’s own time, within a day', ms: 24 * 60 * 60_000 - 1, status: 200 },
    { after: 'after a day', ms: 24 * 60 * 60_000, status: 410 },
  ])('the first boot of an installed system $after: $status', async ({ ms, status }) => {
    await world.arm({ expiresInMinutes: 5 });
    await world.client.fetch(`/i/${world.token()}/answer`);
    await world.report('installed');
    world.nowMs += ms;
    expect(await world.report('first-boot', { from: STRANGER })).toMatchObject({ status: 403 });
    expect(await world.report('first-boot')).toMatchObject({ status });
    const after = await world.install();
    expect(after.state).toBe(status === 200 ? 'ready' : 'installed');
    // Its answer may have been lost.
    expect(await world.report('first-boot')).toMatchObject({ status });
    expect(await world.install()).toEqual(after);
    for (const path of ['kernel', 'initrd', 'answer', 'event/installed', 'event/failed'])
      expect(await world.client.fetch(`/i/${world.token()}/${path}`)).toMatchObject({ status: 410 });
  });

  it('the first boot proves an install whose last report was lost', async () => {
    await world.arm({ attempts: 2 });
    expect(await world.report('first-boot')).toMatchObject({ status: 410 });
    await world.client.fetch(`/i/${world.token()}/answer`);
    expect(await world.report('first-boot')).toMatchObject({ status: 200 });
    expect(await world.install()).toMatchObject({ state: 'ready', stage: 'first-boot' });
    expect(isLocal(await world.client.fetch(SCRIPT))).toBe(true);
  });

  it.each(['failed', 'cancelled', 'expired'] as const)(
    'no first boot of an install that is %s',
    async (state) => {
      await world.arm();
      await world.force({ state });
      expect(await world.report('first-boot')).toMatchObject({ status: 410 });
    },
  );

  it('refuses a report that is too large', async () => {
    await world.arm();
    expect(await world.report('failed', { method: 'POST', body: 'x'.repeat(16 * 1024 + 1) })).toMatchObject({
      status: 413,
    });
    expect(await world.install()).toMatchObject({ state: 'armed' });
  });
});

describe('what cannot be made or read', () => {
  it('an answer file that breaks after arming spends nothing, and the timeline says why', async () => {
    await world.arm();
    world.templates.set('debian-13.preseed', 'd-i x string {{ nothing.at.all }}');
    expect((await world.client.fetch(`/i/${world.token()}/answer`)).status).toBe(500);
    expect(await world.install()).toMatchObject({ attemptsUsed: 0 });
    const message = expect.stringMatching(/^could not be made: debian-13.preseed/);
    expect((await world.events()).at(-1)).toMatchObject({ stage: 'answer-file', outcome: 'error', message });
  });

  it('a kernel that is gone is told, and moves nothing', async () => {
    await world.arm();
    unlinkSync(fileOf(world, 'linux'));
    expect(await world.client.fetch(`/i/${world.token()}/kernel`)).toMatchObject({ status: 404 });
    expect(await world.install()).toMatchObject({ state: 'armed' });
    expect((await world.events()).at(-1)).toMatchObject({ stage: 'kernel', outcome: 'error' });
  });

  it('a kernel that became a link out of its folder is not served', async () => {
    await world.arm();
    unlinkSync(fileOf(world, 'linux'));
    symlinkSync('/etc/passwd', fileOf(world, 'linux'));
    expect(await world.client.fetch(`/i/${world.token()}/kernel`)).toMatchObject({ status: 404 });
  });

  it('an image outside the folders, named after arming, is not served', async () => {
    await world.arm();
    await world.call('PATCH', '/api/v1/profiles/debian-13', { image: '/etc/passwd' });
    const image = await world.client.fetch(`/i/${world.token()}/image`);
    expect(image.status).toBe(404);
    expect(image.text).not.toContain('root:');
    expect((await world.client.fetch(`/i/${world.token()}/answer`)).text).not.toContain('root:');
  });
});

describe('trees and loaders', () => {
  it('serve files, and nothing from outside', async () => {
    expect(await world.client.fetch('/trees/debian-13/Packages')).toMatchObject({
      status: 200,
      text: 'the packages',
    });
    for (const path of [
      'escape',
      '../linux',
      '..%2flinux',
      '%2e%2e/linux',
      '%2fetc%2fpasswd',
      '',
      'x%00',
      'Packages/x',
    ])
      expect(`${path} ${(await world.client.fetch(`/trees/debian-13/${path}`)).status}`).toBe(`${path} 404`);
    expect(await world.client.fetch('/trees/other/Packages')).toMatchObject({ status: 404 });
    expect(await world.client.fetch('/loaders/snponly.efi')).toMatchObject({ status: 200, text: 'a loader' });
    expect(await world.client.fetch('/loaders/..%2f..%2fetc%2fpasswd')).toMatchObject({ status: 404 });
  });

  it('have no route of people beside them', async () => {
    for (const path of ['/api/v1/systems', '/api/v1/setup', '/healthz', '/'])
      expect(await world.client.fetch(path)).toMatchObject({ status: 404 });
  });
});

it('logs requests without their tokens, whatever they look like', async () => {
  await world.arm();
  for (const path of [
    `/i/${world.token()}/kernel`,
    `/I/${world.token()}/kernel`,
    `//i/${world.token()}/answer`,
    `/%69/${world.token()}/kernel`,
    `/x/${world.token()}?t=${world.token()}`,
  ])
    await world.client.fetch(path);
  await world.client.fetch(`/i/${world.token()}/event/failed`, {
    method: 'POST',
    body: `detail=${world.token()}`,
  });
  expect(world.logged.length).toBeGreaterThan(10);
  expect(world.logged.filter((line) => line.includes(world.token()))).toEqual([]);
});
