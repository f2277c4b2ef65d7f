import { formatIpv4, type Ipv4, NO_ADDRESS, networkContains } from '../domain/network/ipv4.ts';
import type { DhcpClient } from './client.ts';
import type { DhcpSubnet } from './facts.ts';

/** What is known of a client on a link that has several subnets, or one. */
export interface SubnetQuestion {
  readonly client: Pick<DhcpClient, 'messageType' | 'ciaddr' | 'requestedIp'>;
  /** The declared subnets of the link, that of the interface's first address first. */
  readonly link: readonly DhcpSubnet[];
  /** The address that the client's record gives it, wherever that is. */
  readonly reservedIp: Ipv4 | undefined;
  /** The client's live lease in one of the subnets. */
  readonly leasedIp: Ipv4 | undefined;
}

export interface SubnetChoice {
  readonly subnet: DhcpSubnet;
  /** Any of the link would do: where this one is full, the next one may be taken. */
  readonly isAny: boolean;
  readonly reason: string;
}

/**
 * Chooses the subnet by which a packet is judged, among those that its link has; undefined if there is none. Pure.
 *
 * A client that names an address (RFC 2131 §4.3.2) is judged by the subnet which that address is in: on a link with two
 * subnets, the renewal of an address of the second is no matter of the first. A client that wants one gets it where it
 * has a reservation, then a lease, then where it asks for one, then where addresses are given at all.
 */
export function chooseSubnet(question: SubnetQuestion): SubnetChoice | undefined {
  const { client, link, reservedIp, leasedIp } = question;
  const wish = client.requestedIp;
  const named = client.ciaddr === NO_ADDRESS ? wish : client.ciaddr;
  const by = (ip: Ipv4 | undefined, why: string): SubnetChoice | undefined => {
    const subnet = ip === undefined ? undefined : link.find(({ network }) => networkContains(network, ip));
    return subnet && { subnet, isAny: false, reason: `${formatIpv4(ip ?? NO_ADDRESS)} ${why}` };
  };
  return (
    (client.messageType === 'discover' ? undefined : by(named, 'is the address that it names')) ??
    by(reservedIp, 'is reserved for it') ??
    by(leasedIp, 'is leased to it') ??
    by(wish, 'is the address that it asks for') ??
    anyOf(link)
  );
}

function anyOf(link: readonly DhcpSubnet[]): SubnetChoice | undefined {
  const subnet =
    link.find(({ mode, ranges }) => givesAddresses(mode) && ranges.length > 0) ??
    link.find(({ mode }) => mode !== 'off') ??
    link[0];
  return subnet && { subnet, isAny: true, reason: 'it is a subnet of the link' };
}

/** Are addresses of the subnet given by this service? */
export function givesAddresses(mode: DhcpSubnet['mode']): boolean {
  return mode === 'authoritative' || mode === 'shared';
}
