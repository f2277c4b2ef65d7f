import { type DhcpClient, describeClient, type Reception } from '../../src/dhcp/client.ts';
import type { BootTarget, DhcpFacts, DhcpSubnet } from '../../src/dhcp/facts.ts';
import type { DhcpPacket } from '../../src/dhcp/packet.ts';
import { parseNetwork } from '../../src/domain/network/ipv4.ts';
import { ip, packetOf } from './dhcp-packets.ts';
import { must } from './must.ts';

/** The time at which the tests decide. */
export const NOW_MS = 1_000_000_000_000;

export const RECEPTION: Reception = {
  interfaceName: 'lan0',
  serverAddress: ip('10.99.0.1'),
  localNetworks: [must(parseNetwork('10.99.0.0/24'), 'network')],
};

/** 10.99.0.0/24 with the dynamic range .100–.199. */
export const SUBNET: DhcpSubnet = {
  id: 'lab',
  network: must(parseNetwork('10.99.0.0/24'), 'network'),
  mode: 'authoritative',
  gateway: ip('10.99.0.254'),
  dnsServers: [ip('10.99.0.2'), ip('10.99.0.3')],
  domain: 'lab.example',
  ntpServers: [ip('10.99.0.4')],
  mtu: 1500,
  leaseSeconds: 3601,
  ranges: [{ first: ip('10.99.0.100'), last: ip('10.99.0.199') }],
};

export const NO_BOOT: BootTarget = { kind: 'none', reason: 'boots from its disk' };

export const LOADER: BootTarget = {
  kind: 'boot',
  action: 'install',
  reason: 'armed',
  nextServer: ip('10.99.0.1'),
  bootfile: 'x64/snponly.efi',
  httpBoot: false,
};

/** Facts of the lab subnet, changed as the test says. */
export function factsOf(changes: Partial<DhcpFacts> = {}): DhcpFacts {
  return { subnet: SUBNET, serverId: ip('10.99.0.1'), ...changes };
}

/** The client that sends this packet in the lab. */
export function clientOf(changes: Partial<DhcpPacket>): DhcpClient {
  return describeClient(packetOf(changes), RECEPTION);
}
