import { isHostAddress } from '../../dhcp/allocate.ts';
import type { DhcpClient } from '../../dhcp/client.ts';
import { PORT } from '../../dhcp/codes.ts';
import { chooseBootServerDestination, chooseDestination, type Destination } from '../../dhcp/destination.ts';
import type { BootTarget } from '../../dhcp/facts.ts';
import type { DhcpPacket } from '../../dhcp/packet.ts';
import { buildProxyReply, decideProxyReply, type ProxyDecision } from '../../dhcp/proxy.ts';
import { type Ipv4, NO_ADDRESS } from '../../domain/network/ipv4.ts';
import type { DhcpStore } from '../../store/interfaces/dhcp-store.ts';
import type { Gathered } from './dhcp-facts.ts';

/** The sender's end of a datagram. */
export interface UdpSource {
  readonly address: Ipv4;
  readonly port: number;
}

/** One packet for the proxy, with all that is known about its sender. */
export interface ProxyExchange {
  readonly packet: DhcpPacket;
  readonly client: DhcpClient;
  readonly gathered: Gathered;
  readonly target: BootTarget;
  readonly serverId: Ipv4;
  /** Where it came from, if it came to port 4011. */
  readonly bootServerClient: UdpSource | undefined;
}

export interface ProxyAnswer {
  readonly decision: ProxyDecision;
  /** Undefined is silence. */
  readonly reply: { readonly packet: DhcpPacket; readonly destination: Destination } | undefined;
}

/** One packet to one answer without an address. */
export function answerProxy(exchange: ProxyExchange): ProxyAnswer {
  const { packet, client, gathered, target, serverId, bootServerClient } = exchange;
  const port = bootServerClient === undefined ? PORT.server : PORT.bootServer;
  const decision = decideProxyReply(client, gathered.facts.subnet, target, port);
  if (decision.kind === 'silent') return { decision, reply: undefined };
  const destination =
    bootServerClient === undefined
      ? chooseDestination(packet, 'offer', NO_ADDRESS)
      : chooseBootServerDestination(bootServerClient);
  return {
    decision,
    reply: { packet: buildProxyReply({ request: packet, client, serverId, decision }), destination },
  };
}

/**
 * How long an address that another server gave counts as its machine's. Renewals go to that server alone, so that
 * nothing more is heard of it; an install is over by then.
 */
const HEARD_LEASE_MS = 12 * 60 * 60_000;

/**
 * Keeps which address a machine takes from another server, as its REQUEST says to everybody: boot scripts and answer
 * files go to a machine's own address only, and here no lease of ours says which that is. What was heard last counts,
 * for the addresses are not ours to give. Only machines with a record are kept; a stranger that takes an address
 * merely ends what was known of it.
 */
export async function keepHeardAddress(
  store: Pick<DhcpStore, 'findHolder' | 'commitLease'>,
  client: DhcpClient,
  { facts, machine, key, seenMac }: Gathered,
  nowMs: number,
): Promise<void> {
  const { messageType } = client;
  const ip = client.ciaddr === NO_ADDRESS ? client.requestedIp : client.ciaddr;
  if (messageType !== 'request' || key === undefined || ip === undefined || facts.subnet === undefined)
    return;
  if (!isHostAddress(facts.subnet.network, ip) || machine?.ip === ip) return;
  const hostname = client.hostname ?? machine?.hostname ?? null;
  const write = { ip, seenMac, hostname, nowMs, reserved: false };
  const before = store.findHolder(ip, nowMs)?.mac ?? key;
  // Does nothing to an address that a record holds.
  if (before !== key)
    await store.commitLease({ ...write, mac: before, seenMac: null, state: 'released', expiresAtMs: nowMs });
  if (machine !== undefined)
    await store.commitLease({ ...write, mac: key, state: 'bound', expiresAtMs: nowMs + HEARD_LEASE_MS });
}
