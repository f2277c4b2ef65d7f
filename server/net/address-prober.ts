import { setTimeout as wait } from 'node:timers/promises';
import type { Ipv4 } from '../../src/domain/network/ipv4.ts';
import type { Mac } from '../../src/domain/network/mac.ts';
import { decodeArpClaim, encodeArpProbe } from './arp-packet.ts';
import type { MachineInterface } from './interfaces.ts';
import type { LibcResult } from './libc.ts';
import { EVERYBODY, type LinkSocket, openLinkSocket } from './link-socket.ts';
import { ETH_P_ARP } from './sockaddr.ts';

/** Who answers for which address; an address that nobody answers for is not in it. */
export type ProbeResult =
  | { readonly ok: true; readonly users: ReadonlyMap<Ipv4, readonly Mac[]> }
  /** Nothing could be asked: why. */
  | { readonly ok: false; readonly reason: string };

/** Asks a link who uses some addresses. Never rejects. */
export type ProbeAddresses = (link: MachineInterface, addresses: readonly Ipv4[]) => Promise<ProbeResult>;

/**
 * RFC 5227 §2.1.1 sends three probes over some five seconds, for a host that is about to take the address for itself.
 * Here a person waits for the answer, and what it protects is checked again.
 */
const PROBES = 3;
const LOOKS_PER_PROBE = 10;
const LOOK_EVERY_MS = 15;

/** Asks by ARP, on a packet socket that is open for less than half a second. Needs CAP_NET_RAW. */
export function createArpProber(
  libc: LibcResult,
  pause: (ms: number) => Promise<unknown> = wait,
): ProbeAddresses {
  return async (link, addresses) => {
    if (link.mac === undefined) return { ok: false, reason: `${link.name} has no Ethernet address` };
    const opened = openLinkSocket(libc, { interfaceIndex: link.index, protocol: ETH_P_ARP });
    if (!opened.ok) return opened;
    try {
      return await probe(opened.socket, link.mac, addresses, pause);
    } finally {
      opened.socket.close();
    }
  };
}

async function probe(
  socket: LinkSocket,
  sender: Mac,
  addresses: readonly Ipv4[],
  pause: (ms: number) => Promise<unknown>,
): Promise<ProbeResult> {
  const users = new Map<Ipv4, Set<Mac>>();
  const wanted = new Set(addresses);
  for (let round = 0; round < PROBES && users.size < wanted.size; round += 1) {
    for (const address of addresses) {
      if (users.has(address)) continue;
      const sent = socket.send(EVERYBODY, encodeArpProbe(sender, address));
      if (!sent.ok) return { ok: false, reason: `ARP cannot be sent: ${sent.code}` };
    }
    // To the end of the round, though all have answered: an address may have two users.
    for (let look = 0; look < LOOKS_PER_PROBE; look += 1) {
      await pause(LOOK_EVERY_MS);
      for (const frame of socket.receive()) {
        const claim = decodeArpClaim(frame);
        if (claim === undefined || claim.mac === sender || !wanted.has(claim.ip)) continue;
        users.set(claim.ip, (users.get(claim.ip) ?? new Set()).add(claim.mac));
      }
    }
  }
  return { ok: true, users: new Map([...users].map(([ip, macs]) => [ip, [...macs]])) };
}
