import {
  broadcastOf,
  type Ipv4,
  type Ipv4Network,
  netmask,
  networkContains,
} from '../../src/domain/network/ipv4.ts';
import { type Mac, macToBytes } from '../../src/domain/network/mac.ts';

/** Six bytes 0xff, then the MAC sixteen times: AMD, "Magic Packet Technology" (20213), 1995. */
export function encodeMagicPacket(mac: Mac): Buffer {
  const address = macToBytes(mac);
  return Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: 16 }, () => address)]);
}

/** An address of this server with its prefix. */
export interface OwnAddress {
  readonly address: Ipv4;
  readonly prefix: number;
}

/**
 * Where a magic packet has to go, since a machine that is off has no address: the broadcast address of the network in
 * which it lies. `address` is one that it has when it is on, or undefined. A network of our own comes first (the kernel
 * sends a broadcast of that out of its interface), then a declared one, whose router has to forward directed broadcasts
 * (RFC 2644 §4); who is nowhere is looked for on all networks of our own.
 */
export function chooseBroadcasts(
  address: Ipv4 | undefined,
  own: readonly OwnAddress[],
  declared: readonly Ipv4Network[],
): Ipv4[] {
  const near = own
    // A point-to-point link has no broadcast.
    .filter(({ prefix }) => prefix <= 30)
    .map(
      ({ address: ours, prefix }): Ipv4Network => ({
        network: ((ours & netmask(prefix)) >>> 0) as Ipv4,
        prefix,
      }),
    );
  const holds = (network: Ipv4Network) => address !== undefined && networkContains(network, address);
  const chosen = near.find(holds) ?? declared.find(holds);
  return [...new Set((chosen === undefined ? near : [chosen]).map(broadcastOf))];
}
