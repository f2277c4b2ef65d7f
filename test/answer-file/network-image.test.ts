import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkAnswerFile } from '../../src/answer-file/check.ts';
import type { InterfaceFacts } from '../../src/answer-file/network-context.ts';
import { installNetwork, renderNetwork } from '../support/network-files.ts';

const [A, B, C] = ['52:54:00:00:00:0a', '52:54:00:00:00:0b', '52:54:00:00:00:0c'] as const;
const NICS: readonly InterfaceFacts[] = [
  { name: 'eth0', mac: A },
  { name: 'eth1', mac: B },
  { name: 'bond0', type: 'bond', parents: ['eth0', 'eth1'], bondMode: '802.3ad', mtu: 9000 },
  {
    name: 'bond0.7',
    type: 'vlan',
    vlan: 7,
    parents: ['bond0'],
    ip: '10.7.0.11',
    prefix: 24,
    gateway: '10.7.0.1',
    dns: ['10.7.0.53', '10.7.0.54'],
    addresses: [{ ip: '10.7.0.12', prefix: 24 }],
    routes: [{ to: '10.20.0.0/16', via: '10.7.0.2' }],
  },
  { name: 'br0', type: 'bridge', parents: ['eth2'], ip: '10.0.0.11', prefix: 24, gateway: '10.0.0.1' },
  { name: 'eth2', mac: C },
  { name: 'eth2.8', type: 'vlan', vlan: 8, parents: ['eth2'], ip: '10.8.0.11', prefix: 16, mtu: 1400 },
];
const DYNAMIC: readonly InterfaceFacts[] = [
  { name: 'eth0', mac: A },
  { name: 'eno2' },
  { name: 'bond0', type: 'bond', parents: ['eth0', 'eno2'] },
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'provision-image-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, text = '') => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};
const WANTS = 'etc/systemd/system/multi-user.target.wants';
const install = (nics: readonly InterfaceFacts[]) => {
  const text = renderNetwork('image-deploy.sh', nics, 'image');
  expect(checkAnswerFile('deploy-script', text, { release: null })).toEqual([]);
  return installNetwork(text, root);
};
/** Every file of a folder with its text, as one text. */
const allOf = (folder: string) =>
  readdirSync(join(root, folder))
    .toSorted()
    .map((name) => `==> ${name}\n${readFileSync(join(root, folder, name), 'utf8')}`)
    .join('\n');
const golden = (name: string) =>
  readFileSync(new URL(`../fixtures/network/${name}`, import.meta.url), 'utf8');

describe('an image with systemd-networkd', () => {
  beforeEach(() => put('usr/lib/systemd/systemd-networkd'));

  it.each([
    { name: 'bonds, VLANs and a bridge', nics: NICS, file: 'composed.networkd' },
    { name: 'a bond that asks by the MAC of its first member', nics: DYNAMIC, file: 'dynamic.networkd' },
  ])('is given $name', ({ nics, file }) => {
    expect(install(nics)).toBe('');
    expect(allOf('etc/systemd/network')).toBe(golden(file));
    expect(existsSync(join(root, 'etc/NetworkManager'))).toBe(false);
  });

  it('has it switched on, and what else would take the cards is put aside', () => {
    put('etc/network/interfaces', 'auto eth0\niface eth0 inet dhcp\n');
    put('etc/resolv.conf', 'nameserver 192.0.2.1\n');
    put('etc/cloud/cloud.cfg.d/05_logging.cfg');
    expect(install(NICS)).toBe('');
    expect(readFileSync(join(root, 'etc/cloud/cloud.cfg.d/99-provision-network.cfg'), 'utf8')).toContain(
      'disabled',
    );
    expect(readdirSync(join(root, WANTS))).toEqual(['systemd-networkd.service']);
    expect(readFileSync(join(root, 'etc/network/interfaces'), 'utf8')).toBe(
      'auto lo\niface lo inet loopback\n',
    );
    expect(readFileSync(join(root, 'etc/network/interfaces.before-provision'), 'utf8')).toContain('eth0');
    expect(readFileSync(join(root, 'etc/resolv.conf'), 'utf8')).toBe(
      'nameserver 10.7.0.53\nnameserver 10.7.0.54\n',
    );
  });

  it('leaves name servers to systemd-resolved where that runs', () => {
    put(`${WANTS}/systemd-resolved.service`);
    put('etc/resolv.conf', 'nameserver 127.0.0.53\n');
    install(NICS);
    expect(readFileSync(join(root, 'etc/resolv.conf'), 'utf8')).toBe('nameserver 127.0.0.53\n');
  });
});

describe('an image with NetworkManager', () => {
  beforeEach(() => {
    put('usr/lib/systemd/systemd-networkd');
    put(`${WANTS}/NetworkManager.service`);
  });

  it.each([
    { name: 'bonds, VLANs and a bridge', nics: NICS, file: 'composed.keyfiles' },
    { name: 'a bond that asks by the MAC of its first member', nics: DYNAMIC, file: 'dynamic.keyfiles' },
  ])('is given $name', ({ nics, file }) => {
    expect(install(nics)).toBe('');
    const folder = 'etc/NetworkManager/system-connections';
    expect(allOf(folder)).toBe(golden(file));
    for (const name of readdirSync(join(root, folder)))
      expect((statSync(join(root, folder, name)).mode & 0o777).toString(8)).toBe('600');
    expect(existsSync(join(root, 'etc/systemd/network'))).toBe(false);
    expect(existsSync(join(root, '.autorelabel'))).toBe(false);
  });

  it('is labelled anew where SELinux would keep it from reading the files', () => {
    put('etc/selinux/config', 'SELINUX=enforcing\n');
    install(NICS);
    expect(existsSync(join(root, '.autorelabel'))).toBe(true);
  });
});

it('an image with neither fails, with what is missing', () => {
  expect(install(NICS)).toBe('failed\n');
  expect(renderNetwork('image-deploy.sh', NICS, 'image')).toContain(
    'the image has neither NetworkManager nor systemd-networkd',
  );
});

it('an image of a machine with one card keeps its own', () => {
  const text = renderNetwork(
    'image-deploy.sh',
    [{ name: 'eth0', mac: A, ip: '10.0.0.1', prefix: 24 }],
    'image',
  );
  expect(text).not.toContain('install_network');
  expect(text).not.toContain('config: disabled');
});
