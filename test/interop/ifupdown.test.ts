import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InterfaceFacts } from '../../src/answer-file/network-context.ts';
import { BOND, kernelMakes, VLAN } from '../support/link-types.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { makeCards, renderNetwork, writeIfupdown } from '../support/network-files.ts';
import { haveProgram } from '../support/real-clients.ts';

const [A, B, C] = ['52:54:00:00:00:0a', '52:54:00:00:00:0b', '52:54:00:00:00:0c'] as const;
const eth0: InterfaceFacts = { name: 'eth0', mac: A };
const eth1: InterfaceFacts = { name: 'eth1', mac: B };
const eth2: InterfaceFacts = { name: 'eth2', mac: C };
const bond: InterfaceFacts = {
  name: 'bond0',
  type: 'bond',
  parents: ['eth0', 'eth1'],
  bondMode: 'active-backup',
};
const storage: InterfaceFacts = {
  name: 'storage',
  type: 'vlan',
  vlan: 7,
  ip: '10.7.0.11',
  prefix: 24,
  mtu: 1400,
  routes: [{ to: '10.20.0.0/16', via: '10.7.0.1' }],
  addresses: [{ ip: '10.7.0.12', prefix: 24 }],
};
const bridge: InterfaceFacts = {
  name: 'br0',
  type: 'bridge',
  parents: ['eth1', 'eth2'],
  ip: '10.0.0.11',
  prefix: 24,
  gateway: '10.0.0.1',
};

const NEEDED = ['ifup', 'ifquery', 'brctl', 'busybox'].filter((name) => !haveProgram(name));
const WHY_NOT =
  reasonAgainstNamespaces() ?? (NEEDED.length > 0 ? `${NEEDED.join(', ')} not installed` : undefined);

interface Address {
  readonly local: string;
  readonly prefixlen: number;
}
interface Link {
  readonly ifname: string;
  readonly mtu: number;
  readonly master?: string;
  readonly addr_info: readonly Address[];
  readonly linkinfo?: {
    readonly info_kind: string;
    readonly info_data?: { readonly id?: number; readonly mode?: string };
  };
}

describe.skipIf(WHY_NOT !== undefined)(`ifupdown (${WHY_NOT ?? 'as Debian has it'})`, () => {
  let dir: string;
  let net: Namespaces;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'provision-ifupdown-'));
    net = createNamespaces(
      'bonds',
      ['machine', 'wire'],
      [
        { ends: ['machine:enp1s0', 'wire:w1'] },
        { ends: ['machine:enp2s0', 'wire:w2'] },
        { ends: ['machine:enp3s0', 'wire:w3'] },
      ],
    );
    makeCards(dir, { enp1s0: A, enp2s0: B, enp3s0: C });
  });
  afterEach(async () => {
    await net?.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Written as the installer would, below a folder of the test. */
  const write = (nics: readonly InterfaceFacts[]) =>
    writeIfupdown(renderNetwork('debian-13.preseed', nics, 'debian'), dir, dir);
  const file = () => join(dir, 'interfaces.d/provision');
  const run = async (...command: string[]) => {
    const done = await net.run('machine', command);
    expect(done, `${command.join(' ')}: ${done.stdout}${done.stderr}`).toMatchObject({ code: 0 });
    return done.stdout;
  };
  const ifup = (...more: string[]) => run('ifup', '-a', '-i', file(), `--state-dir=${dir}`, ...more);
  const links = async () =>
    new Map(
      (JSON.parse(await run('ip', '-4', '-d', '-j', 'address')) as Link[]).map((link) => [link.ifname, link]),
    );
  const addressesOf = (link: Link | undefined) =>
    link?.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  const reaches = (address: string) => run('busybox', 'ping', '-c', '1', '-W', '5', address);
  /** The other end of the cables: a VLAN 7 with the gateway's address. */
  const answerOn = (card: string) => {
    net.ip('wire', 'link', 'add', 'link', card, 'name', 'tagged', 'type', 'vlan', 'id', '7');
    net.ip('wire', 'address', 'add', '10.7.0.1/24', 'dev', 'tagged');
    net.ip('wire', 'link', 'set', 'tagged', 'up');
  };

  /** What the record says of `storage`, on whatever it is. */
  const expectStorage = async (name: string) => {
    const link = (await links()).get(name);
    expect(link?.mtu).toBe(1400);
    expect(addressesOf(link)).toEqual(['10.7.0.11/24', '10.7.0.12/24']);
    expect(await run('ip', 'route')).toContain(`10.20.0.0/16 via 10.7.0.1 dev ${name}`);
    await reaches('10.7.0.1');
  };

  it('reads all of a bond, a VLAN on it and a bridge', async () => {
    write([
      eth0,
      eth1,
      { ...bond, mtu: 9000 },
      { ...storage, parents: ['bond0'] },
      eth2,
      { ...bridge, parents: ['eth2'] },
    ]);
    await ifup('--no-act');
    expect((await run('ifquery', '-i', file(), 'bond0')).trim().split('\n')).toEqual([
      'bond-slaves: enp1s0 enp2s0',
      'bond-mode: active-backup',
      'bond-miimon: 100',
      'pre-up: ip link set dev bond0 mtu 9000 || true',
      'up: ip link set dev bond0 mtu 9000',
    ]);
    expect((await run('ifquery', '-i', file(), '--list', '-a')).trim().split('\n')).toEqual([
      'lo',
      'bond0',
      'storage',
      'br0',
    ]);
  });

  it('brings a bridge and a card up, with addresses, routes and MTU', async () => {
    net.ip('wire', 'address', 'add', '10.7.0.1/24', 'dev', 'w1');
    net.ip('wire', 'address', 'add', '10.0.0.1/24', 'dev', 'w3');
    write([{ ...storage, ...eth0, type: 'ethernet', vlan: null }, eth1, eth2, bridge]);
    await ifup();
    const up = await links();
    expect(addressesOf(up.get('br0'))).toEqual(['10.0.0.11/24']);
    for (const port of ['enp2s0', 'enp3s0'])
      expect(net.ip('machine', 'link', 'show', port)).toContain('master br0');
    await expectStorage('enp1s0');
    expect(await run('ip', 'route')).toContain('default via 10.0.0.1 dev br0');
    await reaches('10.0.0.1');
  });

  it.skipIf(!kernelMakes(VLAN))('brings a VLAN on a card up', async () => {
    answerOn('w1');
    write([eth0, { ...storage, parents: ['eth0'] }]);
    await ifup();
    expect((await links()).get('storage')?.linkinfo).toMatchObject({
      info_kind: 'vlan',
      info_data: { id: 7 },
    });
    await expectStorage('storage');
  });

  it.skipIf(!kernelMakes(VLAN, BOND))('brings a bond up with its members and a VLAN on it', async () => {
    answerOn('w1');
    write([eth0, eth1, bond, { ...storage, parents: ['bond0'] }]);
    await ifup();
    const up = await links();
    expect(up.get('bond0')).toMatchObject({
      linkinfo: { info_kind: 'bond', info_data: { mode: 'active-backup' } },
    });
    for (const member of ['enp1s0', 'enp2s0'])
      expect(net.ip('machine', 'link', 'show', member)).toContain('master bond0');
    await expectStorage('storage');
  });
});
