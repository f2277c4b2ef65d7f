import { formatIpv4, NO_ADDRESS } from '../domain/network/ipv4.ts';
import { macFromBytes } from '../domain/network/mac.ts';
import { BROADCAST_FLAG, messageTypeName, OP, OPTION, optionName } from './codes.ts';
import type { OptionMap } from './option-area.ts';
import {
  type OptionRead,
  parseOptionText,
  readIp,
  readIps,
  readText,
  readU8List,
  readU16,
  readU16List,
  readU32,
} from './options.ts';
import type { DhcpPacket } from './packet.ts';

type Show = (options: OptionMap, code: number) => string | undefined;

const showWith =
  <T>(read: (options: OptionMap, code: number) => OptionRead<T>, format: (value: T) => string): Show =>
  (options, code) => {
    const result = read(options, code);
    return result.state === 'value' ? format(result.value) : undefined;
  };

const showIp = showWith(readIp, formatIpv4);
const showIps = showWith(readIps, (ips) => ips.map(formatIpv4).join(', '));
const showText = showWith(readText, (text) => JSON.stringify(text));
const showSeconds = showWith(readU32, (seconds) => `${seconds} s`);
const showNumber = showWith(readU16, String);

/** How the options of the table read. What has no row, or does not parse, is shown in hex. */
const SHOW: ReadonlyMap<number, Show> = new Map<number, Show>([
  [OPTION.subnetMask, showIp],
  [OPTION.router, showIps],
  [OPTION.dnsServer, showIps],
  [OPTION.hostname, showText],
  [OPTION.domain, showText],
  [OPTION.mtu, showNumber],
  [OPTION.broadcastAddress, showIp],
  [OPTION.ntpServer, showIps],
  [OPTION.requestedIp, showIp],
  [OPTION.leaseTime, showSeconds],
  [OPTION.serverId, showIp],
  [OPTION.parameterRequestList, showWith(readU8List, (codes) => codes.join(' '))],
  [OPTION.message, showText],
  [OPTION.maxMessageSize, showNumber],
  [OPTION.renewalTime, showSeconds],
  [OPTION.rebindingTime, showSeconds],
  [OPTION.vendorClass, showText],
  [OPTION.tftpServerName, showText],
  [OPTION.bootfile, showText],
  [OPTION.userClass, (options, code) => showPlainText(options.get(code))],
  [OPTION.clientArch, showWith(readU16List, (codes) => codes.join(' '))],
]);

function showPlainText(bytes: Buffer | undefined): string | undefined {
  const text = bytes === undefined ? undefined : parseOptionText(bytes);
  return text === undefined ? undefined : JSON.stringify(text);
}

/**
 * A packet as text for people who debug a boot: one line for the header, one for every option, in the order of their
 * numbers. Text from the wire is quoted, so it cannot forge a line. No final line feed.
 */
export function formatPacket(packet: DhcpPacket): string {
  const codes = [...packet.options.keys()].filter((code) => code !== OPTION.messageType);
  const lines = codes
    .sort((a, b) => a - b)
    .map((code) => `  ${code} ${optionName(code) ?? 'unknown'}: ${formatOption(packet.options, code)}`);
  return [formatHeader(packet), ...lines].join('\n');
}

function formatOption(options: OptionMap, code: number): string {
  const shown = SHOW.get(code)?.(options, code);
  return shown ?? `0x${options.get(code)?.toString('hex') ?? ''}`;
}

function formatHeader(packet: DhcpPacket): string {
  const words = [formatKind(packet), `xid=${packet.xid.toString(16).padStart(8, '0')}`];
  words.push(packet.hlen === 6 ? macFromBytes(packet.chaddr) : formatHardware(packet));
  for (const field of ['ciaddr', 'yiaddr', 'siaddr', 'giaddr'] as const)
    if (packet[field] !== NO_ADDRESS) words.push(`${field}=${formatIpv4(packet[field])}`);
  if (packet.secs !== 0) words.push(`secs=${packet.secs}`);
  if (packet.hops !== 0) words.push(`hops=${packet.hops}`);
  if ((packet.flags & BROADCAST_FLAG) !== 0) words.push('broadcast');
  for (const field of ['sname', 'file'] as const)
    if (packet[field] !== '') words.push(`${field}=${JSON.stringify(packet[field])}`);
  return words.join(' ');
}

function formatKind(packet: DhcpPacket): string {
  const type = packet.options.get(OPTION.messageType);
  if (type === undefined) return packet.op === OP.bootRequest ? 'BOOTP request' : 'BOOTP reply';
  const name = type.length === 1 ? messageTypeName(type.readUInt8(0)) : undefined;
  return name?.toUpperCase() ?? `type 0x${type.toString('hex')}`;
}

function formatHardware(packet: DhcpPacket): string {
  return `htype=${packet.htype} chaddr=${packet.chaddr.toString('hex', 0, packet.hlen)}`;
}
