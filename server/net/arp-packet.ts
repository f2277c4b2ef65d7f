import { type Ipv4, ipv4FromBytes, ipv4ToBytes, NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import { type Mac, macFromBytes, macToBytes, parseMac } from '../../src/domain/network/mac.ts';

/** RFC 826, "Packet format", for IPv4 on Ethernet. */
const HEAD = Buffer.of(0, 1, 8, 0, 6, 4);
const REQUEST = 1;
const PACKET_BYTES = 28;

/** Who says in an ARP packet to have which address. */
export interface ArpClaim {
  readonly mac: Mac;
  readonly ip: Ipv4;
}

/**
 * A request for `target` from a sender without an address, RFC 5227 §2.1.1: it asks whether anybody uses the address
 * and leaves no entry in anybody's table.
 */
export function encodeArpProbe(sender: Mac, target: Ipv4): Buffer {
  return Buffer.concat([
    HEAD,
    Buffer.of(0, REQUEST),
    macToBytes(sender),
    ipv4ToBytes(NO_ADDRESS),
    Buffer.alloc(6),
    ipv4ToBytes(target),
  ]);
}

/**
 * What the sender of an ARP packet says of itself, in a reply and in a request alike: RFC 5227 §2.1.1 takes both for
 * use of the address. Undefined for anything that is no ARP of IPv4 on Ethernet, and for a probe, which claims nothing.
 */
export function decodeArpClaim(bytes: Buffer): ArpClaim | undefined {
  if (bytes.length < PACKET_BYTES || !bytes.subarray(0, HEAD.length).equals(HEAD)) return undefined;
  const mac = parseMac(macFromBytes(bytes.subarray(8, 14)));
  const ip = ipv4FromBytes(bytes, 14);
  return mac === undefined || ip === NO_ADDRESS ? undefined : { mac, ip };
}
