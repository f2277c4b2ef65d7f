import type { DhcpPacket } from '../../dhcp/packet.ts';
import {
  type Ipv4,
  type Ipv4Network,
  NO_ADDRESS,
  netmask,
  networkContains,
} from '../../domain/network/ipv4.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import { subnetFacts } from './dhcp-subnet-facts.ts';
import type { UdpSource } from './proxy-dhcp.ts';

/** How a packet came in: the interface and the service's own addresses on it. */
export interface PacketReception {
  readonly interfaceName: string;
  /** Where it came from, if it came to port 4011; what has none came to port 67. */
  readonly bootServerClient?: UdpSource;
  readonly serverAddresses: readonly { readonly address: Ipv4; readonly prefix: number }[];
  /** Was it sent to an address of ours, or (false) to everybody? Undefined where the socket does not tell. */
  readonly isUnicast?: boolean | undefined;
}

/**
 * The address by which this client is to know us, unless its subnet makes it another. An interface may have several: the
 * one in a declared subnet that is answered, else the first. A relayed packet may come by an interface that has none.
 */
export function serverAddressFor(
  packet: DhcpPacket,
  reception: PacketReception,
  own: readonly Ipv4[],
  subnets: readonly Subnet[],
): Ipv4 | undefined {
  const [first] = reception.serverAddresses;
  if (packet.giaddr !== NO_ADDRESS) return first?.address ?? own[0];
  if (reception.serverAddresses.length <= 1) return first?.address;
  const answered = reception.serverAddresses.find(({ address }) =>
    subnets.some((subnet) => subnet.dhcp !== 'off' && networkContains(subnetFacts(subnet).network, address)),
  );
  return (answered ?? first)?.address;
}

/**
 * The networks that we are on ourselves: a machine with an address of one of them renews without any relay. Those of the
 * other interfaces are looked at only where they matter, for a machine that brings along an address of another link.
 */
export function localNetworksFor(
  packet: DhcpPacket,
  reception: PacketReception,
  own: readonly Ipv4[],
  subnets: readonly Subnet[],
): readonly Ipv4Network[] {
  const here = reception.serverAddresses.map(({ address, prefix }) => ({
    network: ((address & netmask(prefix)) >>> 0) as Ipv4,
    prefix,
  }));
  const { ciaddr } = packet;
  if (ciaddr === NO_ADDRESS || here.some((network) => networkContains(network, ciaddr))) return here;
  const attached = subnets
    .map((subnet) => subnetFacts(subnet).network)
    .filter((network) => own.some((address) => networkContains(network, address)));
  return [...here, ...attached];
}
