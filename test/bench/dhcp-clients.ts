import { MESSAGE_TYPE, OPTION } from '../../src/dhcp/codes.ts';
import { ipsBytes, textBytes, u8Bytes, u16Bytes } from '../../src/dhcp/options.ts';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import type { Ipv4 } from '../../src/domain/ipv4.ts';
import type { DhcpPacketService } from '../../src/services/dhcp.ts';
import { packetOf } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';
import { SERVER_IP } from './world.ts';

/** How packets come in: by the interface that has the service's address. */
const RECEPTION = {
  interfaceName: 'eth0',
  serverAddresses: [{ address: SERVER_IP, prefix: 14 }],
};

/** What UEFI firmware asks for before it has an address. */
export function discover(mac: string, xid: number): Buffer {
  return encodePacket(packetOfMachine(mac, xid, 'discover', []));
}

/** The same firmware taking an offer. */
function request(mac: string, xid: number, address: Ipv4): Buffer {
  const taken: [number, Buffer][] = [
    [OPTION.requestedIp, ipsBytes([address])],
    [OPTION.serverId, ipsBytes([SERVER_IP])],
  ];
  return encodePacket(packetOfMachine(mac, xid, 'request', taken));
}

function packetOfMachine(
  mac: string,
  xid: number,
  type: 'discover' | 'request',
  more: readonly [number, Buffer][],
): DhcpPacket {
  const chaddr = Buffer.alloc(16);
  Buffer.from(mac.replaceAll(':', ''), 'hex').copy(chaddr);
  const options = new Map<number, Buffer>([
    [OPTION.messageType, u8Bytes(MESSAGE_TYPE[type])],
    [OPTION.parameterRequestList, Buffer.from([1, 2, 3, 6, 12, 15, 43, 54, 60, 66, 67, 97])],
    [OPTION.maxMessageSize, u16Bytes(1472)],
    [OPTION.vendorClass, textBytes('PXEClient:Arch:00007:UNDI:003000')],
    [OPTION.clientArch, u16Bytes(7)],
    ...more,
  ]);
  return packetOf({ xid, flags: 0x8000, chaddr, options });
}

/** DISCOVER, OFFER, REQUEST, ACK; gives the address. Throws where the service did not play its part. */
export async function exchange(service: DhcpPacketService, mac: string, xid: number): Promise<Ipv4> {
  const offer = decodePacket(must(await service.handle(discover(mac, xid), RECEPTION), 'an OFFER').bytes);
  const answer = must(await service.handle(request(mac, xid, offer.yiaddr), RECEPTION), 'an ACK');
  const ack = decodePacket(answer.bytes);
  const type = ack.options.get(OPTION.messageType)?.[0];
  if (type !== MESSAGE_TYPE.ack) throw new Error(`message type ${type} instead of an ACK for ${mac}`);
  return ack.yiaddr;
}
