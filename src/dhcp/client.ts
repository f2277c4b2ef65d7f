import { type Ipv4, type Ipv4Network, NO_ADDRESS, networkContains } from '../domain/network/ipv4.ts';
import { isMachineMac, type Mac, macFromBytes } from '../domain/network/mac.ts';
import { type BootFacts, describeBoot, IPXE_USER_CLASSES } from './client-boot.ts';
import {
  BROADCAST_FLAG,
  HARDWARE_TYPE,
  IP_UDP_HEADER_BYTES,
  type MessageTypeName,
  MIN_ACCEPTED_DATAGRAM_BYTES,
  messageTypeName,
  OP,
  OPTION,
} from './codes.ts';
import { formatMachineUuid } from './machine-uuid.ts';
import {
  readBytes,
  readIp,
  readText,
  readU8,
  readU8List,
  readU16,
  readU32,
  type TakeValue,
} from './options.ts';
import type { DhcpPacket } from './packet.ts';
import { type RelayInfo, readRelayInfo } from './relay-info.ts';

/** What the listener knows of a packet besides its bytes. */
export interface Reception {
  readonly interfaceName: string;
  /** The service's own address on that interface. */
  readonly serverAddress: Ipv4;
  /** Networks that the service's interfaces are on. */
  readonly localNetworks: readonly Ipv4Network[];
  /** Was the packet sent to an address of ours, or (false) to everybody? Undefined where the socket does not tell. */
  readonly isUnicast?: boolean | undefined;
}

/** `bootp`: no option 53. `unknown`: a type that no client sends to us, or an unreadable one. */
export type ClientMessageType = MessageTypeName | 'bootp' | 'unknown';

/** The facts that one packet states, in the words of the domain. Undefined is "did not say" (or see `malformed`). */
export interface DhcpClient extends BootFacts {
  /** False for a BOOTREPLY: another server's answer, or our own come back. */
  readonly isRequest: boolean;
  readonly messageType: ClientMessageType;
  readonly interfaceName: string;
  readonly xid: number;
  readonly secs: number;
  /** Undefined if the hardware is not Ethernet or the address is nobody's (zero, group). */
  readonly mac: Mac | undefined;
  readonly hardwareType: number;
  /**
   * What this client's leases are found by: its MAC, or `id:` and the client id in hex for hardware without a
   * chaddr (InfiniBand, RFC 4390 §2.1). Never the client id of an Ethernet machine: that is none in the firmware,
   * 01+MAC in iPXE and a DUID in the installed system. Undefined: the client cannot be told from others.
   */
  readonly key: string | undefined;
  readonly clientId: Buffer | undefined;
  readonly ciaddr: Ipv4;
  readonly giaddr: Ipv4;
  /** An address on the link of the client, by which its subnet is found: see findLinkAddress. */
  readonly linkAddress: Ipv4;
  /** The client is on the link of the interface that heard it: its packet came by no relay, and past none. */
  readonly isOnInterface: boolean;
  /** See Reception; of a relayed packet, as the relay heard it. */
  readonly isUnicast: boolean | undefined;
  readonly wantsBroadcast: boolean;
  /** Option 50. */
  readonly requestedIp: Ipv4 | undefined;
  /** Option 54. */
  readonly serverId: Ipv4 | undefined;
  /** Option 51. */
  readonly requestedLeaseSeconds: number | undefined;
  /** Option 55, in the order of the client. */
  readonly requestedOptions: readonly number[] | undefined;
  /** Longest UDP payload to send to this client, from option 57. */
  readonly maxReplyBytes: number;
  readonly hostname: string | undefined;
  /** Option 97 as the machine's setup screen and dmidecode write it, lower case. */
  readonly machineUuid: string | undefined;
  /** Option 82 as it came. */
  readonly relayAgentInfo: Buffer | undefined;
  /** Sub-options 1 and 2 of option 82: where the client is plugged in. */
  readonly circuitId: Buffer | undefined;
  readonly remoteId: Buffer | undefined;
  /** By which address the relay wants the client to know its server; undefined without a relay. */
  readonly serverIdOverride: Ipv4 | undefined;
  /** Options that are there and unreadable. */
  readonly malformed: readonly { readonly code: number; readonly reason: string }[];
}

/** An IP datagram over this is fragmented on Ethernet, and ROMs do not put fragments together. */
const ETHERNET_MTU_BYTES = 1500;

/**
 * Describes the sender of a packet. Never throws: an option that cannot be read is listed in `malformed` and
 * otherwise treated as not sent.
 */
