import { formatIpv4, type Ipv4 } from '../../src/domain/network/ipv4.ts';
import type { SubnetInput } from '../../src/domain/network/subnet.ts';
import type { DistroInput } from '../../src/domain/records/distro.ts';
import type { TokenWrite } from '../../src/store/interfaces/access-store.ts';
import type { LeaseWrite } from '../../src/store/interfaces/dhcp-store.ts';
import type { BmcWrite } from '../../src/store/interfaces/power-store.ts';
import type { InstallWrite, ProfileWrite, Store, SystemWrite } from '../../src/store/interfaces/store.ts';
import { ip } from './dhcp-packets.ts';

/** Records as they are written to a store; each test names only what it is about. */

/** The time at which the tests write. */
export const NOW_MS = Date.parse('2026-11-22T09:00:00.000Z');

export function distroWrite(change: Partial<DistroInput> = {}): DistroInput {
  return {
    name: 'debian-13',
    family: 'debian',
    version: '13',
    arch: 'x86_64',
    kernel: '/srv/distros/debian-13/linux',
    initrd: '/srv/distros/debian-13/initrd.gz',
    tree: null,
    kernelArgs: ['quiet'],
    ...change,
  };
}

export function profileWrite(distroId: number, name = 'debian-13'): ProfileWrite {
  const input = {
    name,
    distro: 'debian-13',
    install: 'installer' as const,
    answerFile: 'debian-13.preseed',
    answerKind: 'preseed' as const,
    image: null,
    kernelArgs: ['auto=true'],
    loader: null,
    localBoot: null,
    handoff: null,
    dhcpOptions: [],
  };
  return { input, distroId, settings: { timezone: 'Etc/UTC' }, sealedSecrets: null };
}

export function subnetWrite(change: Partial<SubnetInput> = {}): SubnetInput {
  return {
    name: 'lab',
    network: '10.99.0.0/24',
    gateway: '10.99.0.254',
    dnsServers: ['10.99.0.2'],
    ntpServers: [],
    domain: 'lab.example',
    domainSearch: [],
    mtu: null,
    leaseSeconds: 3600,
    minLeaseSeconds: null,
    maxLeaseSeconds: null,
    dhcp: 'authoritative',
    nextServer: null,
    ranges: [{ from: '10.99.0.100', to: '10.99.0.199' }],
    exclusions: [],
    dhcpOptions: [],
    ...change,
  };
}

/** A system with one interface; `number` makes its name, MAC and address (10.99.0.number). */
export function systemWrite(
  profileId: number,
  number: number,
  change: Partial<SystemWrite> = {},
): SystemWrite {
  const name = `web${String(number).padStart(3, '0')}`;
  return {
    name,
    hostname: name,
    profileId,
    roles: [],
    interfaces: [{ name: 'eth0', mac: macOf(number), ip: (ip('10.99.0.0') + number) as Ipv4 }],
    bmc: null,
    kernelArgs: [],
    loader: null,
    localBoot: null,
    handoff: null,
    dhcpOptions: [],
    settings: {},
    sealedSecrets: null,
    comment: '',
    ...change,
  };
}

/** A BMC of which only the address is known, unless the test says more. */
export function bmcWrite(address: string, change: Partial<BmcWrite> = {}): BmcWrite {
  return {
    ip: ip(address),
    driver: null,
    port: null,
    user: '',
    cipherSuite: null,
    privilege: 'operator',
    protocol: '2.0',
    firmware: null,
    vendor: null,
    model: null,
    certificate: null,
    node: null,
    command: null,
    shared: false,
    sealedPassword: null,
    sealedKg: null,
    ...change,
  };
}

/** `52:54:00:00:00:<number>` */
export function macOf(number: number): string {
  return `52:54:00:00:00:${number.toString(16).padStart(2, '0')}`;
}

export function leaseWrite(number: number, address: string, change: Partial<LeaseWrite> = {}): LeaseWrite {
  return {
    ip: ip(address),
    mac: macOf(number),
    seenMac: null,
    hostname: null,
    state: 'bound',
    expiresAtMs: NOW_MS + 3_600_000,
    nowMs: NOW_MS,
    reserved: false,
    ...change,
  };
}

export function installWrite(systemId: number, tokenHash: string): InstallWrite {
  return {
    systemId,
    state: 'armed',
    batch: null,
    position: null,
    handoff: 'none',
    attempts: 2,
    armedAt: NOW_MS,
    armedBy: 'ada',
    expiresAt: NOW_MS + 600_000,
    tokenHash,
    tokenSealed: `sealed ${tokenHash}`,
    powerUp: null,
  };
}

/** Adds what systems stand on: a distro, a profile and the subnet `lab`. Gives the profile's id. */
export async function addCatalogue(store: Store): Promise<number> {
  return store.transaction(async (tx) => {
    const distro = await tx.distros.add(distroWrite(), NOW_MS);
    await tx.subnets.add(subnetWrite(), NOW_MS);
    return (await tx.profiles.add(profileWrite(distro.id), NOW_MS)).id;
  });
}

/** What the table of addresses says of one address: the holder in words, or undefined. */
export async function holderOf(store: Store, address: string, nowMs = NOW_MS): Promise<string | undefined> {
  return (await store.read.addresses.findHolder(ip(address), nowMs))?.conflict.holder;
}

/** Addresses as text. */
export function texts(ips: readonly Ipv4[]): string[] {
  return ips.map(formatIpv4);
}

/** A token that may do everything and never expires. */
export function tokenWrite(name: string, hash: string): TokenWrite {
  return { name, hash, role: 'admin', scope: null, expiresAtMs: null, createdBy: 'setup' };
}
