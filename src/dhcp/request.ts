import { formatIpv4, formatNetwork, type Ipv4, NO_ADDRESS } from '../domain/network/ipv4.ts';
import { isHostAddress } from './allocate.ts';
import type { DhcpClient } from './client.ts';
import type { Decision, NakCode } from './decision.ts';
import { findEntitlement, grant, isDynamic } from './entitlement.ts';
import { findOtherServer, type Situation, silent } from './situation.ts';

/** What a REQUEST is, which only the fields it fills tell: RFC 2131 §4.3.6 table 4. */
export type RequestState = 'selecting' | 'init-reboot' | 'renewing' | 'rebinding';

/**
 * Tells the state of a client that sends a REQUEST. RENEWING and REBINDING differ in how the packet was sent only; where
 * that is not known, it is taken for the former.
 *
 * The order matters: some clients name their server in a renewal too, so ciaddr comes before option 54.
 */
export function requestStateOf(client: DhcpClient): RequestState | undefined {
  if (client.ciaddr !== NO_ADDRESS) return isSentToEverybody(client) ? 'rebinding' : 'renewing';
  if (client.requestedIp === undefined) return undefined;
  return client.serverId === undefined ? 'init-reboot' : 'selecting';
}

/** A relay hears what is sent to everybody, unless it has told clients to take it for their server: RFC 5107 §4. */
function isSentToEverybody({ isUnicast, giaddr, serverIdOverride }: DhcpClient): boolean {
  if (isUnicast !== undefined) return !isUnicast;
  return giaddr !== NO_ADDRESS && serverIdOverride === undefined;
}

/** RFC 2131 §4.3.2. */
export function decideRequest(situation: Situation): Decision {
  const { client } = situation;
  // Checked first: whatever else the packet says, it is not for us. An ACK would give the machine two leases.
  const other = findOtherServer(situation);
  if (other !== undefined) return silent('other-server', `it chose ${other}`);
  const state = requestStateOf(client);
  if (state === undefined) return silent('no-address-named', 'REQUEST without option 50 and ciaddr');
  const wanted = client.ciaddr === NO_ADDRESS ? (client.requestedIp ?? NO_ADDRESS) : client.ciaddr;
  return decideWanted(situation, state, wanted);
}

function decideWanted(situation: Situation, state: RequestState, wanted: Ipv4): Decision {
  const { facts, subnet } = situation;
  if (!isHostAddress(subnet.network, wanted)) {
    if (mustLeaveToOthers(situation, state)) return noRecord(wanted);
    return nak('wrong-subnet', `${formatIpv4(wanted)} is no address of ${formatNetwork(subnet.network)}`);
  }
  const entitled = findEntitlement(situation);
  if (entitled?.ip === wanted) return grant(situation, 'ack', wanted, entitled.code, entitled.reason);
  if (entitled !== undefined)
    return nak(
      entitled.code === 'reservation' ? 'reserved-elsewhere' : 'not-its-lease',
      `it wants ${formatIpv4(wanted)}, but ${entitled.reason}`,
    );
  if (facts.requestedHolder !== undefined)
    return nak('address-taken', `${formatIpv4(wanted)} belongs to ${facts.requestedHolder.label}`);
  if (mustLeaveToOthers(situation, state)) return noRecord(wanted);
  return decideFree(situation, state, wanted);
}

/**
 * A client of which there is no record, and that did not choose this server: RFC 2131 §4.3.2 demands silence, because
 * another server may know it. On an authoritative subnet there is no other server, and a renewal that was sent to us
 * alone is of a lease of ours.
 */
function mustLeaveToOthers({ client, facts, subnet }: Situation, state: RequestState): boolean {
  if (subnet.mode === 'authoritative' || state === 'selecting') return false;
  if (state === 'renewing' && client.isUnicast === true) return false;
  return facts.reservation === undefined && facts.lease === undefined;
}

function noRecord(wanted: Ipv4): Decision {
  return silent('no-record', `no record of this client, which believes to have ${formatIpv4(wanted)}`);
}

/** Nobody has `wanted`, it is on the right link, and the client has no right to another one: may it have this? */
function decideFree(situation: Situation, state: RequestState, wanted: Ipv4): Decision {
  const { lease } = situation.facts;
  if (!isDynamic(situation.subnet, wanted))
    return nak(
      'not-in-range',
      `${formatIpv4(wanted)} is in no dynamic range and not reserved for this client`,
    );
  if (state === 'selecting')
    return grant(situation, 'ack', wanted, 'dynamic', 'the dynamic address that it chose');
  // The record was lost (a restored backup). The ACK brings it back before the address is offered to somebody else.
  if (lease === undefined)
    return grant(situation, 'ack', wanted, 'restored', 'no record of this lease, and the address is free');
  if (lease.ip === wanted)
    return grant(situation, 'ack', wanted, 'lease', 'its lease has run out, the address is still free');
  return nak('not-its-lease', `it wants ${formatIpv4(wanted)}, its last lease was another address`);
}

function nak(code: NakCode, reason: string): Decision {
  return { kind: 'nak', code, reason };
}
