import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatIpv4, type Ipv4 } from '../../src/domain/network/ipv4.ts';
import { macFromBytes } from '../../src/domain/network/mac.ts';
import type { SystemInput } from '../../src/domain/records/system.ts';
import type { Deps } from '../../src/services/deps.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';
import { copySystems } from './many-systems.ts';

/** A service's database on disk, with a distro, a profile, a subnet with DHCP on, and so many systems. */
export interface World {
  readonly deps: Deps;
  readonly close: () => Promise<void>;
}

/** 10.64.0.0/14: dynamic addresses from 10.64.0.10, systems from 10.66.0.1. */
export const SERVER_IP = ip('10.64.0.1');
const FIRST_SYSTEM_IP = ip('10.66.0.1');

const templates = new Map<number, Promise<string>>();
let folder: string | undefined;

/** Everything of a run lies below one folder, which goes when the process does. */
export function temporaryFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'provision-bench-'));
  folder = made;
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Opens a world of its own for one case: a copy of what was filled once for this number of systems. */
export async function openWorld(systems: number): Promise<World> {
  const dataDir = mkdtempSync(join(temporaryFolder(), 'world-'));
  // With its write-ahead log, which may hold all of it.
  cpSync(await worldTemplate(systems), dataDir, { recursive: true });
  const store = await openSqliteStore(dataDir);
  return {
    deps: depsOf(store),
    async close() {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The data folder of a world with so many systems, filled once; to be copied, not to be opened. */
export function worldTemplate(systems: number): Promise<string> {
  const template = templates.get(systems) ?? fillTemplate(systems);
  templates.set(systems, template);
  return template;
}

async function fillTemplate(systems: number): Promise<string> {
  const dataDir = join(temporaryFolder(), `template-${systems}`);
  mkdirSync(dataDir, { mode: 0o700 });
  const store = await openSqliteStore(dataDir);
  await fill(store, systems > 0);
  await store.close();
  const own = { name: systemName, mac: systemMac, ip: systemIp };
  if (systems > 1) copySystems(join(dataDir, 'provision.db'), systems, own);
  return dataDir;
}

async function fill(store: Store, withSystem: boolean): Promise<void> {
  const nowMs = Date.now();
  await store.transaction(async (tx) => {
    const distro = await tx.distros.add(
      {
        name: 'debian-13',
        family: 'debian',
        version: '13',
        arch: 'x86_64',
        kernel: '/srv/distros/debian-13/linux',
        initrd: '/srv/distros/debian-13/initrd.gz',
        tree: 'http://deb.example/debian',
        kernelArgs: [],
      },
      nowMs,
    );
    const input = {
      name: 'debian-13',
      distro: distro.name,
      install: 'installer' as const,
      answerFile: 'debian-13.preseed',
      answerKind: 'preseed' as const,
      image: null,
      kernelArgs: [],
      loader: null,
      localBoot: null,
      handoff: null,
      dhcpOptions: [],
    };
    const profile = await tx.profiles.add(
      { input, distroId: distro.id, settings: {}, sealedSecrets: null },
      nowMs,
    );
    await tx.subnets.add(
      {
        name: 'boot',
        network: '10.64.0.0/14',
        gateway: '10.64.0.2',
        dnsServers: ['10.64.0.2'],
        ntpServers: [],
        domain: 'example.org',
        mtu: null,
        leaseSeconds: 3600,
        dhcp: 'authoritative',
        nextServer: null,
        ranges: [{ from: '10.64.0.10', to: '10.65.255.250' }],
        domainSearch: [],
        minLeaseSeconds: null,
        maxLeaseSeconds: null,
        exclusions: [],
        dhcpOptions: [],
      },
      nowMs,
    );
    if (withSystem) {
      await tx.systems.add(
        {
          name: systemName(0),
          hostname: systemName(0),
          profileId: profile.id,
          roles: [],
          interfaces: [{ name: 'eth0', mac: systemMac(0), ip: systemIp(0) }],
          bmc: null,
          kernelArgs: [],
          loader: null,
          localBoot: null,
          handoff: null,
          dhcpOptions: [],
          settings: {},
          sealedSecrets: null,
          comment: '',
        },
        nowMs,
      );
    }
  });
}

function depsOf(store: Store): Deps {
  return {
    store,
    now: Date.now,
    randomBytes,
    // No case has secrets; sealing would be measured elsewhere.
    secrets: { seal: (plain) => plain, open: (sealed) => sealed },
  };
}

/** The MAC of system 0 as a number; each further one is one higher. */
export const FIRST_SYSTEM_MAC = 0x52_54_00_00_00_00;

/** Name, MAC and address of the system of this number; those below a world's size are in it. */
export function systemName(index: number): string {
  return `web${String(index).padStart(5, '0')}`;
}

export function systemMac(index: number): string {
  return macOf(0x52_54_00, index);
}

export function systemIp(index: number): Ipv4 {
  return (FIRST_SYSTEM_IP + index) as Ipv4;
}

/** A MAC with these first three bytes. */
export function macOf(vendor: number, index: number): string {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(vendor, 0, 3);
  bytes.writeUIntBE(index, 3, 3);
  return must(macFromBytes(bytes), 'a MAC of six bytes');
}

/** What the API would be given to add the system of this number. */
export function systemBody(index: number): Pick<SystemInput, 'name' | 'profile'> & { interfaces: object[] } {
  const interfaces = [{ name: 'eth0', mac: systemMac(index), ip: formatIpv4(systemIp(index)) }];
  return { name: systemName(index), profile: 'debian-13', interfaces };
}
