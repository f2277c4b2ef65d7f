import { chooseAddress, isHostAddress, isInRanges } from '../dhcp/allocate.ts';
import type { DhcpClient } from '../dhcp/client.ts';
import type { DhcpFacts, DhcpSubnet, OwnOption } from '../dhcp/facts.ts';
import { type DhcpOption, encodeOptionValue, mergeOptions } from '../domain/dhcp-option.ts';
import { canonicalIpv4 } from '../domain/fields.ts';
import { broadcastOf, type Ipv4, NO_ADDRESS, networkContains, parseNetwork } from '../domain/ipv4.ts';
import { type DhcpMode, dynamicRangesOf, leaseTimesOf, type Subnet } from '../domain/subnet.ts';
import type { DhcpStore, MachineFacts } from '../store/dhcp-store.ts';
import type { Offers } from './offers.ts';

/** Everything known about a packet's sender when it is answered. */
export interface Gathered {
  readonly facts: DhcpFacts;
  readonly subnet: Subnet | undefined;
  readonly machine: MachineFacts | undefined;
}

export interface FactSources {
  readonly store: DhcpStore;
  readonly offers: Offers;
  readonly ownAddresses: () => readonly Ipv4[];
}

/** Loads the facts of one packet: the subnet of its link, its record, its lease, and who else holds what it wants. */
export function gatherFacts(
  sources: FactSources,
  client: DhcpClient,
  serverId: Ipv4,
  nowMs: number,
): Gathered {
  const { store } = sources;
  const subnet = store
    .subnets()
    .find((candidate) => networkContains(networkOf(candidate), client.linkAddress));
  const machine = client.mac === undefined ? undefined : store.findMachine(client.mac);
  if (subnet === undefined || client.key === undefined) return { facts: { serverId }, subnet, machine };
  const network = networkOf(subnet);
  const lease = store.findLease(client.key, network.network, broadcastOf(network));
  const dhcpSubnet = subnetFacts(subnet);
  return {
    subnet,
    machine,
    facts: {
      serverId,
      subnet: dhcpSubnet,
      reservation: reservationOf(machine),
      ownOptions: ownOptionsOf(subnet, machine),
      // A declined or released binding is past, whatever its time says.
      lease:
        lease === undefined
          ? undefined
          : { ip: lease.ip, expiresAtMs: lease.state === 'bound' ? lease.expiresAtMs : 0 },
      requestedHolder: otherHolder(sources, client, nowMs),
      candidate:
        machine?.ip == null ? chooseCandidate(sources, client, dhcpSubnet, lease?.ip, nowMs) : undefined,
    },
  };
}

function reservationOf(machine: MachineFacts | undefined): DhcpFacts['reservation'] {
  if (machine === undefined) return undefined;
  return { system: machine.system, hostname: machine.hostname, ip: machine.ip ?? undefined };
}

function otherHolder(
  { store }: FactSources,
  client: DhcpClient,
  nowMs: number,
): DhcpFacts['requestedHolder'] {
  const asked = client.requestedIp ?? client.ciaddr;
  if (asked === NO_ADDRESS) return undefined;
  const holder = store.findHolder(asked, nowMs);
  return holder === undefined || holder.mac === client.key ? undefined : { label: holder.label };
}

function chooseCandidate(
  { store, offers, ownAddresses }: FactSources,
  client: DhcpClient,
  subnet: DhcpSubnet,
  past: Ipv4 | undefined,
  nowMs: number,
): Ipv4 | undefined {
  const key = client.key;
  if (client.messageType !== 'discover' || key === undefined || !givesAddresses(subnet.mode))
    return undefined;
  const own = new Set(ownAddresses());
  const isFree = (ip: Ipv4): boolean => {
    const holder = own.has(ip) ? null : store.findHolder(ip, nowMs);
    return holder === undefined || holder?.mac === key;
  };
  const choice = chooseAddress({
    network: subnet.network,
    ranges: subnet.ranges,
    seed: key,
    preferred: [past, client.requestedIp].filter((ip): ip is Ipv4 => ip !== undefined),
    isTaken: (ip) => offers.isOfferedToOther(ip, key, nowMs) || !isFree(ip),
  });
  if (choice.kind === 'chosen') return choice.ip;
  // An offer is no promise (RFC 2131 §3.1): whoever sends DISCOVERs in many names and takes up none must not keep
  // everybody else waiting. Of two that were offered the same address, the first to ask for it gets it.
  return offers.findOldest(
    (ip) => isInRanges(subnet.ranges, ip) && isHostAddress(subnet.network, ip) && isFree(ip),
  );
}

/** The options of the subnet under those of the machine; the subnet's alone are encoded once. */
function ownOptionsOf(subnet: Subnet, machine: MachineFacts | undefined): readonly OwnOption[] {
  if (machine === undefined || machine.dhcpOptions.length === 0) {
    const known = ownOptions.get(subnet);
    if (known !== undefined) return known;
    const made = subnet.dhcpOptions.map(toOwnOption);
    ownOptions.set(subnet, made);
    return made;
  }
  const layers = [subnet.dhcpOptions, machine.dhcpOptions].map((options) => ({ source: null, options }));
  return mergeOptions(layers).map(({ option }) => toOwnOption(option));
}

function toOwnOption(option: DhcpOption): OwnOption {
  return { code: option.code, value: encodeOptionValue(option), always: option.always };
}

function givesAddresses(mode: DhcpMode): boolean {
  return mode === 'authoritative' || mode === 'shared';
}

function networkOf(subnet: Subnet) {
  const known = parsed.get(subnet);
  if (known !== undefined) return known;
  const network = parseNetwork(subnet.network);
  if (network === undefined) throw new TypeError(`not a network: ${subnet.network}`);
  parsed.set(subnet, network);
  return network;
}

function subnetFacts(subnet: Subnet): DhcpSubnet {
  const known = facts.get(subnet);
  if (known !== undefined) return known;
  const times = leaseTimesOf(subnet);
  const made: DhcpSubnet = {
    id: subnet.name,
    network: networkOf(subnet),
    mode: subnet.dhcp,
    gateway: subnet.gateway === null ? undefined : canonicalIpv4(subnet.gateway),
    dnsServers: subnet.dnsServers.map(canonicalIpv4),
    ntpServers: subnet.ntpServers.map(canonicalIpv4),
    domain: subnet.domain ?? undefined,
    domainSearch: subnet.domainSearch,
    mtu: subnet.mtu ?? undefined,
    leaseSeconds: times.default,
    minLeaseSeconds: times.min,
    maxLeaseSeconds: times.max,
    ranges: dynamicRangesOf(subnet).map((range) => ({ first: range.from, last: range.to })),
  };
  facts.set(subnet, made);
  return made;
}

/** Text to numbers once a record, not once a packet; a record that changes is a new object, so nothing goes stale. */
const parsed = new WeakMap<Subnet, ReturnType<typeof parseNetwork> & object>();
const facts = new WeakMap<Subnet, DhcpSubnet>();
const ownOptions = new WeakMap<Subnet, readonly OwnOption[]>();
