import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootFilesByTftp } from '../../../server/tftp/boot-files.ts';
import { INSTALL_STATES, type InstallState, OPEN_STATES } from '../../../src/domain/install/install.ts';
import { type BootWorld, MACHINE, openBootWorld } from '../../support/boot-world.ts';
import { dhcpTester } from '../../support/dhcp-messages.ts';

// One table: each state of an install, each way by which its machine may ask. A known machine that may not be installed boots its
// disk from every loader, and none shows it a menu.

let world: BootWorld;
beforeEach(async () => {
  world = await openBootWorld();
  const { status } = await world.call('PATCH', '/api/v1/subnets/loop', { dhcp: 'authoritative' });
  expect(status).toBe(200);
});
afterEach(() => world.dispose());

const MAC = '52-54-00-00-00-01';
type Answer = 'install' | 'local' | 'none';

/** What a script tells a loader to do. */
function read(script: string | undefined): Answer {
  if (script === undefined) return 'none';
  expect(script).not.toMatch(/menu|choose|PROMPT 1|TIMEOUT|read -p/i);
  const installs = script.includes(`/i/${world.token()}/kernel`);
  expect(script.includes('booting from the local disk')).toBe(!installs);
  expect(script.includes('/i/')).toBe(installs);
  return installs ? 'install' : 'local';
}

const byHttp = (path: string) => async (): Promise<Answer> => {
  const { status, text } = await world.client.fetch(path);
  return read(status === 200 ? text : undefined);
};
const byTftp = (name: string) => async (): Promise<Answer> => {
  const files = { readWhole: async () => Buffer.from('') };
  const find = bootFilesByTftp(world.bootFiles, files, { httpPort: 80, fileBytes: 1e6 });
  const found = await find(name, { address: MACHINE, server: '127.0.0.1', mac: undefined });
  return read('missing' in found ? undefined : found.bytes.toString());
};

/** A DISCOVER of firmware; what the offer is for stands on the timeline, and its option 43 asks for no menu (F20). */
const byDhcp = (options: Readonly<Record<number, string>>) => async (): Promise<Answer> => {
  const before = (await world.events()).length;
  const say = dhcpTester(world, ['127.0.0.1']);
  const { text, reply } = await say({ type: 'discover', mac: '52:54:00:00:00:01', options });
  expect(text).toBe('offer 127.0.0.11 from 127.0.0.1');
  const vendor = reply?.options.get(43)?.toString('hex');
  expect([undefined, '060108ff']).toContain(vendor);
  const offer = (await world.events()).slice(before).find(({ stage }) => stage === 'dhcp-offer');
  return (offer?.data as { action?: Answer } | undefined)?.action ?? 'none';
};
const hex = (text: string) => Buffer.from(text).toString('hex');
const rom = (arch: string) => ({ 60: hex(`PXEClient:Arch:000${arch}:UNDI:003016`), 93: `000${arch}` });

/** Every way that asks what to boot. */
const ROUTES: Readonly<Record<string, () => Promise<Answer>>> = {
  'DHCP, BIOS firmware': byDhcp(rom('0')),
  'DHCP, UEFI firmware': byDhcp(rom('7')),
  'DHCP, UEFI HTTP boot': byDhcp({ 60: hex('HTTPClient:Arch:00016:UNDI:003016'), 93: '0010' }),
  'DHCP, iPXE': byDhcp({ ...rom('7'), 77: hex('iPXE') }),
  'the iPXE script by HTTP': byHttp(`/boot/ipxe/${MAC}`),
  'the GRUB script by HTTP': byHttp(`/boot/grub/${MAC}`),
  'the GRUB script by TFTP': byTftp(`boot/grub/${MAC}`),
  'pxelinux by MAC, TFTP': byTftp(`pxelinux.cfg/01-${MAC}`),
  'pxelinux by address, TFTP': byTftp('pxelinux.cfg/7F00000B'),
  'pxelinux by default, TFTP': byTftp('pxelinux.cfg/default'),
  'pxelinux by MAC, HTTP': byHttp(`/pxelinux.cfg/01-${MAC}`),
};
/** What is fetched and told with the token; the last two are only to be had of some states. */
const FILES = [
  'kernel',
  'initrd',
  'answer',
  'image',
  'event/installing',
  'event/partitioning',
  'event/failed',
];
const REPORTS: Readonly<Record<string, (state: InstallState) => boolean>> = {
  'event/installed': (state) => OPEN_STATES.includes(state),
  'event/first-boot': (state) => ['installing', 'installed', 'configuring', 'ready'].includes(state),
};

describe.each(INSTALL_STATES)('an install that is %s', (state) => {
  const isOpen = OPEN_STATES.includes(state);
  /** As it would be on its way, and no further by what was asked before. */
  const put = () =>
    world.force({ state, attemptsUsed: 0, scriptsServed: 0, stage: null, failure: null, reason: null });

  it(`is ${isOpen ? 'gone on with' : 'sent to its disk'} by every way that asks`, async () => {
    await world.arm();
    const answers: Record<string, Answer> = {};
    for (const [route, ask] of Object.entries(ROUTES)) {
      await put();
      answers[route] = await ask();
    }
    const expected = Object.keys(ROUTES).map((route) => [route, isOpen ? 'install' : 'local']);
    expect(answers).toEqual(Object.fromEntries(expected));
  });

  it('serves files and takes reports only where it may', async () => {
    await world.arm();
    const got: Record<string, boolean> = {};
    const expected: Record<string, boolean> = {};
    for (const path of [...FILES, ...Object.keys(REPORTS)]) {
      await put();
      const before = await world.install();
      const { status } = await world.client.fetch(`/i/${world.token()}/${path}`);
      // This profile has no image.
      got[path] = status === 200 || (path === 'image' && status === 404);
      expected[path] = REPORTS[path]?.(state) ?? isOpen;
      if (!expected[path]) expect(await world.install()).toEqual(before);
    }
    expect(got).toEqual(expected);
  });
});

it('a machine that was never armed boots its disk by every way', async () => {
  const answers = [];
  world.tokens.push('no-token');
  for (const ask of Object.values(ROUTES)) answers.push(await ask());
  expect(new Set(answers)).toEqual(new Set(['local']));
});
