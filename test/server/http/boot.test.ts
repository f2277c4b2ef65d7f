import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles } from '../../../server/files.ts';
import { buildBootApp } from '../../../server/http/boot/app.ts';
import { createLog } from '../../../server/log.ts';
import { INSTALL_STATES, type InstallState } from '../../../src/domain/install.ts';
import type { InstallChange } from '../../../src/domain/install-state.ts';
import { type BootClient, startBootClient } from '../../support/boot-client.ts';
import { must } from '../../support/must.ts';
import {
  addRecord,
  bodies,
  fileOf,
  openServiceWorld,
  SECRET_HASH,
  type ServiceWorld,
} from '../../support/service-world.ts';
import { macOf } from '../../support/store-records.ts';

const MACHINE = '127.0.0.11';
const STRANGER = '127.0.0.12';
const SCRIPT = '/boot/ipxe/52-54-00-00-00-01';

let world: ServiceWorld;
let app: FastifyInstance;
let client: BootClient;
let token: string;

beforeEach(async () => {
  world = await openServiceWorld();
  const { distro, profile } = bodies(world);
  const tree = fileOf(world, 'tree');
  mkdirSync(tree);
  writeFileSync(`${tree}/Packages`, 'the packages');
  symlinkSync('/etc/passwd', `${tree}/escape`);
  await addRecord(world, 'distros', { ...distro, tree });
  await addRecord(world, 'profiles', {
    ...profile,
    settings: { ...profile.settings, vars: { mirror_host: 'm.example' } },
  });
  await addRecord(world, 'subnets', { name: 'loop', network: '127.0.0.0/24' });
  for (const [number, address] of [MACHINE, STRANGER].entries()) {
    const interfaces = [{ mac: macOf(number + 1), ip: address }];
    await addRecord(world, 'systems', { name: `web00${number + 1}`, profile: 'debian-13', interfaces });
  }
  const files = createFiles(() => [`${world.dataDir}/distros`]);
  app = buildBootApp({
    boot: world.boot,
    findLoader: async (name) => (name === 'snponly.efi' ? Buffer.from('a loader') : undefined),
    findInTree: async (name, path) => (name === 'debian-13' ? files.locateInside(tree, path) : undefined),
    httpPort: 80,
    log: createLog('trace', { write: (line: string) => world.logged.push(line) }),
  });
  client = await startBootClient(app, MACHINE);
});
afterEach(async () => {
  await app.close();
  await world.dispose();
});

async function arm(body: object = {}): Promise<void> {
  const answer = await world.call('POST', '/api/v1/systems/web001/install', body);
  expect(answer).toMatchObject({ status: 201 });
  token = must(world.tokens.at(-1), 'the token');
}

async function install() {
  const { body } = await world.call('GET', '/api/v1/systems/web001');
  return must(
    (body as { install: { id: number; state: InstallState; attemptsUsed: number } }).install,
    'install',
  );
}

async function force(change: InstallChange): Promise<void> {
  const { id } = await install();
  await world.store.transaction((tx) => tx.installs.update(id, change, world.nowMs));
}

async function events() {
  const { body } = await world.call('GET', '/api/v1/systems/web001/timeline');
  return (body as { items: { stage: string; outcome: string; message: string; data: object }[] }).items;
}

const isLocal = (text: string) => text.includes('booting from the local disk') && !text.includes('/i/');
const report = (stage: string, options = {}) => client.fetch(`/i/${token}/event/${stage}`, options);

