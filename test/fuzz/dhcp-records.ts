import { formatIpv4, type Ipv4, networkContains, parseNetwork } from '../../src/domain/network/ipv4.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';
import {
  distroWrite,
  installWrite,
  profileWrite,
  subnetWrite,
  systemWrite,
} from '../support/store-records.ts';

/** The service's address on the interface that the packets come by; the fixtures know it by this one. */
export const SERVER_IP = ip('10.99.0.1');
/** Machines with records, and as many again without. */
export const KNOWN_MACS = Array.from({ length: 8 }, (_, index) => `52:54:00:aa:00:0${index + 1}`);
export const STRANGER_MACS = Array.from(
  { length: 24 },
  (_, index) => `52:54:00:bb:00:${(index + 1).toString(16).padStart(2, '0')}`,
);

/** What the records say about addresses, by which every lease is judged. */
export interface AddressPlan {
  /** Addresses of records, and the MAC that each is for. */
  readonly reserved: ReadonlyMap<Ipv4, string>;
  /** May this address be given to a machine that has no record of it? */
  readonly isDynamic: (address: Ipv4) => boolean;
  /** Does another server give these addresses, so that ours only takes note? */
  readonly isProxied: (address: Ipv4) => boolean;
}

const RANGES = [
  { name: 'near', network: '10.99.0.0/24', gateway: '10.99.0.254', from: '10.99.0.100', to: '10.99.0.199' },
  // Behind a relay, and so small that it is full most of the time.
  { name: 'far', network: '10.20.0.0/24', gateway: '10.20.0.254', from: '10.20.0.100', to: '10.20.0.119' },
  { name: 'shared', network: '10.50.0.0/24', gateway: null, from: '10.50.0.100', to: '10.50.0.119' },
] as const;
/** Relays of the subnets, and of one that nobody has declared. */
export const RELAYS = ['10.20.0.1', '10.30.0.1', '10.40.0.1', '10.50.0.1', '10.60.0.1'].map(ip);
const PROXIED = '10.40.0.0/24';

/**
 * A subnet of every mode, and eight machines: most with an address, some in the middle of an
 * install, one that has used its only attempt.
 */
export async function fillStore(store: Store, nowMs: number): Promise<AddressPlan> {
  const reserved = new Map<Ipv4, string>();
  await store.transaction(async (tx) => {
    const distro = await tx.distros.add(distroWrite(), nowMs);
    const profile = await tx.profiles.add(profileWrite(distro.id), nowMs);
    for (const { name, network, gateway, from, to } of RANGES)
      await tx.subnets.add(
        subnetWrite({ name, network, gateway, leaseSeconds: 600, ranges: [{ from, to }], ...modeOf(name) }),
        nowMs,
      );
    const off = { name: 'off', network: '10.30.0.0/24', gateway: null, dhcp: 'off' as const };
    await tx.subnets.add(
      subnetWrite({ ...off, ranges: [{ from: '10.30.0.100', to: '10.30.0.199' }] }),
      nowMs,
    );
    const proxied = { name: 'proxied', network: PROXIED, gateway: null, dhcp: 'proxy' as const, ranges: [] };
    await tx.subnets.add(subnetWrite(proxied), nowMs);
    for (const [index, mac] of KNOWN_MACS.entries()) {
      // The last one has a record and no address in it: it gets one from the range.
      const address = index === KNOWN_MACS.length - 1 ? null : ip(`10.99.0.${11 + index}`);
      if (address !== null) reserved.set(address, mac);
      const interfaces = [{ name: 'eth0', mac, ip: address }];
      const system = await tx.systems.add(systemWrite(profile.id, index + 1, { interfaces }), nowMs);
      if (index % 2 === 1) continue;
      const install = { ...installWrite(system.id, `token-${index}`), expiresAt: nowMs + YEAR_MS };
      const added = await tx.installs.add({ ...install, armedAt: nowMs });
      const isSpent = index === 2;
      if (isSpent)
        await tx.installs.update(
          added.install.id,
          { state: 'installing', attemptsUsed: install.attempts },
          nowMs,
        );
    }
  });
  const ranges = RANGES.map(({ from, to }) => ({ first: ip(from), last: ip(to) }));
  return {
    reserved,
    isProxied: (address) => networkContains(must(parseNetwork(PROXIED), PROXIED), address),
    isDynamic: (address) => ranges.some(({ first, last }) => address >= first && address <= last),
  };
}

const modeOf = (name: string) => (name === 'shared' ? { dhcp: 'shared' as const } : {});

const YEAR_MS = 365 * 86_400_000;

/** For messages. */
export function textOf(address: number): string {
  return formatIpv4(address as Ipv4);
}
