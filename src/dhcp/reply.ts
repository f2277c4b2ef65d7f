import { formatIpv4, formatNetwork, type Ipv4, NO_ADDRESS } from '../domain/network/ipv4.ts';
import { isHostAddress } from './allocate.ts';
import { chooseBootAnswer } from './boot-answer.ts';
import type { DhcpClient } from './client.ts';
import { OPTION } from './codes.ts';
import type { Decision } from './decision.ts';
import { findEntitlement, grant } from './entitlement.ts';
import type { BootTarget, DhcpFacts, DhcpSubnet } from './facts.ts';
import { decideRequest } from './request.ts';
import { findOtherServer, type Situation, silent } from './situation.ts';

/**
 * Decides what to do about one packet. Pure: same client, facts, target and time, same decision. Every outcome has
 * a reason, silence included.
 *
 * @param nowMs the time at which a lease is live or past, in milliseconds since 1970
 */
export function decideReply(
  client: DhcpClient,
  facts: DhcpFacts,
  target: BootTarget,
  nowMs: number,
): Decision {
  const unfit = findUnfit(client, facts);
  if (unfit !== undefined) return unfit;
  const { subnet } = facts;
  if (subnet === undefined)
    return silent('no-subnet', `no subnet for ${formatIpv4(client.linkAddress)} on ${client.interfaceName}`);
  if (subnet.mode === 'off')
    return silent('subnet-off', `DHCP is off for subnet ${formatNetwork(subnet.network)}`);
  if (subnet.mode === 'proxy')
    return silent('proxy-subnet', `another server gives the addresses of ${formatNetwork(subnet.network)}`);
  const follows = facts.reservation?.follows;
  if (follows !== undefined)
    return silent(
      'follows-another',
      `${follows.name} is a member of ${follows.upper}, whose first card is given its address`,
    );
  const situation: Situation = { client, facts, subnet, target, nowMs };
  switch (client.messageType) {
    case 'discover':
      return decideDiscover(situation);
    case 'request':
      return decideRequest(situation);
    case 'decline':
      return decideDecline(situation);
    case 'release':
      return decideRelease(situation);
    case 'inform':
      return decideInform(situation);
    case 'bootp':
      return decideBootp(situation);
    default:
      return silent('unsupported-message', `a server does not answer message type ${client.messageType}`);
  }
}

function findUnfit(client: DhcpClient, facts: DhcpFacts): Decision | undefined {
  if (!client.isRequest) return silent('not-a-request', 'the packet is a BOOTREPLY, not from a client');
  if (client.key === undefined && facts.reservation === undefined)
    return silent(
      'no-identity',
      'no usable hardware address, and no client id where there is no hardware address',
    );
  const broken = client.malformed.find(({ code }) => isCritical(client, code));
  return broken === undefined ? undefined : silent('malformed-option', broken.reason);
}

/** In a DISCOVER the requested address is a wish and the server id has no meaning. */
function isCritical(client: DhcpClient, code: number): boolean {
  if (code === OPTION.messageType) return true;
  return client.messageType !== 'discover' && (code === OPTION.requestedIp || code === OPTION.serverId);
}

/** RFC 2131 §4.3.1. */
function decideDiscover(situation: Situation): Decision {
  const { facts, subnet } = situation;
  const entitled = findEntitlement(situation);
  if (entitled !== undefined) return grant(situation, 'offer', entitled.ip, entitled.code, entitled.reason);
  if (facts.candidate === undefined || !isHostAddress(subnet.network, facts.candidate))
    return silent('no-free-address', whyNoAddress(subnet));
  return grant(situation, 'offer', facts.candidate, 'dynamic', 'a free dynamic address');
}

function whyNoAddress({ network, ranges }: DhcpSubnet): string {
  const name = formatNetwork(network);
  return ranges.length === 0 ? `${name} has no dynamic range` : `no dynamic address is free in ${name}`;
}

/** RFC 2131 §4.3.3. Only the holder may decline, or anybody could make a range unusable. */
function decideDecline(situation: Situation): Decision {
  const { client, facts } = situation;
  const stray = findStray(situation);
  if (stray !== undefined) return stray;
  const address = client.requestedIp;
  if (address === undefined) return silent('no-address-named', 'DECLINE without option 50');
  const reason = `${nameOf(client)} found ${formatIpv4(address)} in use by another machine`;
  if (facts.reservation?.ip === address)
    return { kind: 'decline', code: 'declined-reservation', address, reason };
  if (facts.lease?.ip === address) return { kind: 'decline', code: 'declined-lease', address, reason };
  return notItsAddress('DECLINE', address);
}

/** RFC 2131 §4.3.4. */
function decideRelease(situation: Situation): Decision {
  const { client, facts } = situation;
  const stray = findStray(situation);
  if (stray !== undefined) return stray;
  if (client.ciaddr === NO_ADDRESS) return silent('no-address-named', 'RELEASE without ciaddr');
  if (facts.lease?.ip !== client.ciaddr) return notItsAddress('RELEASE', client.ciaddr);
  return {
    kind: 'release',
    code: 'release',
    address: client.ciaddr,
    reason: `${nameOf(client)} gave ${formatIpv4(client.ciaddr)} back`,
  };
}

/** DECLINE and RELEASE must name their server, RFC 2131 §4.4.1 table 5. */
function findStray(situation: Situation): Decision | undefined {
  if (situation.client.serverId === undefined)
    return silent('other-server', `it names no server, this is ${formatIpv4(situation.facts.serverId)}`);
  const other = findOtherServer(situation);
  return other === undefined ? undefined : silent('other-server', `it names ${other}`);
}

/** How people may recognise the sender; one without a key is known by where it is plugged in. */
function nameOf(client: DhcpClient): string {
  return client.key ?? 'the machine on that circuit';
}

function notItsAddress(what: string, address: Ipv4): Decision {
  return silent('not-its-address', `${what} of ${formatIpv4(address)}, which this client does not hold`);
}

/** RFC 2131 §4.3.5. There is no NAK to an INFORM. */
function decideInform(situation: Situation): Decision {
  const { client, subnet, target } = situation;
  if (client.ciaddr === NO_ADDRESS) return silent('no-address-named', 'INFORM without ciaddr');
  if (!isHostAddress(subnet.network, client.ciaddr))
    return silent(
      'wrong-subnet',
      `INFORM from ${formatIpv4(client.ciaddr)}, the link is ${formatNetwork(subnet.network)}`,
    );
  return {
    kind: 'inform-ack',
    code: 'inform',
    reason: `options for ${formatIpv4(client.ciaddr)}, which has its address already`,
    boot: chooseBootAnswer(client, target),
  };
}

/** RFC 1534 §2: a BOOTP client keeps its address for ever, so it gets none that somebody else could need. */
function decideBootp(situation: Situation): Decision {
  const entitled = findEntitlement(situation);
  if (entitled?.code !== 'reservation')
    return silent('bootp-without-reservation', 'BOOTP clients get reserved addresses only');
  return {
    kind: 'bootp-reply',
    code: 'reservation',
    reason: entitled.reason,
    address: entitled.ip,
    boot: chooseBootAnswer(situation.client, situation.target),
  };
}
