/** Every number of the protocol that this project speaks of, once. RFC 2132, RFC 4578 and the IANA registries. */

/** First octet of a packet, RFC 2131 §2: who is talking. */
export const OP = { bootRequest: 1, bootReply: 2 } as const;

/** Hardware types, RFC 1700 "Number Hardware Type"; InfiniBand from RFC 4390 §2.1. */
export const HARDWARE_TYPE = { ethernet: 1, infiniband: 32 } as const;

/** The broadcast bit of `flags`, RFC 2131 §2 figure 2; the other fifteen are reserved. */
export const BROADCAST_FLAG = 0x8000;

/** UDP ports: server and client of RFC 2131 §4.1; the boot server port of the PXE specification 2.1 §2.2.3. */
export const PORT = { server: 67, client: 68, bootServer: 4011 } as const;

/** Option numbers, named as the rest of the code says them. */
export const OPTION = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  dnsServer: 6,
  hostname: 12,
  domain: 15,
  mtu: 26,
  broadcastAddress: 28,
  staticRoute: 33,
  ntpServer: 42,
  vendorSpecific: 43,
  requestedIp: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverId: 54,
  parameterRequestList: 55,
  message: 56,
  maxMessageSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  vendorClass: 60,
  clientId: 61,
  tftpServerName: 66,
  bootfile: 67,
  userClass: 77,
  relayAgentInfo: 82,
  clientArch: 93,
  clientNdi: 94,
  machineUuid: 97,
  domainSearch: 119,
  classlessRoutes: 121,
  tftpServers: 150,
  ipxe: 175,
  end: 255,
} as const;

/** Sub-options of the relay agent information option (82). */
export const RELAY_SUBOPTION = {
  circuitId: 1,
  remoteId: 2,
  linkSelection: 5,
  flags: 10,
  serverIdOverride: 11,
} as const;

/** Values of option 53, RFC 2132 §9.6. */
export const MESSAGE_TYPE = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

export type MessageTypeName = keyof typeof MESSAGE_TYPE;

const MESSAGE_TYPE_NAMES: ReadonlyMap<number, MessageTypeName> = new Map(
  Object.entries(MESSAGE_TYPE).map(([name, code]) => [code, name as MessageTypeName]),
);
const OPTION_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(OPTION).map(([name, code]) => [code, name]),
);

/** Name of an option-53 value, or undefined for one that we do not speak (lease queries, forced renewals). */
export function messageTypeName(code: number): MessageTypeName | undefined {
  return MESSAGE_TYPE_NAMES.get(code);
}

/** Name of an option number for people, or undefined for one that has no row in the table. */
export function optionName(code: number): string | undefined {
  return OPTION_NAMES.get(code);
}

/** Sizes in bytes of the fixed part, RFC 2131 §2 figure 1. */
export const FIELD_BYTES = { chaddr: 16, sname: 64, file: 128 } as const;
/** Length of the fixed header in bytes, before the magic cookie. */
export const HEADER_BYTES = 236;
/** What the options area begins with, RFC 2131 §3. */
export const MAGIC_COOKIE = 0x63825363;
/** A BOOTP message has a 64-byte vendor area, so 300 bytes; relays and ROMs drop shorter ones, RFC 1542 §2.1. */
export const MIN_PACKET_BYTES = 300;
/** IPv4 and UDP headers, which option 57 counts: RFC 2131 §2 calls 236 + 312 bytes of message "576 octets". */
export const IP_UDP_HEADER_BYTES = 28;
/** The IP datagram that every client must accept, RFC 2131 §2. */
export const MIN_ACCEPTED_DATAGRAM_BYTES = 576;
