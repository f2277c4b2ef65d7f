import { chooseAddress, isHostAddress, isInRanges } from '../../dhcp/allocate.ts';
import { chooseSubnet, givesAddresses } from '../../dhcp/choose-subnet.ts';
import type { DhcpClient } from '../../dhcp/client.ts';
import type { DhcpFacts, DhcpSubnet } from '../../dhcp/facts.ts';
import { type Identified, identify } from '../../dhcp/identity.ts';
import type { BindingKey } from '../../domain/network/binding-key.ts';
import { broadcastOf, type Ipv4, NO_ADDRESS, networkContains } from '../../domain/network/ipv4.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import type { DhcpStore, LeaseFacts, MachineFacts } from '../../store/interfaces/dhcp-store.ts';
import { ownOptionsOf, subnetFacts } from './dhcp-subnet-facts.ts';
import type { Offers } from './offers.ts';

/** Everything known about a packet's sender when it is answered. */
export interface Gathered {
  readonly facts: DhcpFacts;
  readonly subnet: Subnet | undefined;
  readonly machine: MachineFacts | undefined;
  /** What the sender's leases are kept under: what its record knows it by, else its own key. */
  readonly key: BindingKey | undefined;
  /** Its MAC, where the key is another. */
  readonly seenMac: string | null;
}

export interface FactSources {
  readonly store: DhcpStore;
  readonly offers: Offers;
  readonly ownAddresses: () => readonly Ipv4[];
}

/** By which of our addresses the client is to know us, and which we have on the interface that heard it. */
export interface ServerSide {
  readonly serverId: Ipv4;
  readonly onInterface: readonly Ipv4[];
}

/** Loads the facts of one packet: the subnet of its link, its record, its lease, and who else holds what it wants. */
export function gatherFacts(
  sources: FactSources,
  client: DhcpClient,
  server: ServerSide,
  nowMs: number,
): Gathered {
  const { store } = sources;
  const identified = identify(client, store.findMachine, (mac) => store.findMachineSeen(mac, nowMs));
  const machine = identified?.machine;
  const key = identified?.key ?? client.key;
  const sender: Sender = {
    machine,
    key,
    seenMac: client.mac === undefined || client.mac === key ? null : client.mac,
  };
  const link = subnetsOfLink(store.subnets(), client, server);
  const found = chooseOnLink(sources, client, link, sender, nowMs);
  const serverId = chooseServerId(sources, client, server, found?.subnet);
  if (found === undefined) return { facts: { serverId }, subnet: undefined, ...sender };
  const { subnet, lease, candidate } = found;
  return {
    subnet,
    ...sender,
    facts: {
      serverId,
      subnet: subnetFacts(subnet),
      reservation: reservationOf(identified),
      ownOptions: ownOptionsOf(subnet, machine),
      lease: lease === undefined ? undefined : { ip: lease.ip, expiresAtMs: endOf(lease) },
      requestedHolder: otherHolder(sources, client, sender, nowMs),
      candidate,
    },
  };
}

/**
 * The declared subnets that the client's link has. A relay names one by its address; the others of an interface are
 * those that the interface has an address in.
 */
function subnetsOfLink(subnets: readonly Subnet[], client: DhcpClient, server: ServerSide): Subnet[] {
  const on = client.isOnInterface ? [client.linkAddress, ...server.onInterface] : [client.linkAddress];
  const link = on.flatMap(
    (address) => subnets.find((subnet) => networkContains(subnetFacts(subnet).network, address)) ?? [],
  );
  return [...new Set(link)];
}

/** Who sent the packet. */
type Sender = Pick<Gathered, 'machine' | 'key' | 'seenMac'>;

interface OnLink {
  readonly subnet: Subnet;
  readonly lease: LeaseFacts | undefined;
  readonly candidate: Ipv4 | undefined;
}

