import { setTimeout as wait } from 'node:timers/promises';
import { BROADCAST_FLAG, HARDWARE_TYPE, MESSAGE_TYPE, OP, OPTION, PORT } from '../../src/dhcp/codes.ts';
import { readIp, readU8, u8Bytes } from '../../src/dhcp/options.ts';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { MalformedPacket } from '../../src/dhcp/packet-errors.ts';
import { type Ipv4, LIMITED_BROADCAST, NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import { type Mac, macToBytes } from '../../src/domain/network/mac.ts';
import type { MachineInterface } from '../net/interfaces.ts';
import type { LibcResult } from '../net/libc.ts';
import { EVERYBODY, type FilterInstruction, type LinkSocket, openLinkSocket } from '../net/link-socket.ts';
import { ETH_P_IP } from '../net/sockaddr.ts';
import { decodeUdpFrame, encodeUdpFrame } from '../net/udp-frame.ts';

/** An OFFER that answered a probe. */
export interface FoundServer {
  /** Option 54, else where the packet came from. */
  readonly serverId: Ipv4;
  readonly offered: Ipv4;
}

export type ServerProbeResult =
  | { readonly ok: true; readonly servers: readonly FoundServer[] }
  /** Nothing could be asked: why. */
  | { readonly ok: false; readonly reason: string };

/** Asks a link which DHCP servers there are. Never rejects. */
export type ProbeServers = (link: MachineInterface) => Promise<ServerProbeResult>;

export interface ServerProbeParts {
  readonly libc: LibcResult;
  /** The made-up client that asks, by which the service knows its own question. */
  readonly mac: Mac;
  readonly xid: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
}

/** Servers that look whether an address is in use before they offer it take up to three seconds for that. */
const ASK_AT_LOOK: readonly number[] = [0, 20];
const LOOKS = 60;
const LOOK_EVERY_MS = 100;

/**
 * Looks for DHCP servers with a DISCOVER of a client that does not exist. It never sends the REQUEST, so no address
 * is taken; an offer runs out by itself. Needs CAP_NET_RAW: a socket on port 68 would take replies away from the
 * machine's own DHCP client.
 */
export function createServerProbe(parts: ServerProbeParts): ProbeServers {
  return async (link) => {
    const opened = openLinkSocket(parts.libc, {
      interfaceIndex: link.index,
      protocol: ETH_P_IP,
      filter: TO_DHCP_CLIENTS,
    });
    if (!opened.ok) return opened;
    try {
      return await listenForOffers(opened.socket, parts.mac, parts.xid(), parts.pause ?? wait);
    } finally {
      opened.socket.close();
    }
  };
}

async function listenForOffers(
  socket: LinkSocket,
  mac: Mac,
  xid: number,
  pause: (ms: number) => Promise<unknown>,
): Promise<ServerProbeResult> {
  const servers = new Map<Ipv4, FoundServer>();
  for (let look = 0; look < LOOKS; look += 1) {
    if (ASK_AT_LOOK.includes(look)) {
      const sent = socket.send(EVERYBODY, discoverFrame(mac, xid));
      if (!sent.ok) return { ok: false, reason: `a DISCOVER cannot be sent: ${sent.code}` };
    }
    await pause(LOOK_EVERY_MS);
    for (const frame of socket.receive()) {
      const found = readOffer(frame, mac, xid);
      if (found !== undefined) servers.set(found.serverId, found);
    }
  }
  return { ok: true, servers: [...servers.values()] };
}

function discoverFrame(mac: Mac, xid: number): Buffer {
  const packet: DhcpPacket = {
    op: OP.bootRequest,
    htype: HARDWARE_TYPE.ethernet,
    hlen: 6,
    hops: 0,
    xid,
    secs: 0,
    // Nobody has this MAC: an answer addressed to it would be lost in the switch.
    flags: BROADCAST_FLAG,
    ciaddr: NO_ADDRESS,
    yiaddr: NO_ADDRESS,
    siaddr: NO_ADDRESS,
    giaddr: NO_ADDRESS,
    chaddr: Buffer.concat([macToBytes(mac), Buffer.alloc(10)]),
    sname: '',
    file: '',
    options: new Map([
      [OPTION.messageType, u8Bytes(MESSAGE_TYPE.discover)],
      [OPTION.parameterRequestList, Buffer.of(OPTION.subnetMask, OPTION.router)],
    ]),
  };
  return encodeUdpFrame({
    source: { address: NO_ADDRESS, port: PORT.client },
    destination: { address: LIMITED_BROADCAST, port: PORT.server },
    payload: encodePacket(packet, LONGEST_PROBE_BYTES),
  });
}

const LONGEST_PROBE_BYTES = 576;

function readOffer(frame: Buffer, mac: Mac, xid: number): FoundServer | undefined {
  const udp = decodeUdpFrame(frame);
  if (udp === undefined) return undefined;
  try {
    const packet = decodePacket(udp.payload);
    const type = readU8(packet.options, OPTION.messageType);
    const isOffer = type.state === 'value' && type.value === MESSAGE_TYPE.offer;
    const isOurs = packet.xid === xid && packet.chaddr.subarray(0, 6).equals(macToBytes(mac));
    if (packet.op !== OP.bootReply || !isOffer || !isOurs) return undefined;
    const serverId = readIp(packet.options, OPTION.serverId);
    return {
      serverId: serverId.state === 'value' ? serverId.value : udp.source.address,
      offered: packet.yiaddr,
    };
  } catch (error) {
    if (error instanceof MalformedPacket) return undefined;
    throw error;
  }
}

/** linux/filter.h, bpf(4): loads, jumps and returns. */
const LOAD_BYTE = 0x30;
const LOAD_HALF = 0x28;
const LOAD_HALF_AT_X = 0x48;
const X_IS_HEADER_LENGTH = 0xb1;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_BITS = 0x45;
const RETURN = 0x06;

/** UDP to port 68 in a first fragment: everything else on a busy link would only be copied to be thrown away. */
const TO_DHCP_CLIENTS: readonly FilterInstruction[] = [
  [LOAD_BYTE, 0, 0, 9],
  [JUMP_IF_EQUAL, 0, 6, 17],
  [LOAD_HALF, 0, 0, 6],
  [JUMP_IF_BITS, 4, 0, 0x1fff],
  [X_IS_HEADER_LENGTH, 0, 0, 0],
  [LOAD_HALF_AT_X, 0, 0, 2],
  [JUMP_IF_EQUAL, 0, 1, PORT.client],
  [RETURN, 0, 0, 0xffff],
  [RETURN, 0, 0, 0],
];
