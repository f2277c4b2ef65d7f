import {
  BROADCAST_FLAG,
  HARDWARE_TYPE,
  MESSAGE_TYPE,
  OP,
  OPTION,
  RELAY_SUBOPTION,
} from '../../dhcp/codes.ts';
import { ipsBytes, textBytes, u8Bytes, u16Bytes } from '../../dhcp/options.ts';
import { type DhcpPacket, encodePacket } from '../../dhcp/packet.ts';
import type { FirmwareKind } from '../../domain/install/explanation.ts';
import { type Ipv4, NO_ADDRESS } from '../../domain/network/ipv4.ts';
import { type Mac, macToBytes } from '../../domain/network/mac.ts';

/** What firmware says of itself: its numbers of option 93, and whether it boots by HTTP. */
export interface Firmware {
  readonly archCodes: readonly number[];
  readonly isHttp: boolean;
}

/** The one table of firmware by its name. */
export const FIRMWARE: Readonly<Record<FirmwareKind, Firmware>> = {
  bios: { archCodes: [0], isHttp: false },
  'bios-http': { archCodes: [20], isHttp: true },
  'uefi-ia32': { archCodes: [6], isHttp: false },
  'uefi-ia32-http': { archCodes: [15], isHttp: true },
  'uefi-x64': { archCodes: [7], isHttp: false },
  'uefi-http': { archCodes: [16], isHttp: true },
  arm64: { archCodes: [11], isHttp: false },
  'arm64-http': { archCodes: [19], isHttp: true },
};

/** A packet that this machine would send. */
export interface Probe {
  readonly mac: Mac;
  readonly firmware: Firmware;
  readonly isIpxe: boolean;
  /** Address of the relay that it comes by; NO_ADDRESS: by none. */
  readonly giaddr: Ipv4;
  readonly clientId?: Buffer | undefined;
  readonly circuitId?: Buffer | undefined;
  readonly remoteId?: Buffer | undefined;
  /** A REQUEST for what was offered; absent: a DISCOVER. */
  readonly request?: { readonly address: Ipv4; readonly serverId: Ipv4 } | undefined;
}

/** What PXE firmware asks for, PXE specification 2.1 table 2-3, and what installers and iPXE do beside it. */
const WANTED = [1, 3, 6, 12, 15, 26, 28, 42, 43, 54, 60, 66, 67, 119, 121, 175];
/** Nobody reads it: the packet is never sent. */
const XID = 0x70726f76;

/** Makes the packet, as the bytes that would come. */
export function encodeProbe(probe: Probe): Buffer {
  const { mac, giaddr, request } = probe;
  const isRelayed = giaddr !== NO_ADDRESS;
  const packet: DhcpPacket = {
    op: OP.bootRequest,
    htype: HARDWARE_TYPE.ethernet,
    hlen: 6,
    hops: isRelayed ? 1 : 0,
    xid: XID,
    secs: 0,
    flags: BROADCAST_FLAG,
    ciaddr: NO_ADDRESS,
    yiaddr: NO_ADDRESS,
    siaddr: NO_ADDRESS,
    giaddr,
    chaddr: Buffer.concat([macToBytes(mac), Buffer.alloc(10)]),
    sname: '',
    file: '',
    options: optionsOf(probe, request),
  };
  return encodePacket(packet);
}

function optionsOf(probe: Probe, request: Probe['request']): ReadonlyMap<number, Buffer> {
  const { firmware, isIpxe, clientId, circuitId, remoteId } = probe;
  const [first = 0] = firmware.archCodes;
  const name = firmware.isHttp && !isIpxe ? 'HTTPClient' : 'PXEClient';
  const options = new Map<number, Buffer>([
    [OPTION.messageType, u8Bytes(request === undefined ? MESSAGE_TYPE.discover : MESSAGE_TYPE.request)],
    [OPTION.parameterRequestList, Buffer.from(WANTED)],
    [OPTION.maxMessageSize, u16Bytes(1472)],
    [OPTION.vendorClass, textBytes(`${name}:Arch:${String(first).padStart(5, '0')}:UNDI:003016`)],
    [OPTION.clientArch, Buffer.concat(firmware.archCodes.map(u16Bytes))],
  ]);
  if (clientId !== undefined) options.set(OPTION.clientId, clientId);
  if (isIpxe) options.set(OPTION.userClass, textBytes('iPXE'));
  if (request !== undefined) {
    options.set(OPTION.requestedIp, ipsBytes([request.address]));
    options.set(OPTION.serverId, ipsBytes([request.serverId]));
  }
  const relay = relayInfo(circuitId, remoteId);
  if (relay !== undefined) options.set(OPTION.relayAgentInfo, relay);
  return options;
}

/** RFC 3046 §2.0. */
function relayInfo(circuitId: Buffer | undefined, remoteId: Buffer | undefined): Buffer | undefined {
  const sub = (code: number, value: Buffer | undefined): Buffer[] =>
    value === undefined ? [] : [Buffer.from([code, value.length]), value];
  const bytes = Buffer.concat([
    ...sub(RELAY_SUBOPTION.circuitId, circuitId),
    ...sub(RELAY_SUBOPTION.remoteId, remoteId),
  ]);
  return bytes.length === 0 ? undefined : bytes;
}
