import { readdirSync, readFileSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { type Ipv4, netmask, parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { type Mac, parseMac } from '../../src/domain/network/mac.ts';
import { findLinklessAddresses } from './linkless-addresses.ts';

/** An address of an interface with its prefix length, 0–32. */
export interface InterfaceAddress {
  readonly address: Ipv4;
  readonly prefix: number;
}

/** A network interface of this machine. */
export interface MachineInterface {
  readonly name: string;
  /** The kernel's number (ifindex). An interface that was removed and made again has a new one. */
  readonly index: number;
  /** Absent for an interface without Ethernet addresses (tun, InfiniBand). */
  readonly mac?: Mac;
  /** Administratively up (IFF_UP); says nothing about a cable. */
  readonly up: boolean;
  readonly mtu: number;
  /** IPv4 only, in the kernel's order. */
  readonly addresses: readonly InterfaceAddress[];
}

/** Where the facts come from. */
export interface InterfaceSources {
  networkInterfaces(): NodeJS.Dict<readonly NetworkInterfaceInfo[]>;
  /** The entries of /sys/class/net. */
  names(): readonly string[];
  /** The text of /sys/class/net/NAME/ATTRIBUTE without the line end; undefined if it cannot be read. */
  attribute(name: string, attribute: string): string | undefined;
  /** The text of /proc/net/TABLE; '' if it cannot be read. */
  procNet(table: 'route' | 'fib_trie'): string;
}

/** linux/if.h */
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
/** RFC 1122 §3.2.1.3 (g) */
const LOOPBACK_NET = 127;

/**
 * The interfaces of the machine, loopback left out, by name. os.networkInterfaces alone is not enough: it
 * leaves out what has no address or is down, and knows no index.
 */
export function listInterfaces(sources: InterfaceSources = systemSources): readonly MachineInterface[] {
  const addresses = addressesByName(sources.networkInterfaces());
  const found = [...sources.names()]
    .sort()
    .map((name) => describeInterface(name, sources, addresses.get(name) ?? []))
    .filter((described) => described !== undefined);
  return found.some(isUpWithoutAddress) ? withLinklessAddresses(found, sources) : found;
}

/**
 * The machine's addresses that stand on its loopback interface and are reached through others (`ip address add 10.0.0.1/32 dev lo`,
 * where routes are announced): all but 127.0.0.0/8, which never leaves it.
 */
export function listRoutedAddresses(
  sources: Pick<InterfaceSources, 'networkInterfaces'> = systemSources,
): readonly Ipv4[] {
  return Object.values(sources.networkInterfaces()).flatMap((infos = []) =>
    infos.flatMap(({ family, internal, address }) => {
      const ip = family === 'IPv4' && internal ? parseIpv4(address) : undefined;
      return ip === undefined || ip >>> 24 === LOOPBACK_NET ? [] : [ip];
    }),
  );
}

function isUpWithoutAddress({ up, addresses }: MachineInterface): boolean {
  return up && addresses.length === 0;
}

/**
 * A cable that is out for a moment must not cost an interface its addresses: DHCP on it would be refused until
 * somebody asks again.
 */
function withLinklessAddresses(
  found: readonly MachineInterface[],
  sources: InterfaceSources,
): readonly MachineInterface[] {
  const listed = new Set(found.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const linkless = findLinklessAddresses(sources.procNet('route'), sources.procNet('fib_trie'));
  return found.map((described) => {
    if (!isUpWithoutAddress(described)) return described;
    const addresses = linkless
      .filter(({ name, address }) => name === described.name && !listed.has(address))
      .map(({ address, prefix }) => ({ address, prefix }));
    return { ...described, addresses };
  });
}

function describeInterface(
  name: string,
  sources: InterfaceSources,
  addresses: readonly InterfaceAddress[],
): MachineInterface | undefined {
  const index = Number(sources.attribute(name, 'ifindex'));
  const flags = Number(sources.attribute(name, 'flags'));
  // /sys/class/net also holds plain files (bonding_masters), and an interface may vanish meanwhile.
  if (!Number.isInteger(index) || index <= 0 || !Number.isInteger(flags)) return undefined;
  if ((flags & IFF_LOOPBACK) !== 0) return undefined;
  const mac = parseMac(sources.attribute(name, 'address') ?? '');
  return {
    name,
    index,
    ...(mac === undefined ? {} : { mac }),
    up: (flags & IFF_UP) !== 0,
    mtu: Number(sources.attribute(name, 'mtu') ?? 0),
    addresses,
  };
}

function addressesByName(
  dict: NodeJS.Dict<readonly NetworkInterfaceInfo[]>,
): ReadonlyMap<string, readonly InterfaceAddress[]> {
  const byName = new Map<string, InterfaceAddress[]>();
  for (const [label, infos] of Object.entries(dict)) {
    // A labelled address (`ip address add … label eth0:1`) is listed under its label, but is eth0's.
    const [name = label] = label.split(':');
    const list = byName.get(name) ?? [];
    for (const info of infos ?? []) {
      const address = info.family === 'IPv4' ? parseIpv4(info.address) : undefined;
      const mask = parseIpv4(info.netmask);
      if (address !== undefined && mask !== undefined) list.push({ address, prefix: prefixLength(mask) });
    }
    byName.set(name, list);
  }
  return byName;
}

function prefixLength(mask: Ipv4): number {
  let prefix = 32;
  while (prefix > 0 && netmask(prefix) !== mask) prefix -= 1;
  return prefix;
}

/**
 * The address a client at `target` should see as its server: the one in the most specific network that holds
 * the target, else the first. Undefined only without any address.
 */
export function chooseSourceAddress(addresses: readonly InterfaceAddress[], target: Ipv4): Ipv4 | undefined {
  const sameNetwork = addresses
    .filter(({ address, prefix }) => ((address ^ target) & netmask(prefix)) === 0)
    .sort((a, b) => b.prefix - a.prefix);
  return (sameNetwork[0] ?? addresses[0])?.address;
}

const systemSources: InterfaceSources = {
  networkInterfaces,
  names: () => {
    try {
      return readdirSync('/sys/class/net');
    } catch {
      return [];
    }
  },
  attribute: (name, attribute) => {
    try {
      return readFileSync(`/sys/class/net/${name}/${attribute}`, 'utf8').trim();
    } catch {
      return undefined;
    }
  },
  procNet: (table) => {
    try {
      return readFileSync(`/proc/net/${table}`, 'utf8');
    } catch {
      return '';
    }
  },
};
