import type { Mac } from '../../src/domain/network/mac.ts';
import {
  AF_PACKET,
  type CallResult,
  type LibcResult,
  MSG_DONTWAIT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
} from './libc.ts';
import { encodeSockaddrLl } from './sockaddr.ts';
import { encodeUdpFrame, type UdpFrame } from './udp-frame.ts';

/**
 * Sends to a client that has been promised an address but does not have it yet, and so cannot answer ARP
 * (RFC 2131 §4.1). Where that is impossible the reason says why; the caller broadcasts instead.
 */
export type PacketSender =
  | {
      readonly available: true;
      /** The datagram in one Ethernet frame to `mac`, without ARP and without waiting. */
      send(mac: Mac, frame: UdpFrame): CallResult;
      close(): void;
    }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/**
 * Opens the sender for one interface. SOCK_DGRAM: the kernel writes the Ethernet header, with the source
 * address that the interface has at that moment (packet(7)). Never throws.
 *
 * Needs CAP_NET_RAW.
 */
export function openPacketSocket(loaded: LibcResult, interfaceIndex: number): PacketSender {
  if (!loaded.ok)
    return unavailable(loaded.reason, 'Install the optional package koffi, or live with broadcast replies.');
  const { libc } = loaded;
  // Protocol 0: it only sends. With ETH_P_IP it would queue a copy of every packet that nobody reads.
  const created = libc.socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (!created.ok) {
    return unavailable(
      `an AF_PACKET socket is refused with ${created.code}`,
      'Grant CAP_NET_RAW (AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_RAW), or live with broadcast replies.',
    );
  }
  let open = true;
  return {
    available: true,
    send: (mac, frame) =>
      open
        ? libc.sendto(
            created.value,
            encodeUdpFrame(frame),
            MSG_DONTWAIT,
            encodeSockaddrLl(mac, interfaceIndex),
          )
        : { ok: false, code: 'EBADF' },
    close: () => {
      // Once only: the number may belong to another file by the second time.
      if (open) libc.close(created.value);
      open = false;
    },
  };
}

function unavailable(reason: string, remedy: string): PacketSender {
  return { available: false, reason, remedy };
}
