import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INSTALL_STATES } from '../../../src/domain/install/install.ts';
import { type BootWorld, isLocal, openBootWorld, SCRIPT, STRANGER } from '../../support/boot-world.ts';
import { SECRET_HASH } from '../../support/service-world.ts';

let world: BootWorld;
beforeEach(async () => {
  world = await openBootWorld();
});
afterEach(() => world.dispose());

describe('one install, from the script to the first boot', () => {
  it('goes its way, and the timeline tells it', async () => {
    expect(isLocal(await world.client.fetch(SCRIPT))).toBe(true);
    await world.arm();
    const script = await world.client.fetch(SCRIPT);
    expect(script).toMatchObject({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } });
    expect(script.text).toContain(`kernel --name kernel http://127.0.0.1/i/${world.token()}/kernel`);
    expect(await world.install()).toMatchObject({ state: 'booting', attemptsUsed: 0 });
    expect(await world.client.fetch(`/i/${world.token()}/kernel`)).toMatchObject({
      status: 200,
      text: 'content of linux',
    });
    expect(await world.client.fetch(`/i/${world.token()}/initrd`)).toMatchObject({
      status: 200,
      text: 'content of initrd.gz',
    });
    expect(await world.install()).toMatchObject({ state: 'loading', attemptsUsed: 0 });
    const answer = await world.client.fetch(`/i/${world.token()}/answer`);
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining(SECRET_HASH) });
    expect(await world.install()).toMatchObject({ state: 'installing', attemptsUsed: 1 });
    // Installers fetch it more than once; that is the same attempt.
    expect(await world.client.fetch(`/i/${world.token()}/answer`)).toMatchObject({ status: 200 });
    expect(await world.install()).toMatchObject({ attemptsUsed: 1 });
    expect(await world.report('partitioning')).toMatchObject({ status: 200 });
    expect(await world.report('installed', { method: 'POST', body: 'detail=done' })).toMatchObject({
      status: 200,
    });
    expect(await world.install()).toMatchObject({ state: 'installed' });
    expect(isLocal(await world.client.fetch(SCRIPT))).toBe(true);
    expect(
      await world.report('first-boot', { method: 'POST', body: 'detail=ssh-ed25519%20AAAA' }),
    ).toMatchObject({
      status: 200,
    });
    expect(await world.install()).toMatchObject({ state: 'ready' });
    expect((await world.events()).map((event) => event.stage)).toEqual([
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
    expect((await world.events()).at(-1)).toMatchObject({ data: { hostKeys: 'ssh-ed25519 AAAA' } });
  });

  it('spends the attempts: then every loader is told to boot the disk', async () => {
    await world.arm({ attempts: 2 });
    for (const used of [1, 2]) {
      expect(isLocal(await world.client.fetch(SCRIPT))).toBe(false);
      await world.client.fetch(`/i/${world.token()}/answer`);
      expect(await world.install()).toMatchObject({ attemptsUsed: used, state: 'installing' });
    }
    expect(isLocal(await world.client.fetch(SCRIPT))).toBe(true);
    expect(await world.client.fetch(`/i/${world.token()}/kernel`)).toMatchObject({ status: 410 });
    expect(await world.client.fetch(`/i/${world.token()}/initrd`)).toMatchObject({ status: 410 });
  });
});

