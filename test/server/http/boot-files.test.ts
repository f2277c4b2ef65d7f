import { truncateSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootFilesByTftp } from '../../../server/tftp/boot-files.ts';
import { type BootWorld, MACHINE, openBootWorld, STRANGER } from '../../support/boot-world.ts';
import { fileOf } from '../../support/service-world.ts';

let world: BootWorld;
beforeEach(async () => {
  world = await openBootWorld();
});
afterEach(() => world.dispose());

const MAC = '52-54-00-00-00-01';
const NOBODY = '127.0.0.77';
/** Names under which web001 is given its script or the way to it. */
const ROUTES = [
  `pxelinux.cfg/01-${MAC}`,
  'pxelinux.cfg/564d5a2c-0000-1111-2222-33445566aabb',
  'pxelinux.cfg/7F00000B',
  'pxelinux.cfg/default',
  'pxelinux.cfg/default-arm',
  'grub/grub.cfg',
  `grub/grub.cfg-01-${MAC}`,
  'grub/grub.cfg-7F00000B',
  'x64/grub.cfg',
  `boot/grub/${MAC}`,
  'autoexec.ipxe',
];

/** The same question by TFTP: what comes, as text; undefined where nothing does. */
async function byTftp(name: string, address = MACHINE): Promise<string | undefined> {
  const files = { readWhole: async (path: string) => Buffer.from(`read from ${path.split('/').at(-1)}`) };
  const find = bootFilesByTftp(world.bootFiles, files, { httpPort: 80, fileBytes: 1e6 });
  const found = await find(name, { address, server: '127.0.0.1', mac: undefined });
  return 'missing' in found ? undefined : found.bytes.toString();
}

async function edit(change: object): Promise<void> {
  const { status, body } = await world.call('PATCH', '/api/v1/systems/web001', change);
  if (status !== 200) throw new Error(JSON.stringify(body));
}

describe.each(['HTTP', 'HTTP below loaders/', 'TFTP'])('what loaders ask for by %s', (transport) => {
  const ask = async (name: string, from = MACHINE): Promise<string | undefined> => {
    if (transport === 'TFTP') return byTftp(name, from);
    const folder = transport === 'HTTP' ? '' : '/loaders';
    const { status, text } = await world.client.fetch(`${folder}/${name}`, { from });
    return status === 200 ? text : undefined;
  };

  it.each(ROUTES)('F37: %s obeys the gate', async (name) => {
    const isScript = /^pxelinux\.cfg|^boot\/grub/.test(name);
    const unarmed = await ask(name);
    expect(unarmed).toBeDefined();
    if (isScript) expect(unarmed).toContain('booting from the local disk');
    expect(unarmed).not.toContain('/i/');
    await world.arm();
    const armed = await ask(name);
    expect(armed?.includes(`/i/${world.token()}/kernel`)).toBe(isScript);
    expect(await world.install()).toMatchObject({
      state: isScript ? 'booting' : 'armed',
      scriptsServed: isScript ? 1 : 0,
    });
    // F42: nobody knows this machine, so nothing is told to it. The name says who is meant, not who asks.
    expect(await ask(name, NOBODY)).toBeUndefined();
    if (/MAC|7F|01-/.test(name)) expect(await ask(name, STRANGER)).toBeUndefined();
    await edit({ loader: 'none' });
    expect(await ask(name)).toBeUndefined();
  });

  it('kernel and initrd of an install, for its own machine', async () => {
    await world.arm();
    const path = `i/${world.token()}/kernel`;
    if (transport === 'HTTP') expect(await ask(path)).toBe('content of linux');
    if (transport === 'TFTP') expect(await ask(path)).toBe('read from linux');
    expect(await ask(path, STRANGER)).toBeUndefined();
    expect(await ask('i/wrong/kernel')).toBeUndefined();
  });

  it('F32: GRUB for a garbled name of it, nothing for what shim can do without', async () => {
    world.loaderBytes.set('x64/grubx64.efi', Buffer.from('the GRUB'));
    expect(await ask('x64/grubx64.efi')).toBe('the GRUB');
    expect(await ask('x64/gr%D0ubx.efi'.replace('%D0', ''))).toBe('the GRUB');
    expect(await ask('x64/revocations.efi')).toBeUndefined();
    expect(await ask('x64/mmx64.efi')).toBeUndefined();
    world.loaderBytes.set('x64/mmx64.efi', Buffer.from('MokManager'));
    expect(await ask('x64/mmx64.efi')).toBe('MokManager');
    expect(await ask('aa64/x.efi')).toBeUndefined();
  });
});

