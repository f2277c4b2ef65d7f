import { formatIpv4, formatNetwork, type Ipv4, NO_ADDRESS } from '../domain/ipv4.ts';
import { isHostAddress } from './allocate.ts';
import type { DhcpClient } from './client.ts';
import type { Decision, NakCode } from './decision.ts';
import { findEntitlement, grant, isDynamic } from './entitlement.ts';
import { type Situation, silent } from './situation.ts';

/** What a REQUEST is, which only the fields it fills tell: RFC 2131 §4.3.6 table 4. */
export type RequestState = 'selecting' | 'init-reboot' | 'renewing';

/**
 * Tells the state of a client that sends a REQUEST. RENEWING and REBINDING are one here: they differ in how the packet
 * was sent, not in what is in it, and get the same answer.
 *
 * The order matters: some clients name their server in a renewal too, so ciaddr comes before option 54.
 */
export function requestStateOf(client: DhcpClient): RequestState | undefined {
  if (client.ciaddr !== NO_ADDRESS) return 'renewing';
  if (client.requestedIp === undefined) return undefined;
  return client.serverId === undefined ? 'init-reboot' : 'selecting';
}

/** RFC 2131 §4.3.2. */
export function decideRequest(situation: Situation): Decision {
  const { client, facts } = situation;
  // Checked first: whatever else the packet says, it is not for us. An ACK would give the machine two leases.
  if (client.serverId !== undefined && client.serverId !== facts.serverId)
    return silent(
      'other-server',
      `it chose ${formatIpv4(client.serverId)}, this is ${formatIpv4(facts.serverId)}`,
    );
  const state = requestStateOf(client);
  if (state === undefined) return silent('no-address-named', 'REQUEST without option 50 and ciaddr');
  const wanted = state === 'renewing' ? client.ciaddr : (client.requestedIp ?? NO_ADDRESS);
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
 * another server may know it. On an authoritative subnet there is no other server.
 */
function mustLeaveToOthers({ facts, subnet }: Situation, state: RequestState): boolean {
  if (subnet.mode === 'authoritative' || state === 'selecting') return false;
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
