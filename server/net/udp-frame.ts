import { ipv4FromBytes, ipv4ToBytes } from '../../src/domain/network/ipv4.ts';
import type { UdpAddress } from './udp-socket.ts';

/** One UDP datagram with everything below it that the kernel would otherwise fill in. */
export interface UdpFrame {
  readonly source: UdpAddress;
  readonly destination: UdpAddress;
  readonly payload: Buffer;
}

const IP_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
/** IANA protocol numbers. */
const PROTOCOL_UDP = 17;
/** RFC 1122 §3.2.1.7: the recommended default, IANA "IP option numbers". */
const TTL = 64;

/**
 * Encodes the IPv4 and UDP headers, checksums included, and the payload: what goes into an Ethernet frame of
 * type 0x0800. A payload that does not fit the 16-bit lengths is a RangeError.
 */
export function encodeUdpFrame(frame: UdpFrame): Buffer {
  const udpBytes = UDP_HEADER_BYTES + frame.payload.length;
  const totalBytes = IP_HEADER_BYTES + udpBytes;
  if (totalBytes > 0xffff)
    throw new RangeError(`a UDP payload of ${frame.payload.length} bytes does not fit an IPv4 packet`);
  const bytes = Buffer.alloc(totalBytes);
  writeIpHeader(bytes, frame);
  writeUdp(bytes, frame, udpBytes);
  return bytes;
}

/** RFC 791 §3.1. */
function writeIpHeader(bytes: Buffer, { source, destination }: UdpFrame): void {
  bytes.writeUInt8(0x45, 0); // version 4, five words of header
  bytes.writeUInt16BE(bytes.length, 2);
  // RFC 6864 §4.1: with don't-fragment set the identification may be any value, 0 too.
  bytes.writeUInt16BE(0x4000, 6);
  bytes.writeUInt8(TTL, 8);
  bytes.writeUInt8(PROTOCOL_UDP, 9);
  ipv4ToBytes(source.address).copy(bytes, 12);
  ipv4ToBytes(destination.address).copy(bytes, 16);
  bytes.writeUInt16BE(internetChecksum(bytes.subarray(0, IP_HEADER_BYTES)), 10);
}

/** RFC 768. */
function writeUdp(bytes: Buffer, { source, destination, payload }: UdpFrame, udpBytes: number): void {
  bytes.writeUInt16BE(source.port, IP_HEADER_BYTES);
  bytes.writeUInt16BE(destination.port, IP_HEADER_BYTES + 2);
  bytes.writeUInt16BE(udpBytes, IP_HEADER_BYTES + 4);
  payload.copy(bytes, IP_HEADER_BYTES + UDP_HEADER_BYTES);
  // The pseudo header: both addresses stand in the IP header already, protocol and length are added.
  const addresses = sumWords(bytes.subarray(12, IP_HEADER_BYTES));
  const checksum = internetChecksum(bytes.subarray(IP_HEADER_BYTES), addresses + PROTOCOL_UDP + udpBytes);
  // RFC 768: a computed zero is sent as all ones, for zero on the wire means "no checksum".
  bytes.writeUInt16BE(checksum === 0 ? 0xffff : checksum, IP_HEADER_BYTES + 6);
}

/** RFC 1071 §1: the one's complement of the one's complement sum of 16-bit words. */
function internetChecksum(bytes: Buffer, start = 0): number {
  let sum = start + sumWords(bytes);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** Plain sum of big-endian words, an odd last byte padded with zero: at most 2^31 for 64 KiB. */
function sumWords(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  return bytes.length % 2 === 0 ? sum : sum + bytes.readUInt8(bytes.length - 1) * 256;
}

/**
 * Takes the headers of an IPv4 packet apart. Undefined for what is no whole UDP datagram: another protocol, a
 * fragment, a length beyond the end. Checksums are not looked at: those of packets of the same machine are filled in
 * later than a packet socket sees them.
 */
export function decodeUdpFrame(bytes: Buffer): UdpFrame | undefined {
  if (bytes.length < IP_HEADER_BYTES + UDP_HEADER_BYTES || bytes.readUInt8(0) >> 4 !== 4) return undefined;
  const at = (bytes.readUInt8(0) & 0x0f) * 4;
  const isFragment = (bytes.readUInt16BE(6) & 0x3fff) !== 0;
  if (at < IP_HEADER_BYTES || isFragment || bytes.readUInt8(9) !== PROTOCOL_UDP) return undefined;
  if (bytes.length < at + UDP_HEADER_BYTES) return undefined;
  const end = at + bytes.readUInt16BE(at + 4);
  if (end < at + UDP_HEADER_BYTES || end > bytes.length) return undefined;
  return {
    source: { address: ipv4FromBytes(bytes, 12), port: bytes.readUInt16BE(at) },
    destination: { address: ipv4FromBytes(bytes, 16), port: bytes.readUInt16BE(at + 2) },
    payload: bytes.subarray(at + UDP_HEADER_BYTES, end),
  };
}