describe('a loader that is chosen', () => {
  it('says which way to the disk is chosen', async () => {
    await edit({ localBoot: 'sanboot' });
    expect(await byTftp(`pxelinux.cfg/01-${MAC}`)).toContain('COM32 chain.c32');
    expect((await world.client.fetch(`/boot/ipxe/${MAC}`)).text).toContain('sanboot');
    await edit({ localBoot: 'next' });
    expect(await byTftp(`pxelinux.cfg/01-${MAC}`)).toContain('LOCALBOOT -1');
  });

  it('is handed on to by the iPXE of a NIC, which is not counted', async () => {
    world.loaderBytes.set('x64/shimx64.efi', Buffer.from('shim')).set('x64/grubx64.efi', Buffer.from('GRUB'));
    await edit({ loader: 'grub' });
    await world.arm();
    const { text } = await world.client.fetch(`/boot/ipxe/${MAC}`);
    expect(text).toContain('&& chain http://127.0.0.1/loaders/x64/shimx64.efi ||');
    expect(text).not.toContain('/i/');
    expect(await world.install()).toMatchObject({ state: 'armed', scriptsServed: 0 });
  });

  it('is refused at arm time where it cannot work, with every problem', async () => {
    await edit({
      loader: 'pxelinux',
      kernelArgs: ['x'.repeat(500), 'y'.repeat(500), 'z'.repeat(500), 'a'.repeat(400)],
    });
    const { status, body } = await world.call('POST', '/api/v1/systems/web001/install', {});
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toMatch(
      /lpxelinux\.0, ldlinux\.c32, reboot\.c32, libcom32\.c32 .*provision loaders install/,
    );
    expect(JSON.stringify(body)).toMatch(/pxelinux has room for 1800/);
    expect((await world.events()).map(({ stage }) => stage)).not.toContain('armed');
  });

  it('F28: is refused where its files are too large for the only way that it has', async () => {
    world.loaderBytes.set('x64/shimx64.efi', Buffer.from('shim')).set('x64/grubx64.efi', Buffer.from('GRUB'));
    truncateSync(fileOf(world, 'initrd.gz'), 32 * 1024 * 1024 + 1);
    await edit({ loader: 'grub' });
    const refused = await world.call('POST', '/api/v1/systems/web001/install', {});
    expect(refused).toMatchObject({
      status: 422,
      body: { problems: [{ path: 'initrd', message: expect.stringContaining('cannot fetch by HTTP') }] },
    });
    world.loaderBytes.set('x64/grubx64.efi', Buffer.from('GET / HTTP/1.1\r\nHost: '));
    await world.arm();
  });

  it('F38: BOOTIF names the NIC that boots', async () => {
    const second = { name: 'eth1', mac: '52:54:00:00:00:99', ip: '127.0.0.19' };
    await edit({ interfaces: [{ name: 'eth0', mac: MAC.replaceAll('-', ':'), ip: MACHINE }, second] });
    await world.arm();
    const { text } = await world.client.fetch('/boot/ipxe/52-54-00-00-00-99', { from: second.ip });
    expect(text).toContain(' BOOTIF=01-52-54-00-00-00-99 ');
    expect(await byTftp('boot/grub/52-54-00-00-00-99', second.ip)).toContain("'BOOTIF=01-52-54-00-00-00-99'");
  });

  it('a machine is installed through the cards of a bond, which has no MAC', async () => {
    const cards = [
      { name: 'eth0', mac: MAC.replaceAll('-', ':') },
      { name: 'eth1', mac: '52:54:00:00:00:99' },
    ];
    await edit({
      interfaces: [...cards, { name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'], ip: MACHINE }],
    });
    await world.arm();
    for (const mac of [MAC, '52-54-00-00-00-99']) {
      const { text } = await world.client.fetch(`/boot/ipxe/${mac}`, { from: MACHINE });
      expect(text).toContain(` BOOTIF=01-${mac} `);
    }
  });
});

describe('the timeline', () => {
  it('hears nothing of a file that a loader can do without, and no token', async () => {
    const files = { readWhole: async () => undefined };
    const find = bootFilesByTftp(world.bootFiles, files, { httpPort: 80, fileBytes: 1e6 });
    const client = { address: MACHINE, server: '127.0.0.1', mac: undefined };
    expect(await find('grub/x86_64-efi/command.lst', client)).toMatchObject({ isOptional: true });
    expect(await find('x64/shimx64.efi', client)).toMatchObject({
      missing: expect.stringMatching(/apt-get install .*shim-signed, then provision loaders install/),
      isOptional: false,
    });
    await world.arm();
    expect(await find(`i/${world.token()}/initrd`, client)).toMatchObject({
      missing: expect.stringContaining('larger than TFTP carries'),
    });
  });
});

describe('the timeline of a machine that loads by HTTP', () => {
  it('tells the loader that it got, once, and the one that is missing', async () => {
    await world.client.fetch('/loaders/snponly.efi', { method: 'HEAD' });
    await world.client.fetch('/loaders/snponly.efi');
    await world.client.fetch('/loaders/snponly.efi', { headers: { range: 'bytes=0-3' } });
    await world.client.fetch('/loaders/snponly-arm64.efi');
    await world.client.fetch('/loaders/snponly.efi', { from: NOBODY });
    const told = (await world.events()).map(
      ({ stage, outcome, message }) => `${stage} ${outcome} ${message}`,
    );
    expect(told).toEqual([
      'loader ok snponly.efi: 8 bytes by HTTP',
      expect.stringMatching(
        /^loader warning asked for 'snponly-arm64.efi' by HTTP: snponly-arm64.efi is not installed; /,
      ),
    ]);
  });
});
