import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BootEvent } from '../../../src/domain/boot/boot-event.ts';
import { dhcpTester } from '../../support/dhcp-messages.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

let world: ServiceWorld;
beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
});
afterEach(() => world.dispose());

const MAC = '52:54:00:00:00:01';
const hex = (text: string) => Buffer.from(text).toString('hex');
/** UEFI x64 by TFTP, and iPXE. */
const ROM = { 60: hex('PXEClient:Arch:00007:UNDI:003016'), 93: '0007' };
const IPXE = { ...ROM, 77: hex('iPXE') };

const eventsOf = async (): Promise<BootEvent[]> => {
  const { body } = await world.call('GET', '/api/v1/systems/web001/timeline');
  return (body as { items: BootEvent[] }).items;
};
const arm = () => world.call('POST', '/api/v1/systems/web001/install', {});

describe('what of an exchange stands on the timeline', () => {
  it('an offer says which one, which bootfile, and why', async () => {
    await arm();
    await dhcpTester(world, ['10.99.0.5'])({ type: 'discover', mac: MAC, options: ROM });
    const [heard, offer] = (await eventsOf()).filter(({ stage }) => stage.startsWith('dhcp-'));
    expect(heard).toMatchObject({
      stage: 'dhcp-discover',
      data: { netboot: true, ipxe: false, http: false, archCodes: '7', relay: null },
    });
    expect(offer).toMatchObject({
      message:
        '10.99.0.11 (10.99.0.11 is reserved for web001); boot file snponly.efi of 10.99.0.5 (install 1, attempt 1 of 1; ipxe for x64-uefi)',
      data: {
        code: 'reservation',
        address: '10.99.0.11',
        server: '10.99.0.5',
        bootfile: 'snponly.efi',
        nextServer: '10.99.0.5',
        action: 'install',
      },
    });
  });

  it('iPXE is offered its script; without an install it is the one to the disk', async () => {
    await dhcpTester(world, ['10.99.0.5'])({ type: 'discover', mac: MAC, options: IPXE });
    const [heard, offer] = await eventsOf();
    expect(heard?.data).toMatchObject({ ipxe: true });
    expect(offer?.message).toMatch(/\(no install is armed; a script for its iPXE\)$/);
    expect(offer?.data).toMatchObject({
      action: 'local',
      bootfile: 'http://10.99.0.5/boot/ipxe/52-54-00-00-00-01',
    });
  });

  it.each([
    ['installed', ['dhcp-discover', 'dhcp-offer']],
    ['ready', []],
  ] as const)('of a system that has started, while its install is %s: %j', async (state, stages) => {
    await arm();
    const change = { state, stage: state, reason: null, failure: null, hint: null };
    await world.store.transaction((tx) => tx.installs.update(1, change, world.nowMs));
    await dhcpTester(world, ['10.99.0.5'])({ type: 'discover', mac: MAC, options: {} });
    const heard = (await eventsOf()).filter(({ stage }) => stage.startsWith('dhcp-'));
    expect(heard.map(({ stage }) => stage)).toEqual(stages);
  });

  it('what came by a relay says by which', async () => {
    await dhcpTester(world, ['10.99.0.5'])({
      type: 'discover',
      mac: MAC,
      options: ROM,
      giaddr: '10.99.0.254',
    });
    expect((await eventsOf())[0]?.data).toMatchObject({ relay: '10.99.0.254' });
  });

  it('a machine that takes another server’s offer says so, and whose', async () => {
    const say = dhcpTester(world, ['10.99.0.5']);
    await say({ type: 'request', mac: MAC, options: ROM, requested: '10.99.0.77', server: '10.99.0.9' });
    expect((await eventsOf()).map(({ stage, outcome, data }) => [stage, outcome, data['server']])).toEqual([
      ['dhcp-request', 'ok', undefined],
      ['other-dhcp-server', 'warning', '10.99.0.9'],
    ]);
  });

  it('why a machine was left without an answer has a code', async () => {
    await world.call('PATCH', '/api/v1/subnets/lab', { dhcp: 'off' });
    await dhcpTester(world, ['10.99.0.5'])({ type: 'discover', mac: MAC, options: ROM });
    expect((await eventsOf()).at(-1)).toMatchObject({ stage: 'refused', data: { code: 'subnet-off' } });
  });
});