describe('one install, from the script to the first boot', () => {
  it('goes its way, and the timeline tells it', async () => {
    expect(isLocal((await client.fetch(SCRIPT)).text)).toBe(true);
    await arm();
    const script = await client.fetch(SCRIPT);
    expect(script).toMatchObject({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } });
    expect(script.text).toContain(`kernel --name kernel http://127.0.0.1/i/${token}/kernel`);
    expect(await install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    expect(await client.fetch(`/i/${token}/kernel`)).toMatchObject({ status: 200, text: 'content of linux' });
    expect(await client.fetch(`/i/${token}/initrd`)).toMatchObject({
      status: 200,
      text: 'content of initrd.gz',
    });
    expect(await install()).toMatchObject({ state: 'loading', attemptsUsed: 0 });
    const answer = await client.fetch(`/i/${token}/answer`);
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining(SECRET_HASH) });
    expect(await install()).toMatchObject({ state: 'installing', attemptsUsed: 1 });
    // Installers fetch it more than once; that is the same attempt.
    expect(await client.fetch(`/i/${token}/answer`)).toMatchObject({ status: 200 });
    expect(await install()).toMatchObject({ attemptsUsed: 1 });
    expect(await report('partitioning')).toMatchObject({ status: 200 });
    expect(await report('installed', { method: 'POST', body: 'detail=done' })).toMatchObject({ status: 200 });
    expect(await install()).toMatchObject({ state: 'installed' });
    expect(isLocal((await client.fetch(SCRIPT)).text)).toBe(true);
    expect(await report('first-boot', { method: 'POST', body: 'detail=ssh-ed25519%20AAAA' })).toMatchObject({
      status: 200,
    });
    expect(await install()).toMatchObject({ state: 'installed' });
    expect((await events()).map((event) => event.stage)).toEqual([
      'local-boot',
      'armed',
      'boot-script',
      'kernel',
      'initrd',
      'answer-file',
      'answer-file',
      'partitioning',
      'installed',
      'local-boot',
      'first-boot',
    ]);
    expect((await events()).at(-1)).toMatchObject({ data: { hostKeys: 'ssh-ed25519 AAAA' } });
  });

  it('spends the attempts: then every loader is told to boot the disk', async () => {
    await arm({ attempts: 2 });
    for (const used of [1, 2]) {
      expect(isLocal((await client.fetch(SCRIPT)).text)).toBe(false);
      await client.fetch(`/i/${token}/answer`);
      expect(await install()).toMatchObject({ attemptsUsed: used, state: 'installing' });
    }
    expect(isLocal((await client.fetch(SCRIPT)).text)).toBe(true);
    expect(await client.fetch(`/i/${token}/kernel`)).toMatchObject({ status: 410 });
    expect(await client.fetch(`/i/${token}/initrd`)).toMatchObject({ status: 410 });
  });
});