describe('the gate, route by route', () => {
  const FILES = ['kernel', 'initrd', 'answer', 'event/installing'];

  it.each(INSTALL_STATES)('an install that is %s', async (state) => {
    await world.arm();
    await world.force({ state });
    const isOpen = ['armed', 'booting', 'loading', 'installing'].includes(state);
    for (const path of FILES)
      expect((await world.client.fetch(`/i/${world.token()}/${path}`)).status).toBe(isOpen ? 200 : 410);
    if (!isOpen) expect(await world.install()).toMatchObject({ state, attemptsUsed: 0 });
    await world.force({ state, attemptsUsed: 0, scriptsServed: 0 });
    const script = await world.client.fetch(SCRIPT);
    expect(script.status).toBe(200);
    expect(isLocal(script)).toBe(!isOpen);
    expect(script.text.includes(world.token())).toBe(isOpen);
  });

  it.each(['armed', 'booting', 'loading', 'installing'] as const)(
    'one that is %s and past its time',
    async (state) => {
      await world.arm({ expiresInMinutes: 5 });
      await world.force({ state });
      world.nowMs += 5 * 60_000;
      for (const path of FILES)
        expect(await world.client.fetch(`/i/${world.token()}/${path}`)).toMatchObject({ status: 410 });
      expect(isLocal(await world.client.fetch(SCRIPT))).toBe(true);
    },
  );

  it('after a cancel, at once', async () => {
    await world.arm();
    await world.client.fetch(SCRIPT);
    await world.call('POST', '/api/v1/systems/web001/cancel');
    for (const path of FILES)
      expect(await world.client.fetch(`/i/${world.token()}/${path}`)).toMatchObject({ status: 410 });
    expect(isLocal(await world.client.fetch(SCRIPT))).toBe(true);
  });

  it('after the boot script was handed out too often', async () => {
    await world.arm();
    for (let count = 0; count < 8; count++) expect(isLocal(await world.client.fetch(SCRIPT))).toBe(false);
    expect(isLocal(await world.client.fetch(SCRIPT))).toBe(true);
    expect(await world.client.fetch(`/i/${world.token()}/kernel`)).toMatchObject({ status: 200 });
  });

  it('only to the machine’s own address, and the attempt is on its timeline', async () => {
    await world.arm();
    for (const path of FILES) {
      expect(await world.client.fetch(`/i/${world.token()}/${path}`, { from: STRANGER })).toMatchObject({
        status: 403,
      });
      expect(await world.client.fetch(`/i/${world.token()}/${path}`, { from: '127.0.0.99' })).toMatchObject({
        status: 403,
      });
    }
    expect(await world.client.fetch(SCRIPT, { from: STRANGER })).toMatchObject({ status: 403 });
    expect(await world.install()).toMatchObject({ state: 'armed', attemptsUsed: 0 });
    const refused = (await world.events()).filter((event) => event.stage === 'refused');
    // The script too.
    expect(refused).toHaveLength(9);
    expect(refused[0]).toMatchObject({
      outcome: 'warning',
      message: expect.stringContaining(STRANGER),
      data: { code: 'not-yours', file: 'kernel', from: STRANGER },
    });
  });

  it('a file of an install that is over is refused, and its timeline says so', async () => {
    await world.arm();
    await world.force({ state: 'installed' });
    await world.client.fetch(`/i/${world.token()}/kernel`);
    expect((await world.events()).at(-1)).toMatchObject({
      stage: 'refused',
      data: { code: 'over', file: 'kernel' },
    });
  });

  it.each(['x', 'A'.repeat(43), '..%2f..', '%00'])('to nobody with the token %s', async (wrong) => {
    await world.arm();
    for (const path of FILES) expect((await world.client.fetch(`/i/${wrong}/${path}`)).status).toBe(404);
  });

  it('gives no HEAD of an answer file, and a HEAD spends nothing', async () => {
    await world.arm();
    expect(await world.client.fetch(`/i/${world.token()}/answer`, { method: 'HEAD' })).toMatchObject({
      status: 404,
    });
    expect(await world.client.fetch(`/i/${world.token()}/kernel`, { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '16' },
    });
    expect(await world.install()).toMatchObject({ attemptsUsed: 0 });
  });

  it('knows no machine that has no record', async () => {
    expect(await world.client.fetch('/boot/ipxe/52-54-00-00-00-77')).toMatchObject({ status: 404 });
    expect(await world.client.fetch('/boot/ipxe/nonsense')).toMatchObject({ status: 404 });
  });
});
