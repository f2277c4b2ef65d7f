import { type Ipv4, NO_ADDRESS } from '../domain/network/ipv4.ts';
import { isMachineMac, type Mac, macFromBytes } from '../domain/network/mac.ts';
import { BROADCAST_FLAG, HARDWARE_TYPE, PORT } from './codes.ts';
import type { ReplyDecision } from './decision.ts';
import type { DhcpPacket } from './packet.ts';

/** Where a reply goes. `relay` and `unicast` are ordinary UDP. */
export type Destination =
  | { readonly kind: 'relay'; readonly ip: Ipv4; readonly port: typeof PORT.server }
  | { readonly kind: 'unicast'; readonly ip: Ipv4; readonly port: number }
  /**
   * To an address that answers no ARP yet: the frame must be addressed to `mac` by hand. A socket that cannot do that
   * broadcasts instead, RFC 2131 §4.1.
   */
  | {
      readonly kind: 'unicast-before-arp';
      readonly ip: Ipv4;
      readonly mac: Mac;
      readonly port: typeof PORT.client;
    }
  /** 255.255.255.255, out of the interface that the request came by. */
  | { readonly kind: 'broadcast'; readonly port: number };

/** Chooses where a reply to `request` goes, RFC 2131 §4.1, in the order of that section. */
export function chooseDestination(
  request: DhcpPacket,
  kind: ReplyDecision['kind'],
  yiaddr: Ipv4,
): Destination {
  // To the server port of the relay, whatever the kind; port 68 is a mistake that relays drop.
  if (request.giaddr !== NO_ADDRESS) return { kind: 'relay', ip: request.giaddr, port: PORT.server };
  // The client may not use the address that it believes to have, so only a broadcast reaches it.
  if (kind === 'nak') return { kind: 'broadcast', port: PORT.client };
  if (request.ciaddr !== NO_ADDRESS) return { kind: 'unicast', ip: request.ciaddr, port: PORT.client };
  const mustBroadcast = (request.flags & BROADCAST_FLAG) !== 0 || yiaddr === NO_ADDRESS;
  const mac = mustBroadcast ? undefined : ethernetAddressOf(request);
  if (mac === undefined) return { kind: 'broadcast', port: PORT.client };
  return { kind: 'unicast-before-arp', ip: yiaddr, mac, port: PORT.client };
}

/**
 * Where a reply to a packet on port 4011 goes: back to where it came from, whatever the packet says of itself. Firmware
 * listens on the port that it asked from, and an answer to 255.255.255.255 port 68 is lost on it. A sender without an
 * address, which the specification does not know, can only be reached by broadcast.
 */
export function chooseBootServerDestination(source: {
  readonly address: Ipv4;
  readonly port: number;
}): Destination {
  const { address, port } = source;
  return address === NO_ADDRESS ? { kind: 'broadcast', port } : { kind: 'unicast', ip: address, port };
}

/** Undefined for hardware without an Ethernet address, e.g. InfiniBand, which is always broadcast to: RFC 4390 §2.1. */
function ethernetAddressOf(request: DhcpPacket): Mac | undefined {
  if (request.htype !== HARDWARE_TYPE.ethernet || request.hlen !== 6) return undefined;
  return isMachineMac(request.chaddr) ? macFromBytes(request.chaddr) : undefined;
}