describe('the gate, route by route', () => {
  const FILES = ['kernel', 'initrd', 'answer', 'event/installing'];

  it.each(INSTALL_STATES)('an install that is %s', async (state) => {
    await arm();
    await force({ state });
    const isOpen = ['armed', 'booting', 'loading', 'installing'].includes(state);
    for (const path of FILES)
      expect((await client.fetch(`/i/${token}/${path}`)).status).toBe(isOpen ? 200 : 410);
    if (!isOpen) expect(await install()).toMatchObject({ state, attemptsUsed: 0 });
    await force({ state, attemptsUsed: 0, scriptsServed: 0 });
    const script = await client.fetch(SCRIPT);
    expect(script.status).toBe(200);
    expect(isLocal(script.text)).toBe(!isOpen);
    expect(script.text.includes(token)).toBe(isOpen);
  });

  it.each(['armed', 'booting', 'loading', 'installing'] as const)(
    'one that is %s and past its time',
    async (state) => {
      await arm({ expiresInMinutes: 5 });
      await force({ state });
      world.nowMs += 5 * 60_000;
      for (const path of FILES)
        expect(await client.fetch(`/i/${token}/${path}`)).toMatchObject({ status: 410 });
      expect(isLocal((await client.fetch(SCRIPT)).text)).toBe(true);
    },
  );

  it('after a cancel, at once', async () => {
    await arm();
    await client.fetch(SCRIPT);
    await world.call('POST', '/api/v1/systems/web001/cancel');
    for (const path of FILES)
      expect(await client.fetch(`/i/${token}/${path}`)).toMatchObject({ status: 410 });
    expect(isLocal((await client.fetch(SCRIPT)).text)).toBe(true);
  });

  it('after the boot script was handed out too often', async () => {
    await arm();
    for (let count = 0; count < 8; count++) expect(isLocal((await client.fetch(SCRIPT)).text)).toBe(false);
    expect(isLocal((await client.fetch(SCRIPT)).text)).toBe(true);
    expect(await client.fetch(`/i/${token}/kernel`)).toMatchObject({ status: 200 });
  });

  it('only to the machine’s own address, and the attempt is on its timeline', async () => {
    await arm();
    for (const path of FILES) {
      expect(await client.fetch(`/i/${token}/${path}`, { from: STRANGER })).toMatchObject({ status: 403 });
      expect(await client.fetch(`/i/${token}/${path}`, { from: '127.0.0.99' })).toMatchObject({
        status: 403,
      });
    }
    expect(await client.fetch(SCRIPT, { from: STRANGER })).toMatchObject({ status: 403 });
    expect(await install()).toMatchObject({ state: 'armed', attemptsUsed: 0 });
    const refused = (await events()).filter((event) => event.stage === 'refused');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ outcome: 'warning', message: expect.stringContaining(STRANGER) });
  });

  it.each(['x', 'A'.repeat(43), '..%2f..', '%00'])('to nobody with the token %s', async (wrong) => {
    await arm();
    for (const path of FILES) expect((await client.fetch(`/i/${wrong}/${path}`)).status).toBe(404);
  });

  it('gives no HEAD of an answer file, and a HEAD spends nothing', async () => {
    await arm();
    expect(await client.fetch(`/i/${token}/answer`, { method: 'HEAD' })).toMatchObject({ status: 404 });
    expect(await client.fetch(`/i/${token}/kernel`, { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '16' },
    });
    expect(await install()).toMatchObject({ attemptsUsed: 0 });
  });

  it('knows no machine that has no record', async () => {
    expect(await client.fetch('/boot/ipxe/52-54-00-00-00-77')).toMatchObject({ status: 404 });
    expect(await client.fetch('/boot/ipxe/nonsense')).toMatchObject({ status: 404 });
  });
});

describe('reports', () => {
  it.each(['armed', 'cancelled', 'expired', 'dhcp-ack', 'answer-file', 'local-boot', 'refused', 'nonsense'])(
    'a machine cannot report %s',
    async (stage) => {
      await arm();
      expect(await report(stage)).toMatchObject({ status: 404 });
      expect((await events()).map((event) => event.stage)).toEqual(['armed']);
    },
  );

  it('a failure ends the install and says why', async () => {
    await arm();
    await client.fetch(`/i/${token}/answer`);
    await report('failed', { method: 'POST', body: 'detail=no+disk%0aat+all' });
    expect(await install()).toMatchObject({ state: 'failed', reason: 'no disk at all' });
    expect((await events()).at(-1)).toMatchObject({
      stage: 'failed',
      outcome: 'error',
      message: 'no disk at all',
    });
    expect(await report('installed')).toMatchObject({ status: 410 });
  });

  it.each([
    { after: 'at once', ms: 0, status: 200 },
    { after: 'after the install’s own time, within a day', ms: 24 * 60 * 60_000 - 1, status: 200 },
    { after: 'after a day', ms: 24 * 60 * 60_000, status: 410 },
  ])('the first boot of an installed system $after: $status', async ({ ms, status }) => {
    await arm({ expiresInMinutes: 5 });
    await client.fetch(`/i/${token}/answer`);
    await report('installed');
    const before = await install();
    world.nowMs += ms;
    expect(await report('first-boot')).toMatchObject({ status });
    expect(await report('first-boot', { from: STRANGER })).toMatchObject({ status: 403 });
    expect(await install()).toEqual(before);
    for (const path of ['kernel', 'initrd', 'answer', 'event/installed', 'event/failed'])
      expect(await client.fetch(`/i/${token}/${path}`)).toMatchObject({ status: 410 });
  });

  it('the first boot proves an install whose last report was lost', async () => {
    await arm({ attempts: 2 });
    expect(await report('first-boot')).toMatchObject({ status: 410 });
    await client.fetch(`/i/${token}/answer`);
    expect(await report('first-boot')).toMatchObject({ status: 200 });
    expect(await install()).toMatchObject({ state: 'installed', stage: 'first-boot' });
    expect(isLocal((await client.fetch(SCRIPT)).text)).toBe(true);
  });

  it.each(['failed', 'cancelled', 'expired'] as const)(
    'no first boot of an install that is %s',
    async (state) => {
      await arm();
      await force({ state });
      expect(await report('first-boot')).toMatchObject({ status: 410 });
    },
  );

  it('refuses a report that is too large', async () => {
    await arm();
    expect(await report('failed', { method: 'POST', body: 'x'.repeat(16 * 1024 + 1) })).toMatchObject({
      status: 413,
    });
    expect(await install()).toMatchObject({ state: 'armed' });
  });
});

