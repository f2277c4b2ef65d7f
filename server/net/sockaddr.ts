import { endianness } from 'node:os';
import { type Ipv4, ipv4ToBytes } from '../../src/domain/network/ipv4.ts';
import { type Mac, macToBytes } from '../../src/domain/network/mac.ts';
import { AF_INET, AF_PACKET } from './libc.ts';

type ByteOrder = 'LE' | 'BE';

/** linux/if_ether.h */
export const ETH_P_IP = 0x0800;
export const ETH_P_ARP = 0x0806;
/** linux/if.h: names hold at most 15 bytes and a closing zero. */
const IFNAMSIZ = 16;

/** A C int for setsockopt(2), in the order of bytes of the machine. */
export function encodeInt(value: number, order: ByteOrder = endianness()): Buffer {
  const bytes = Buffer.alloc(4);
  if (order === 'LE') bytes.writeInt32LE(value);
  else bytes.writeInt32BE(value);
  return bytes;
}

/** struct sockaddr_in of ip(7): family in host order, port and address in network order, eight zeros. */
export function encodeSockaddrIn(address: Ipv4, port: number, order: ByteOrder = endianness()): Buffer {
  const bytes = Buffer.alloc(16);
  writeUInt16(bytes, AF_INET, order);
  bytes.writeUInt16BE(port, 2);
  ipv4ToBytes(address).copy(bytes, 4);
  return bytes;
}

/**
 * struct sockaddr_ll of packet(7) for sending `protocol` (an Ethernet type) to `mac` by the interface
 * `interfaceIndex`, or for binding to both, where the address is not read: family (host order), protocol (network
 * order), index (host order), hatype and pkttype (not read either), address length, address padded to eight bytes.
 */
export function encodeSockaddrLl(
  mac: Mac,
  interfaceIndex: number,
  protocol: number = ETH_P_IP,
  order: ByteOrder = endianness(),
): Buffer {
  const bytes = Buffer.alloc(20);
  writeUInt16(bytes, AF_PACKET, order);
  bytes.writeUInt16BE(protocol, 2);
  encodeInt(interfaceIndex, order).copy(bytes, 4);
  bytes.writeUInt8(6, 11);
  macToBytes(mac).copy(bytes, 12);
  return bytes;
}

/**
 * An interface name as SO_BINDTODEVICE wants it, closed by a zero. A name that the kernel could not hold is
 * undefined: cut short it might name another interface.
 */
export function encodeInterfaceName(name: string): Buffer | undefined {
  const bytes = Buffer.from(`${name}\0`, 'utf8');
  const fits = name.length > 0 && bytes.length <= IFNAMSIZ && bytes.indexOf(0) === bytes.length - 1;
  return fits ? bytes : undefined;
}

function writeUInt16(bytes: Buffer, value: number, order: ByteOrder): void {
  if (order === 'LE') bytes.writeUInt16LE(value);
  else bytes.writeUInt16BE(value);
}
