import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOADER_CHOICES } from '../../../src/domain/boot/boot-choice.ts';
import { FIRMWARE_KINDS } from '../../../src/domain/install/explanation.ts';
import { INSTALL_STATES } from '../../../src/domain/install/install.ts';
import { macWithDashes } from '../../../src/domain/network/mac.ts';
import { ip } from '../../support/dhcp-packets.ts';
import { type ExplainWorld, MAC, openExplainWorld, stepOf } from '../../support/explain-world.ts';

// What is explained and what machines are told are the same: every firmware x every loader x every state of an install.

let world: ExplainWorld;
beforeEach(async () => {
  world = await openExplainWorld();
  for (const name of ['undionly.kpxe', 'x64/shimx64.efi', 'x64/grubx64.efi', 'lpxelinux.0', 'ldlinux.c32'])
    world.loaderBytes.set(name, Buffer.from(`bytes of ${name}`));
});
afterEach(() => world.dispose());

const CLIENTS = FIRMWARE_KINDS.flatMap((arch) => [[arch, false] as const, [arch, true] as const]);
const CALLER = { address: ip('10.99.0.11'), server: { address: ip('10.99.0.5'), httpPort: 80 } };

/** Everything that is on record, as far as machines or people could have changed it. */
async function records(): Promise<string> {
  const { read } = world.store;
  const found = await read.systems.find('web001');
  return JSON.stringify([
    found,
    await read.leases.list(world.nowMs),
    await read.events.latestId(),
    world.store.dhcp.findMacOf(ip('10.99.0.11'), world.nowMs),
    world.store.dhcp.findHolder(ip('10.99.0.100'), world.nowMs),
  ]);
}

describe.each([null, ...INSTALL_STATES])('an install that is %s', (state) => {
  it.each(LOADER_CHOICES)('loader %s: each firmware gets what explain says', async (loader) => {
    await world.call('PATCH', '/api/v1/systems/web001', { loader: loader === 'none' ? 'ipxe' : loader });
    if (state !== null) {
      // Put on record, not armed: not every loader could be.
      await world.call('PATCH', '/api/v1/systems/web001', { loader: 'ipxe' });
      await world.arm();
      await world.force({ state, attemptsUsed: state === 'installing' ? 1 : 0 });
    }
    await world.call('PATCH', '/api/v1/systems/web001', { loader });
    await world.services.events.flush();
    const before = await records();
    const told = new Map<string, string | undefined>();
    for (const [arch, isIpxe] of CLIENTS) {
      const explained = await world.explain({ arch, ...(isIpxe ? { loaderClass: 'ipxe' } : {}) });
      told.set(`${arch} ${isIpxe}`, stepOf(explained, isIpxe ? 'dhcp-ipxe' : 'dhcp').text ?? undefined);
    }
    expect(await records()).toBe(before);
    for (const [arch, isIpxe] of CLIENTS)
      expect(told.get(`${arch} ${isIpxe}`)).toBe(await world.discover(arch, isIpxe));
  });
});

describe('scripts and files', () => {
  const realScript = async (loader: string): Promise<string> => {
    const dashes = macWithDashes(MAC);
    if (loader.startsWith('ipxe')) return String(await world.boot.script(MAC, CALLER));
    const name = loader === 'grub' ? `boot/grub/${dashes}` : `pxelinux.cfg/01-${dashes}`;
    const found = await world.bootFiles.find(name, CALLER);
    return found.kind === 'bytes' ? found.bytes.toString() : JSON.stringify(found);
  };

  it.each([
    ['ipxe', 'uefi-x64', 'armed'],
    ['ipxe', 'uefi-x64', 'ready'],
    ['grub', 'uefi-x64', 'armed'],
    ['grub', 'uefi-x64', 'failed'],
    ['pxelinux', 'bios', 'loading'],
    ['pxelinux', 'bios', 'cancelled'],
  ] as const)('%s on %s, %s: the script is the one that the machine gets', async (loader, arch, state) => {
    for (const name of ['reboot.c32', 'libcom32.c32']) world.loaderBytes.set(name, Buffer.from(name));
    await world.arm();
    await world.call('PATCH', '/api/v1/systems/web001', { loader });
    await world.force({ state });
    const told = stepOf(await world.explain({ arch }), 'script').text;
    const real = await realScript(loader);
    const token = world.tokens.at(-1) ?? '';
    expect(told).toBe(real.replaceAll(token, 'TOKEN'));
    expect(real.includes(token)).toBe(state === 'armed' || state === 'loading');
  });

  it('kernel, initrd and answer file are those of the machine, secrets masked', async () => {
    await world.arm();
    const told = await world.explain({ arch: 'uefi-x64' });
    const token = world.tokens.at(-1) ?? '';
    await world.boot.script(MAC, CALLER);
    const kernel = await world.boot.file(token, 'kernel', CALLER);
    expect(stepOf(told, 'kernel').data['path']).toBe('path' in kernel ? kernel.path : undefined);
    const answer = await world.boot.file(token, 'answer', CALLER);
    if (!('text' in answer)) throw new Error('no answer file');
    const masked = stepOf(told, 'answer-file').text;
    expect(masked).toBe(answer.text.replaceAll(token, 'TOKEN').replaceAll(/\$6\$\S+/g, '********'));
    expect(masked).toContain('********');
  });
});