describe('what cannot be made or read', () => {
  it('an answer file that breaks after arming spends nothing, and the timeline says why', async () => {
    await arm();
    world.templates.set('debian-13.preseed', 'd-i x string {{ nothing.at.all }}');
    expect((await client.fetch(`/i/${token}/answer`)).status).toBe(500);
    expect(await install()).toMatchObject({ attemptsUsed: 0 });
    const message = expect.stringMatching(/^could not be made: debian-13.preseed/);
    expect((await events()).at(-1)).toMatchObject({ stage: 'answer-file', outcome: 'error', message });
  });

  it('a kernel that is gone is told, and moves nothing', async () => {
    await arm();
    unlinkSync(fileOf(world, 'linux'));
    expect(await client.fetch(`/i/${token}/kernel`)).toMatchObject({ status: 404 });
    expect(await install()).toMatchObject({ state: 'armed' });
    expect((await events()).at(-1)).toMatchObject({ stage: 'kernel', outcome: 'error' });
  });

  it('a kernel that became a link out of its folder is not served', async () => {
    await arm();
    unlinkSync(fileOf(world, 'linux'));
    symlinkSync('/etc/passwd', fileOf(world, 'linux'));
    expect(await client.fetch(`/i/${token}/kernel`)).toMatchObject({ status: 404 });
  });

  it('an image outside the folders, named after arming, is not served', async () => {
    await arm();
    await world.call('PATCH', '/api/v1/profiles/debian-13', { image: '/etc/passwd' });
    const image = await client.fetch(`/i/${token}/image`);
    expect(image.status).toBe(404);
    expect(image.text).not.toContain('root:');
    expect((await client.fetch(`/i/${token}/answer`)).text).not.toContain('root:');
  });
});

describe('trees and loaders', () => {
  it('serve files, and nothing from outside', async () => {
    expect(await client.fetch('/trees/debian-13/Packages')).toMatchObject({
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
      expect(`${path} ${(await client.fetch(`/trees/debian-13/${path}`)).status}`).toBe(`${path} 404`);
    expect(await client.fetch('/trees/other/Packages')).toMatchObject({ status: 404 });
    expect(await client.fetch('/loaders/snponly.efi')).toMatchObject({ status: 200, text: 'a loader' });
    expect(await client.fetch('/loaders/..%2f..%2fetc%2fpasswd')).toMatchObject({ status: 404 });
  });

  it('have no route of people beside them', async () => {
    for (const path of ['/api/v1/systems', '/api/v1/setup', '/healthz', '/'])
      expect(await client.fetch(path)).toMatchObject({ status: 404 });
  });
});

it('logs requests without their tokens, whatever they look like', async () => {
  await arm();
  for (const path of [
    `/i/${token}/kernel`,
    `/I/${token}/kernel`,
    `//i/${token}/answer`,
    `/%69/${token}/kernel`,
    `/x/${token}?t=${token}`,
  ])
    await client.fetch(path);
  await client.fetch(`/i/${token}/event/failed`, { method: 'POST', body: `detail=${token}` });
  expect(world.logged.length).toBeGreaterThan(10);
  expect(world.logged.filter((line) => line.includes(token))).toEqual([]);
});
