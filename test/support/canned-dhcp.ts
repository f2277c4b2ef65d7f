import { type Ipv4, ipv4ToBytes } from '../../src/domain/network/ipv4.ts';
import { type Mac, macFromBytes, macToBytes } from '../../src/domain/network/mac.ts';

// Just enough DHCP, made by hand from RFC 2131 §2, to try the sockets without the codec of the service.

const MAGIC_COOKIE = Buffer.from('63825363', 'hex');
const OPTIONS_AT = 240;
/** RFC 1542 §2.1: clients may send and expect at least 300 bytes. */
const LEAST_BYTES = 300;

/** A DISCOVER of an Ethernet client. */
export function discoverBytes(mac: Mac, xid: number): Buffer {
  const bytes = Buffer.alloc(LEAST_BYTES);
  bytes.set([1, 1, 6, 0]);
  bytes.writeUInt32BE(xid, 4);
  macToBytes(mac).copy(bytes, 28);
  MAGIC_COOKIE.copy(bytes, 236);
  bytes.set([53, 1, 1, 255], OPTIONS_AT);
  return bytes;
}

/** Client hardware address and message type (option 53) of a request. */
export function readRequest(bytes: Buffer): { readonly mac: Mac; readonly messageType: number } {
  for (let at = OPTIONS_AT; at + 2 < bytes.length && bytes[at] !== 255; at += 2 + (bytes[at + 1] ?? 0)) {
    if (bytes[at] === 53)
      return { mac: macFromBytes(bytes.subarray(28, 34)), messageType: bytes[at + 2] ?? 0 };
  }
  throw new Error('no option 53');
}

/** OFFER for a DISCOVER (1), ACK for anything else: `offered` for an hour, from `server`, in a /24. */
export function cannedReply(request: Buffer, server: Ipv4, offered: Ipv4): Buffer {
  const bytes = Buffer.alloc(LEAST_BYTES);
  request.copy(bytes, 0, 0, OPTIONS_AT);
  bytes[0] = 2;
  ipv4ToBytes(offered).copy(bytes, 16);
  const messageType = readRequest(request).messageType === 1 ? 2 : 5;
  const options = [
    [53, 1, messageType],
    [54, 4, ...ipv4ToBytes(server)],
    [51, 4, 0, 0, 0x0e, 0x10],
    [1, 4, 255, 255, 255, 0],
    [255],
  ];
  bytes.set(options.flat(), OPTIONS_AT);
  return bytes;
}
