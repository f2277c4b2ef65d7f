import type { Ipv4 } from '../../src/domain/network/ipv4.ts';
import { LIMITED_BROADCAST } from '../../src/domain/network/ipv4.ts';
import type { Mac } from '../../src/domain/network/mac.ts';
import type { DhcpSocket } from '../net/dhcp-socket.ts';
import { chooseSourceAddress, type InterfaceAddress } from '../net/interfaces.ts';
import type { SendDone } from '../net/udp-socket.ts';
import { broadcastAsNamed } from './broadcast.ts';

/** Where a reply goes, RFC 2131 §4.1. `port` is 67 for a relay, else 68 (or what a PXE client asked from). */
export type ReplyDestination =
  /** To a client that has the address, or to a relay: the kernel asks for its MAC by ARP. */
  | { readonly kind: 'unicast'; readonly address: Ipv4; readonly port: number }
  | { readonly kind: 'broadcast'; readonly port: number }
  /** To a client that is only being given `ip` and cannot answer ARP for it yet. */
  | { readonly kind: 'unicast-before-arp'; readonly ip: Ipv4; readonly mac: Mac; readonly port: number };

/** A reply ready for the wire. */
export interface Reply {
  readonly bytes: Buffer;
  readonly destination: ReplyDestination;
}

/** How a reply left: as wished, or as a broadcast instead and why. */
export type SentReply =
  | { readonly as: 'wished' }
  | { readonly as: 'broadcast-instead'; readonly reason: string };

/**
 * Sends a reply by the interface of the socket. RFC 2131 §4.1 lets a server broadcast when it cannot unicast
 * before ARP. `done` hears when the system has it, or why not.
 */
export function sendReply(
  socket: DhcpSocket,
  reply: Reply,
  addresses: readonly InterfaceAddress[],
  done: SendDone,
): SentReply {
  const { bytes, destination } = reply;
  switch (destination.kind) {
    case 'unicast':
      socket.udp.send(bytes, destination, done);
      return { as: 'wished' };
    case 'broadcast':
      if (broadcastAsNamed(socket, bytes, destination.port, addresses)) done();
      else socket.udp.send(bytes, { address: LIMITED_BROADCAST, port: destination.port }, done);
      return { as: 'wished' };
    case 'unicast-before-arp': {
      const reason = sendBeforeArp(socket, bytes, destination, addresses);
      if (reason === undefined) {
        done();
        return { as: 'wished' };
      }
      socket.udp.send(bytes, { address: LIMITED_BROADCAST, port: destination.port }, done);
      return { as: 'broadcast-instead', reason };
    }
  }
}

/** Why it did not go out, undefined if it did. */
function sendBeforeArp(
  { packet, udp }: DhcpSocket,
  payload: Buffer,
  { ip, mac, port }: ReplyDestination & { readonly kind: 'unicast-before-arp' },
  addresses: readonly InterfaceAddress[],
): string | undefined {
  if (!packet.available) return packet.reason;
  const source = chooseSourceAddress(addresses, ip);
  if (source === undefined) return 'the interface has no address to send from';
  const result = packet.send(mac, {
    source: { address: source, port: udp.local.port },
    destination: { address: ip, port },
    payload,
  });
  return result.ok ? undefined : `the packet socket refused with ${result.code}`;
}