export function describeClient(
  packet: DhcpPacket,
  reception: Reception,
  ipxeUserClasses: readonly string[] = IPXE_USER_CLASSES,
): DhcpClient {
  const malformed: { code: number; reason: string }[] = [];
  const take: TakeValue = (read) => {
    if (read.state === 'malformed') malformed.push({ code: read.code, reason: read.reason });
    return read.state === 'value' ? read.value : undefined;
  };
  const { options } = packet;
  const mac = macOf(packet);
  const clientId = take(readBytes(options, OPTION.clientId, 2));
  const relay = readRelayInfo(options, take);
  const isRelayed = packet.giaddr !== NO_ADDRESS;
  const linkAddress = findLinkAddress(packet, reception, relay);
  return {
    isRequest: packet.op === OP.bootRequest,
    messageType: messageTypeOf(packet, take(readU8(options, OPTION.messageType))),
    interfaceName: reception.interfaceName,
    xid: packet.xid,
    secs: packet.secs,
    mac,
    hardwareType: packet.htype,
    key: keyOf(packet, mac, clientId),
    clientId,
    ciaddr: packet.ciaddr,
    giaddr: packet.giaddr,
    linkAddress,
    isOnInterface: !isRelayed && linkAddress === reception.serverAddress,
    isUnicast: isRelayed ? relay.isUnicast : reception.isUnicast,
    wantsBroadcast: (packet.flags & BROADCAST_FLAG) !== 0,
    requestedIp: take(readIp(options, OPTION.requestedIp)),
    serverId: take(readIp(options, OPTION.serverId)),
    requestedLeaseSeconds: take(readU32(options, OPTION.leaseTime)),
    requestedOptions: take(readU8List(options, OPTION.parameterRequestList)),
    maxReplyBytes: maxReplyBytes(take(readU16(options, OPTION.maxMessageSize))),
    hostname: take(readText(options, OPTION.hostname)),
    machineUuid: formatMachineUuid(take(readBytes(options, OPTION.machineUuid, 17))),
    relayAgentInfo: options.get(OPTION.relayAgentInfo),
    circuitId: relay.circuitId,
    remoteId: relay.remoteId,
    serverIdOverride: isRelayed ? relay.serverIdOverride : undefined,
    ...describeBoot(packet, mac, ipxeUserClasses, take),
    malformed,
  };
}

function messageTypeOf(packet: DhcpPacket, code: number | undefined): ClientMessageType {
  if (code !== undefined) return messageTypeName(code) ?? 'unknown';
  return packet.options.has(OPTION.messageType) ? 'unknown' : 'bootp';
}

function macOf(packet: DhcpPacket): Mac | undefined {
  if (packet.htype !== HARDWARE_TYPE.ethernet || packet.hlen !== 6) return undefined;
  return isMachineMac(packet.chaddr) ? macFromBytes(packet.chaddr) : undefined;
}

/** Only hardware that has no chaddr by design is known by its client id: an Ethernet MAC of zeros is nobody. */
function keyOf(packet: DhcpPacket, mac: Mac | undefined, clientId: Buffer | undefined): string | undefined {
  if (mac !== undefined) return mac;
  if (packet.htype === HARDWARE_TYPE.ethernet || clientId === undefined) return undefined;
  return `id:${clientId.toString('hex')}`;
}

/**
 * The address that says on which link the client is: what the relay says (RFC 3527 §3 link selection, else giaddr,
 * RFC 2131 §4.3.1); for a packet without relay the interface it came by.
 *
 * The trap: a client behind a relay renews by unicast (RFC 2131 §4.4.5), so its packet has no giaddr and comes by an
 * interface that says nothing of its link. Its ciaddr does, if that is on none of our own networks. One that was sent to
 * everybody comes from the link itself, whatever its ciaddr: that machine was moved here, and must hear a NAK.
 */
function findLinkAddress(packet: DhcpPacket, reception: Reception, relay: RelayInfo): Ipv4 {
  if (packet.giaddr !== NO_ADDRESS) return relay.linkSelection ?? packet.giaddr;
  if (packet.ciaddr === NO_ADDRESS || reception.isUnicast === false) return reception.serverAddress;
  const isLocal = reception.localNetworks.some((network) => networkContains(network, packet.ciaddr));
  return isLocal ? reception.serverAddress : packet.ciaddr;
}

function maxReplyBytes(maxMessageSize: number | undefined): number {
  const datagram = Math.min(Math.max(maxMessageSize ?? 0, MIN_ACCEPTED_DATAGRAM_BYTES), ETHERNET_MTU_BYTES);
  return datagram - IP_UDP_HEADER_BYTES;
}
