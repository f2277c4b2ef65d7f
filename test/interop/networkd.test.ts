import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InterfaceFacts } from '../../src/answer-file/network-context.ts';
import { BOND, kernelMakes, VLAN } from '../support/link-types.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { installNetwork, renderNetwork } from '../support/network-files.ts';

const NETWORKD = '/lib/systemd/systemd-networkd';
const WHY_NOT =
  reasonAgainstNamespaces() ??
  [NETWORKD, '/bin/busybox'].filter((path) => !existsSync(path)).map((path) => `no ${path}`)[0];
const LIMIT_MS = 60_000;

const [A, B, C] = ['52:54:00:00:00:0a', '52:54:00:00:00:0b', '52:54:00:00:00:0c'] as const;
const eth0: InterfaceFacts = { name: 'eth0', mac: A };
const eth1: InterfaceFacts = { name: 'eth1', mac: B };
const eth2: InterfaceFacts = { name: 'eth2', mac: C };
const bridge: InterfaceFacts = {
  name: 'br0',
  type: 'bridge',
  parents: ['eth1', 'eth2'],
  ip: '10.0.0.11',
  prefix: 24,
  gateway: '10.0.0.1',
};

/**
 * Its own /run, and a /sys that cannot be written: systemd-networkd then waits for no udev. Its words and its end come by
 * the pipes of the test.
 */
const START = `
mount --make-rprivate / && mount -o remount,ro /sys && mkdir -p /etc/systemd/network &&
mount --bind "$1" /etc/systemd/network && mount -t tmpfs tmpfs /run/systemd && mkdir -p /run/systemd/netif/links \
  /run/systemd/netif/leases /run/systemd/netif/lldp && chown -R systemd-network /run/systemd/netif &&
exec ${NETWORKD}`;

describe.skipIf(WHY_NOT !== undefined)(`systemd-networkd (${WHY_NOT ?? 'as Debian has it'})`, () => {
  let root: string;
  let net: Namespaces;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'provision-networkd-'));
    mkdirSync(join(root, 'usr/lib/systemd'), { recursive: true });
    writeFileSync(join(root, 'usr/lib/systemd/systemd-networkd'), '');
    net = createNamespaces(
      'bonds',
      ['machine', 'wire'],
      [
        { ends: ['machine:enp1s0', 'wire:w1'] },
        { ends: ['machine:enp2s0', 'wire:w2'] },
        { ends: ['machine:enp3s0', 'wire:w3'] },
      ],
    );
    for (const [card, mac] of [
      ['enp1s0', A],
      ['enp2s0', B],
      ['enp3s0', C],
    ] as const)
      net.ip('machine', 'link', 'set', card, 'address', mac);
  });
  afterEach(async () => {
    await net?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  /** Writes what an image is given, and starts the program on it; its words so far. */
  const start = (nics: readonly InterfaceFacts[]): (() => string) => {
    expect(installNetwork(renderNetwork('image-deploy.sh', nics, 'image'), root)).toBe('');
    const folder = join(root, 'etc/systemd/network');
    // Ends of a cable have no permanent MAC, which is that of real cards.
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8');
      writeFileSync(join(folder, name), text.replace('PermanentMACAddress=', 'MACAddress='));
    }
    const env = { ...process.env, SYSTEMD_LOG_TARGET: 'console', SYSTEMD_LOG_LEVEL: 'debug' };
    const child = net.spawn('machine', ['unshare', '-m', 'sh', '-c', START, 'sh', folder], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    return () => said;
  };
  const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 100 });
  const show = (...args: string[]) => net.ip('machine', ...args);

  it(
    'brings a bridge and a card up, with addresses, routes and MTU',
    async () => {
      net.ip('wire', 'address', 'add', '10.7.0.1/24', 'dev', 'w1');
      net.ip('wire', 'address', 'add', '10.0.0.1/24', 'dev', 'w3');
      const card: InterfaceFacts = {
        ...eth0,
        ip: '10.7.0.11',
        prefix: 24,
        mtu: 1400,
        routes: [{ to: '10.20.0.0/16', via: '10.7.0.1' }],
        addresses: [{ ip: '10.7.0.12', prefix: 24 }],
      };
      start([card, eth1, eth2, bridge]);
      await until(() => {
        expect(show('-4', '-br', 'address', 'show', 'br0')).toContain('10.0.0.11/24');
        const own = show('-4', 'address', 'show', 'enp1s0');
        for (const part of ['mtu 1400', '10.7.0.11/24', '10.7.0.12/24']) expect(own).toContain(part);
        for (const port of ['enp2s0', 'enp3s0']) expect(show('link', 'show', port)).toContain('master br0');
        const routes = show('route');
        expect(routes).toContain('default via 10.0.0.1 dev br0');
        expect(routes).toContain('10.20.0.0/16 via 10.7.0.1 dev enp1s0');
      });
      for (const address of ['10.7.0.1', '10.0.0.1']) {
        const ping = await net.run('machine', ['busybox', 'ping', '-c', '1', '-W', '5', address]);
        expect(ping, ping.stderr).toMatchObject({ code: 0 });
      }
    },
    LIMIT_MS,
  );

  it(
    'knows every word of bonds and VLANs, whether or not this kernel has their drivers',
    async () => {
      mkdirSync(join(root, 'etc/systemd/network'), { recursive: true });
      writeFileSync(
        join(root, 'etc/systemd/network/99-wrong.network'),
        '[Match]\nName=none\n[Network]\nWord=1\n',
      );
      const said = start([
        eth0,
        eth1,
        { name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'], bondMode: '802.3ad', mtu: 9000 },
        { name: 'bond0.7', type: 'vlan', vlan: 7, parents: ['bond0'], ip: '10.7.0.11', prefix: 24 },
        eth2,
        { name: 'bond1', type: 'bond', parents: ['eth2'] },
      ]);
      await until(() => {
        for (const [name, kind] of [
          ['bond0', 'bond'],
          ['bond0.7', 'vlan'],
          ['bond1', 'bond'],
        ])
          expect(said()).toContain(`${name}: loaded "${kind}"`);
        for (const name of ['eth0', 'eth1', 'eth2'])
          expect(said()).toContain(`Configuring with /etc/systemd/network/05-provision-${name}.network`);
      });
      // What it does not know it tells with file and line, as of this file of the test.
      expect(said()).toMatch(/99-wrong\.network:\d+: Unknown key/);
      expect(said()).not.toMatch(/05-provision-[^:]*:\d+:/);
    },
    LIMIT_MS,
  );

  it.skipIf(!kernelMakes(VLAN, BOND))(
    'brings a bond up with its members and a VLAN on it',
    async () => {
      net.ip('wire', 'link', 'add', 'link', 'w1', 'name', 'tagged', 'type', 'vlan', 'id', '7');
      net.ip('wire', 'address', 'add', '10.7.0.1/24', 'dev', 'tagged');
      net.ip('wire', 'link', 'set', 'tagged', 'up');
      start([
        eth0,
        eth1,
        { name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'], bondMode: 'active-backup' },
        { name: 'bond0.7', type: 'vlan', vlan: 7, parents: ['bond0'], ip: '10.7.0.11', prefix: 24 },
      ]);
      await until(async () => {
        for (const member of ['enp1s0', 'enp2s0'])
          expect(show('link', 'show', member)).toContain('master bond0');
        const ping = await net.run('machine', ['busybox', 'ping', '-c', '1', '-W', '1', '10.7.0.1']);
        expect(ping, ping.stderr).toMatchObject({ code: 0 });
      });
    },
    LIMIT_MS,
  );
});
