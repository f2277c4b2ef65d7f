import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Loader } from '../../../src/domain/boot/loader.ts';
import { sha256Of } from '../../../src/domain/boot/loader.ts';
import type { LoaderInstall } from '../../../src/services/boot/loaders.ts';
import { makeActor } from '../../support/actors.ts';
import { inject } from '../../support/inject.ts';
import { efiProgram } from '../../support/loader-files.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

const SNPONLY = '/usr/lib/ipxe/snponly.efi';
const bytes = efiProgram(0x8664, 'first');

describe('boot loaders', () => {
  let world: ServiceWorld;
  beforeEach(async () => {
    world = await openServiceWorld();
    world.packages.installed.set('ipxe', '1.21.1+git1-1');
    world.packages.files.set(SNPONLY, bytes);
  });
  afterEach(() => world.dispose());

  const ownFile = (name: string) => join(world.dataDir, 'loaders', name);
  const loader = async (name: string): Promise<Loader> => {
    const { body } = await world.call('GET', '/api/v1/loaders');
    const found = (body as { items: Loader[] }).items.find((item) => item.name === name);
    if (found === undefined) throw new Error(`${name} is not listed`);
    return found;
  };
  const install = async (names?: string[]): Promise<LoaderInstall[]> => {
    const { body, status } = await world.call('POST', '/api/v1/loaders/install', names && { names });
    expect(status).toBe(200);
    return (body as { items: LoaderInstall[] }).items;
  };
  const upload = (name: string, payload: Buffer, query = '') =>
    inject(world.local, {
      method: 'PUT',
      url: `/api/v1/loaders/${name}${query}`,
      payload,
      headers: { 'content-type': 'application/octet-stream' },
    });

  it('says where a missing loader comes from', async () => {
    const { state, remedy, record } = await loader('snponly.efi');
    expect({ state, record }).toEqual({ state: 'missing', record: null });
    expect(remedy).toContain('apt-get install --no-install-recommends ipxe');
    expect((await loader('local-x64.efi')).remedy).toContain('npm run loaders');
  });

  it('copies from a package, and records version, source and SHA-256', async () => {
    const results = await install(['snponly.efi']);
    const record = {
      name: 'snponly.efi',
      version: '1.21.1+git1-1',
      source: `package ipxe: ${SNPONLY}`,
      sha256: sha256Of(bytes),
    };
    expect(results).toEqual([{ ...record, outcome: 'installed', remedy: null }]);
    expect(readFileSync(ownFile('snponly.efi'))).toEqual(bytes);
    expect(await loader('snponly.efi')).toEqual({
      name: 'snponly.efi',
      state: 'installed',
      path: ownFile('snponly.efi'),
      sha256: sha256Of(bytes),
      bytes: bytes.length,
      record: {
        ...record,
        bytes: bytes.length,
        installedBy: 'local',
        installedAt: '2026-11-22T09:00:00.000Z',
      },
      remedy: null,
    });
  });

  it('changes nothing the second time, and takes an update when the package has one', async () => {
    await install(['snponly.efi']);
    expect(await install(['snponly.efi'])).toMatchObject([{ outcome: 'unchanged' }]);
    world.packages.installed.set('ipxe', '1.21.1+git2-1');
    world.packages.files.set(SNPONLY, efiProgram(0x8664, 'other'));
    expect(await install(['snponly.efi'])).toMatchObject([
      { outcome: 'installed', version: '1.21.1+git2-1' },
    ]);
    expect((await loader('snponly.efi')).record?.version).toBe('1.21.1+git2-1');
  });

  it('takes every loader that a package has, and names those that none has', async () => {
    const outcomes = Object.fromEntries((await install()).map(({ name, outcome }) => [name, outcome]));
    expect(outcomes).toMatchObject({ 'snponly.efi': 'installed', 'undionly.kpxe': 'not-found' });
    world.packages.installed.clear();
    expect((await install(['undionly.kpxe']))[0]?.remedy).toContain('apt-get install');
  });

  it.each([
    ['changed', () => writeFileSync(ownFile('snponly.efi'), efiProgram(0x8664, 'forged'))],
    ['removed', () => rmSync(ownFile('snponly.efi'))],
  ])('reports a file that was %s behind its back, and mends it when asked', async (_how, tamper) => {
    await install(['snponly.efi']);
    tamper();
    const seen = await loader('snponly.efi');
    expect(seen.state).toBe('changed');
    expect(seen.remedy).toContain('provision loaders install --only snponly.efi');
    expect(await install(['snponly.efi'])).toMatchObject([{ outcome: 'installed' }]);
    expect((await loader('snponly.efi')).state).toBe('installed');
  });

  it('takes a file that is given, with its version, and keeps it when packages are installed', async () => {
    const own = efiProgram(0x8664, 'of our own');
    const answer = await upload('snponly.efi', own, '?version=2.0&file=my.efi');
    expect(answer).toMatchObject({ status: 200, body: { state: 'installed', sha256: sha256Of(own) } });
    expect((await loader('snponly.efi')).record).toMatchObject({ version: '2.0', source: 'file my.efi' });
    expect((await install()).map(({ name }) => name)).not.toContain('snponly.efi');
    expect((await loader('snponly.efi')).sha256).toBe(sha256Of(own));
    expect(await install(['snponly.efi'])).toMatchObject([{ outcome: 'installed' }]);
  });

  it.each([
    ['snponly.efi', Buffer.from('<html>'), 422, 'PE file'],
    ['snponly.efi', efiProgram(0xaa64), 422, 'for ARM64'],
    ['..%2f..%2fetc%2fpasswd', bytes, 404, 'no machine asks for'],
    ['other.efi', bytes, 404, 'no machine asks for'],
  ])('refuses %s that it cannot serve', async (name, payload, status, words) => {
    const answer = await upload(name, payload);
    expect(answer).toMatchObject({ status, body: { detail: expect.stringContaining(words) } });
    expect(await world.store.read.loaders.list()).toEqual([]);
  });

  it.each([
    ['application/json', '{}'],
    [undefined, undefined],
  ])('wants bytes: %s', async (type, payload) => {
    const options = { ...(payload && { payload }), ...(type && { headers: { 'content-type': type } }) };
    const url = '/api/v1/loaders/snponly.efi';
    const answer = await inject(world.local, { method: 'PUT', url, ...options });
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining('octet-stream') } });
  });

  it('takes bytes as a body nowhere else', async () => {
    const headers = { 'content-type': 'application/octet-stream' };
    const answer = await inject(world.local, {
      method: 'POST',
      url: '/api/v1/distros',
      payload: 'x',
      headers,
    });
    expect(answer.status).toBe(415);
  });

  it('keeps the old file and the old record when the new one cannot be written down', async () => {
    await install(['snponly.efi']);
    world.packages.installed.set('ipxe', '2');
    world.packages.files.set(SNPONLY, efiProgram(0x8664, 'newer'));
    const actor = makeActor(null as unknown as string); // an audit row without an actor is no audit row
    const failing = world.services.loaders.installFromPackages({ names: ['snponly.efi'] }, actor);
    await expect(failing).rejects.toThrow();
    expect(readFileSync(ownFile('snponly.efi'))).toEqual(bytes);
    expect(await loader('snponly.efi')).toMatchObject({ state: 'installed', sha256: sha256Of(bytes) });
    expect(readdirSync(join(world.dataDir, 'loaders'))).toEqual(['snponly.efi']);
  });

  it('takes one of two that are given at once, whole, and what is on record is what is there', async () => {
    const both = ['one', 'two'].map((text) => efiProgram(0x8664, text.repeat(50_000)));
    const answers = await Promise.all(both.map((own) => upload('snponly.efi', own)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await loader('snponly.efi')).state).toBe('installed');
    expect(readdirSync(join(world.dataDir, 'loaders'))).toEqual(['snponly.efi']);
  });

  it('goes back to the folders of the configuration when a loader is removed', async () => {
    await install(['snponly.efi']);
    expect(await world.call('DELETE', '/api/v1/loaders/snponly.efi')).toMatchObject({ status: 204 });
    expect((await loader('snponly.efi')).state).toBe('missing');
  });

  it.each([
    ['GET', '/api/v1/loaders'],
    ['POST', '/api/v1/loaders/install'],
    ['PUT', '/api/v1/loaders/snponly.efi'],
    ['DELETE', '/api/v1/loaders/snponly.efi'],
  ] as const)('asks for a token: %s %s', async (method, url) => {
    expect((await inject(world.tcp, { method, url })).status).toBe(401);
  });
});
