import { MESSAGE_TYPE, OPTION } from '../../src/dhcp/codes.ts';
import type { chooseDestination } from '../../src/dhcp/destination.ts';
import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { formatIpv4, ipv4ToBytes } from '../../src/domain/network/ipv4.ts';
import { parseMac } from '../../src/domain/network/mac.ts';
import { dhcpService } from '../../src/services/dhcp/dhcp.ts';
import type { PacketReception } from '../../src/services/dhcp/dhcp-reception.ts';
import { ip, packetOf } from './dhcp-packets.ts';
import { must } from './must.ts';
import type { ServiceWorld } from './service-world.ts';

/** A message in the words of a test: addresses as text, options in hex. */
export interface Message {
  readonly type: keyof typeof MESSAGE_TYPE | 'bootp';
  readonly mac?: string;
  readonly ciaddr?: string;
  readonly giaddr?: string;
  readonly requested?: string;
  readonly server?: string;
  readonly options?: Readonly<Record<number, string>>;
  readonly header?: Partial<DhcpPacket>;
}

/** What came of it: `ack 10.99.0.100 from 10.99.0.5`, or `silence`; and the whole reply. */
export interface Said {
  readonly text: string;
  readonly to: ReturnType<typeof chooseDestination>['kind'] | undefined;
  readonly reply: DhcpPacket | undefined;
}

export function packetFrom(message: Message): DhcpPacket {
  const options = new Map<number, Buffer>();
  if (message.type !== 'bootp') options.set(OPTION.messageType, Buffer.of(MESSAGE_TYPE[message.type]));
  if (message.requested !== undefined) options.set(OPTION.requestedIp, ipv4ToBytes(ip(message.requested)));
  if (message.server !== undefined) options.set(OPTION.serverId, ipv4ToBytes(ip(message.server)));
  for (const [code, hex] of Object.entries(message.options ?? {}))
    options.set(Number(code), Buffer.from(hex, 'hex'));
  const mac = must(parseMac(message.mac ?? '52:54:00:00:00:77'), 'a MAC').replaceAll(':', '');
  return packetOf({
    chaddr: Buffer.from(mac.padEnd(32, '0'), 'hex'),
    ciaddr: ip(message.ciaddr ?? '0.0.0.0'),
    giaddr: ip(message.giaddr ?? '0.0.0.0'),
    options,
    ...message.header,
  });
}

/** Sends messages through the whole DHCP service of a world, heard on an interface with these addresses (/24). */
export function dhcpTester(world: ServiceWorld, addresses: readonly string[]) {
  const onExchange = world.strangers.notice;
  const settings = { httpPort: 80, ownAddresses: () => world.ownAddresses, onExchange };
  const service = dhcpService(world.deps, world.services.events, world.services.installs, settings);
  return async (message: Message, more: Partial<PacketReception> = {}): Promise<Said> => {
    const serverAddresses = addresses.map((address) => ({ address: ip(address), prefix: 24 }));
    const bytes = encodePacket(packetFrom(message));
    const answer = await service.handle(bytes, { interfaceName: 'lan0', serverAddresses, ...more });
    if (answer === undefined) return { text: 'silence', to: undefined, reply: undefined };
    const reply = decodePacket(answer.bytes);
    const code = reply.options.get(OPTION.messageType)?.[0];
    const type = Object.entries(MESSAGE_TYPE).find(([, value]) => value === code)?.[0] ?? 'bootp';
    const server = reply.options.get(OPTION.serverId);
    const from = server === undefined ? '' : ` from ${formatIpv4(server.readUInt32BE() as never)}`;
    const address = type === 'nak' ? '' : ` ${formatIpv4(reply.yiaddr)}`;
    return { text: `${type}${address}${from}`, to: answer.destination.kind, reply };
  };
}
