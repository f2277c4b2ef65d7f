import { formatIpv4, type Ipv4 } from '../domain/network/ipv4.ts';
import { isHostAddress, isInRanges } from './allocate.ts';
import { chooseBootAnswer } from './boot-answer.ts';
import type { DhcpClient } from './client.ts';
import type { Decision, GrantCode } from './decision.ts';
import type { DhcpFacts, DhcpSubnet } from './facts.ts';
import type { Situation } from './situation.ts';

/** The one address that a client has a right to on this link. */
export interface Entitlement {
  readonly ip: Ipv4;
  readonly code: 'reservation' | 'lease';
  readonly reason: string;
}

/**
 * The reservation if it belongs to this subnet, else the live lease if it is still dynamic. Undefined: the client may
 * take any free address. A reservation on another subnet does not count here: the machine is plugged in elsewhere.
 */
export function findEntitlement({ facts, subnet, nowMs }: Situation): Entitlement | undefined {
  const { reservation, lease } = facts;
  if (reservation?.ip !== undefined && isHostAddress(subnet.network, reservation.ip))
    return {
      ip: reservation.ip,
      code: 'reservation',
      reason: `${formatIpv4(reservation.ip)} is reserved for ${reservation.system}${knownBy(reservation)}`,
    };
  if (lease !== undefined && lease.expiresAtMs > nowMs && isDynamic(subnet, lease.ip))
    return { ip: lease.ip, code: 'lease', reason: `${formatIpv4(lease.ip)} is leased to this client` };
  return undefined;
}

function knownBy({ knownBy: how }: NonNullable<DhcpFacts['reservation']>): string {
  return how === undefined ? '' : `, known ${how}`;
}

/** May this address be leased by the subnet as it is now? A lease outlives a change of the ranges, not its renewal. */
export function isDynamic(subnet: DhcpSubnet, ip: Ipv4): boolean {
  return isInRanges(subnet.ranges, ip) && isHostAddress(subnet.network, ip);
}

/** An offer or an ACK of an address, with the boot part that this client gets. */
export function grant(
  { client, subnet, target }: Situation,
  kind: 'offer' | 'ack',
  address: Ipv4,
  code: GrantCode,
  reason: string,
): Decision {
  const boot = chooseBootAnswer(client, target);
  return { kind, code, reason, address, leaseSeconds: leaseSecondsFor(client, subnet), boot };
}

/** What the client asks for within the bounds of the subnet, else the usual time: RFC 2131 §4.3.1. */
function leaseSecondsFor(client: DhcpClient, subnet: DhcpSubnet): number {
  const { leaseSeconds, minLeaseSeconds = leaseSeconds, maxLeaseSeconds = leaseSeconds } = subnet;
  const wanted = client.requestedLeaseSeconds ?? leaseSeconds;
  return Math.min(Math.max(wanted, minLeaseSeconds), maxLeaseSeconds);
}