function chooseOnLink(
  sources: FactSources,
  client: DhcpClient,
  link: readonly Subnet[],
  { machine, key }: Sender,
  nowMs: number,
): OnLink | undefined {
  const leaseIn = (subnet: Subnet): LeaseFacts | undefined => {
    const { network } = subnetFacts(subnet);
    if (key === undefined) return undefined;
    return sources.store.findLease(key, network.network, broadcastOf(network));
  };
  const live = link.length > 1 ? link.map(leaseIn).find((lease) => lease && endOf(lease) > nowMs) : undefined;
  const choice = chooseSubnet({
    client,
    link: link.map(subnetFacts),
    reservedIp: machine?.ip ?? undefined,
    leasedIp: live?.ip,
  });
  const chosen = link.find((subnet) => subnetFacts(subnet) === choice?.subnet);
  if (choice === undefined || chosen === undefined) return undefined;
  const onLink = (subnet: Subnet): OnLink => {
    const lease = leaseIn(subnet);
    const wants = machine?.ip == null || !networkContains(subnetFacts(subnet).network, machine.ip);
    const candidate = wants
      ? chooseCandidate(sources, client, key, subnetFacts(subnet), lease?.ip, nowMs)
      : undefined;
    return { subnet, lease, candidate };
  };
  const first = onLink(chosen);
  if (!choice.isAny || first.candidate !== undefined || client.messageType !== 'discover') return first;
  const others = link.filter((subnet) => subnet !== chosen && givesAddresses(subnet.dhcp)).map(onLink);
  return others.find(({ candidate }) => candidate !== undefined) ?? first;
}

/**
 * By which of our addresses the client knows us: ours in the chosen subnet. One that it names itself is taken if it is any
 * of ours: a relayed packet may come by another interface than the last one.
 */
function chooseServerId(
  { ownAddresses }: FactSources,
  client: DhcpClient,
  { serverId, onInterface }: ServerSide,
  subnet: Subnet | undefined,
): Ipv4 {
  const named = client.serverId;
  if (named !== undefined && ownAddresses().includes(named)) return named;
  if (!client.isOnInterface || subnet === undefined) return serverId;
  const { network } = subnetFacts(subnet);
  return onInterface.find((address) => networkContains(network, address)) ?? serverId;
}

/** A declined or released binding is past, whatever its time says. */
function endOf(lease: LeaseFacts): number {
  return lease.state === 'bound' ? lease.expiresAtMs : 0;
}

function reservationOf(identified: Identified<MachineFacts> | undefined): DhcpFacts['reservation'] {
  if (identified === undefined) return undefined;
  const { machine, by, reason } = identified;
  const { system, hostname, ip, follows } = machine;
  const knownBy = by === 'mac' ? undefined : reason;
  return { system, hostname, ip: ip ?? undefined, follows: follows ?? undefined, knownBy };
}

function otherHolder(
  { store }: FactSources,
  client: DhcpClient,
  { machine, key }: Sender,
  nowMs: number,
): DhcpFacts['requestedHolder'] {
  const asked = client.requestedIp ?? client.ciaddr;
  if (asked === NO_ADDRESS || asked === machine?.ip) return undefined;
  const holder = store.findHolder(asked, nowMs);
  return holder === undefined || isSame(holder.mac, key, client) ? undefined : { label: holder.label };
}

/** What answers for an address without a lease is known by its MAC only, whatever its record knows it by. */
function isSame(holder: string | null, key: BindingKey | undefined, client: DhcpClient): boolean {
  return holder !== null && (holder === key || holder === client.mac);
}

function chooseCandidate(
  { store, offers, ownAddresses }: FactSources,
  client: DhcpClient,
  key: BindingKey | undefined,
  subnet: DhcpSubnet,
  past: Ipv4 | undefined,
  nowMs: number,
): Ipv4 | undefined {
  if (client.messageType !== 'discover' || key === undefined || !givesAddresses(subnet.mode))
    return undefined;
  const own = new Set(ownAddresses());
  const isFree = (ip: Ipv4): boolean => {
    const holder = own.has(ip) ? null : store.findHolder(ip, nowMs);
    return holder === undefined || (holder !== null && isSame(holder.mac, key, client));
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
