import { bootCardOf, bootInterfaceOf, parentsFirst } from '../domain/network/interface-graph.ts';
import { formatIpv4, netmask } from '../domain/network/ipv4.ts';

/** One interface as the record has it. Addresses are canonical text, as records keep them. */
export interface InterfaceFacts {
  readonly name: string;
  /** Null on what is made of cards, and on a card that is known by its name. */
  readonly mac?: string | null;
  readonly ip?: string | null;
  /** Prefix length of the subnet, 1–32; needed when there is an ip. */
  readonly prefix?: number | null;
  /** Of its subnet. */
  readonly gateway?: string | null;
  readonly dns?: readonly string[];
  readonly type?: 'ethernet' | 'bond' | 'vlan' | 'bridge';
  readonly parents?: readonly string[];
  readonly vlan?: number | null;
  readonly bondMode?: string | null;
  readonly mtu?: number | null;
  /** Said in the record: it has the default route, or has it not; null where nothing is said. */
  readonly defaultRoute?: boolean | null;
  readonly routes?: readonly { readonly to: string; readonly via: string }[];
  readonly addresses?: readonly { readonly ip: string; readonly prefix: number }[];
  readonly sharedAddresses?: readonly string[];
}

export interface AnswerInterface {
  readonly name: string;
  readonly mac: string | null;
  readonly ip: string | null;
  readonly netmask: string | null;
  readonly prefix: number | null;
  readonly gateway: string | null;
  readonly dns: readonly string[];
  readonly type: 'ethernet' | 'bond' | 'vlan' | 'bridge';
  /** What it is made of; `mac` is null where that is no card, or one that is known by its name. */
  readonly parents: readonly { readonly name: string; readonly mac: string | null }[];
  readonly vlan: number | null;
  /** Of a bond. */
  readonly bondMode: string | null;
  readonly mtu: number | null;
  /** `manual`: it has no address of its own. */
  readonly method: 'static' | 'dhcp' | 'manual';
  /** The card, bond or bridge that the machine boots with. */
  readonly isPrimary: boolean;
  readonly hasDefaultRoute: boolean;
  readonly routes: readonly { readonly to: string; readonly via: string }[];
  readonly addresses: readonly { readonly ip: string; readonly prefix: number }[];
  readonly sharedAddresses: readonly string[];
}

/** The interfaces as a whole. */
export interface AnswerNetwork {
  /** What others are made of comes first. */
  readonly devices: readonly AnswerInterface[];
  /** Nothing but the card that it boots from, with one address or none on record. */
  readonly isPlain: boolean;
  /** There are bonds or bridges, whose members are called by the kernel's names. */
  readonly isComposed: boolean;
  readonly hasBonds: boolean;
  readonly hasBridges: boolean;
  readonly hasVlans: boolean;
  /** Some interface has further addresses or routes. */
  readonly hasMore: boolean;
}

export interface NetworkContext {
  readonly interfaces: readonly AnswerInterface[];
  /** The one that the machine boots with, with the MAC of the card that it boots by; undefined without interfaces. */
  readonly primary: AnswerInterface | undefined;
  readonly network: AnswerNetwork;
}

/** The interfaces of templates, each by itself and all together. */
export function networkContext(facts: readonly InterfaceFacts[]): NetworkContext {
  const boot = bootInterfaceOf(facts);
  const methodOf = (nic: InterfaceFacts): AnswerInterface['method'] => {
    if (nic.ip) return 'static';
    return nic === boot && !carriesAddress(facts, nic) ? 'dhcp' : 'manual';
  };
  const withRoute = defaultRouteOf(facts, boot !== undefined && methodOf(boot) === 'dhcp' ? boot : undefined);
  const cards = new Map(facts.map((nic) => [nic.name, nic.mac ?? null]));
  const interfaces = facts.map((nic): AnswerInterface => {
    const prefix = nic.ip ? (nic.prefix ?? null) : null;
    const type = nic.type ?? 'ethernet';
    return {
      name: nic.name,
      mac: nic.mac ?? null,
      ip: nic.ip ?? null,
      netmask: prefix === null ? null : formatIpv4(netmask(prefix)),
      prefix,
      gateway: nic.gateway ?? null,
      dns: [...(nic.dns ?? [])],
      type,
      parents: (nic.parents ?? []).map((name) => ({ name, mac: cards.get(name) ?? null })),
      vlan: nic.vlan ?? null,
      bondMode: type === 'bond' ? (nic.bondMode ?? 'active-backup') : null,
      mtu: nic.mtu ?? null,
      method: methodOf(nic),
      isPrimary: nic === boot,
      hasDefaultRoute: nic === withRoute,
      routes: (nic.routes ?? []).map(({ to, via }) => ({ to, via })),
      addresses: (nic.addresses ?? []).map(({ ip, prefix: length }) => ({ ip, prefix: length })),
      sharedAddresses: [...(nic.sharedAddresses ?? [])],
    };
  });
  const primary = interfaces.find(({ isPrimary }) => isPrimary);
  return {
    interfaces,
    // A bond has no MAC of its own; BOOTIF and the like want the one of the card that it boots by.
    primary: primary && { ...primary, mac: primary.mac ?? bootCardOf(facts)?.mac ?? null },
    network: networkOf(interfaces),
  };
}

function networkOf(interfaces: readonly AnswerInterface[]): AnswerNetwork {
  const named = interfaces.map((nic) => ({ ...nic, parents: nic.parents.map(({ name }) => name) }));
  const devices = parentsFirst(named).flatMap(
    ({ name }) => interfaces.find((nic) => nic.name === name) ?? [],
  );
  const hasMore = devices.some(({ routes, addresses }) => routes.length + addresses.length > 0);
  const isPlain = devices.every(
    ({ isPrimary, type, method, mtu }) =>
      type === 'ethernet' && mtu === null && (isPrimary || method === 'manual'),
  );
  const has = (type: AnswerInterface['type']) => devices.some((nic) => nic.type === type);
  const [hasBonds, hasBridges] = [has('bond'), has('bridge')];
  return {
    devices,
    isPlain: isPlain && !hasMore,
    isComposed: hasBonds || hasBridges,
    hasBonds,
    hasBridges,
    hasVlans: has('vlan'),
    hasMore,
  };
}

/** Does a VLAN on it have an address on record? Then it has none itself, unless the record says one. */
function carriesAddress(facts: readonly InterfaceFacts[], nic: InterfaceFacts): boolean {
  return facts.some(({ type, ip, parents }) => type === 'vlan' && ip && parents?.includes(nic.name));
}

function defaultRouteOf(
  facts: readonly InterfaceFacts[],
  dynamic: InterfaceFacts | undefined,
): InterfaceFacts | undefined {
  const said = facts.find(({ defaultRoute }) => defaultRoute === true);
  // What DHCP says has a gateway among it.
  if (said !== undefined || dynamic !== undefined) return said ?? dynamic;
  return facts.find(({ ip, gateway, defaultRoute }) => ip && gateway && defaultRoute !== false);
}
