import { broadcastOf, ipv4ToBytes, netmask } from '../domain/network/ipv4.ts';
import type { DhcpClient } from './client.ts';
import { OPTION } from './codes.ts';
import type { DhcpFacts, DhcpSubnet, OwnOption } from './facts.ts';
import type { OptionMap } from './option-area.ts';
import { domainNamesBytes, ipsBytes, textBytes, u16Bytes } from './options.ts';

/** Options by which machines find their boot server: to one that netboots, only the boot part of the answer speaks. */
const BOOT_SERVER_OPTIONS: readonly number[] = [
  OPTION.vendorSpecific,
  OPTION.tftpServerName,
  OPTION.tftpServers,
];

/** Every client is told these; the other built-in ones only those that ask for them, or that ask for nothing. */
const FOR_EVERYONE: readonly number[] = [OPTION.subnetMask, OPTION.router, OPTION.dnsServer];

/**
 * What a client is told of its network: the fields of the subnet, the host name, and the site's own options over them.
 * RFC 2131 §4.3.1 lets a server choose; small packets matter to ROMs, so an option of one's own goes to clients that
 * list it in option 55, unless it is marked to be sent always.
 */
export function networkOptions(client: DhcpClient, facts: DhcpFacts, subnet: DhcpSubnet): OptionMap {
  const lists = (code: number): boolean | undefined => client.requestedOptions?.includes(code);
  const chosen = new Map<number, Buffer>();
  for (const [code, value] of builtInOptions(facts, subnet))
    if (FOR_EVERYONE.includes(code) || (lists(code) ?? true)) chosen.set(code, value);
  for (const option of facts.ownOptions ?? []) {
    const { code, value, always } = option;
    if (value.length === 0) chosen.delete(code);
    // In the place of a built-in one it goes to whom that would have gone.
    else if (
      isFor(client, option) &&
      (always || FOR_EVERYONE.includes(code) || chosen.has(code) || lists(code))
    )
      chosen.set(code, value);
  }
  return lists(OPTION.classlessRoutes) ? withoutRouters(chosen) : chosen;
}

function isFor(client: DhcpClient, { code }: OwnOption): boolean {
  const netboots = client.isPxe || client.isHttpClient || client.isIpxe;
  return !netboots || !BOOT_SERVER_OPTIONS.includes(code);
}

function builtInOptions(facts: DhcpFacts, subnet: DhcpSubnet): ReadonlyMap<number, Buffer> {
  const { gateway, dnsServers, domain, domainSearch = [], mtu, ntpServers, network } = subnet;
  const hostname = facts.reservation?.hostname;
  const entries = new Map<number, Buffer>([[OPTION.subnetMask, ipv4ToBytes(netmask(network.prefix))]]);
  if (gateway !== undefined) entries.set(OPTION.router, ipv4ToBytes(gateway));
  if (dnsServers.length > 0) entries.set(OPTION.dnsServer, ipsBytes(dnsServers));
  if (hostname !== undefined) entries.set(OPTION.hostname, textBytes(hostname));
  if (domain !== undefined) entries.set(OPTION.domain, textBytes(domain));
  if (mtu !== undefined) entries.set(OPTION.mtu, u16Bytes(mtu));
  entries.set(OPTION.broadcastAddress, ipv4ToBytes(broadcastOf(network)));
  if (ntpServers.length > 0) entries.set(OPTION.ntpServer, ipsBytes(ntpServers));
  // RFC 3397 §2.
  if (domainSearch.length > 0) entries.set(OPTION.domainSearch, domainNamesBytes(domainSearch));
  return entries;
}

/**
 * RFC 3442: a client that asks for option 121 ignores options 3 and 33 beside it, and the server should leave them out.
 * So that a site which adds one route does not lose its gateway, the gateway goes into the list as its default route.
 */
function withoutRouters(chosen: Map<number, Buffer>): OptionMap {
  const routes = chosen.get(OPTION.classlessRoutes);
  if (routes === undefined) return chosen;
  const router = chosen.get(OPTION.router)?.subarray(0, 4);
  chosen.delete(OPTION.router);
  chosen.delete(OPTION.staticRoute);
  if (router !== undefined && !hasDefaultRoute(routes))
    chosen.set(OPTION.classlessRoutes, Buffer.concat([routes, Buffer.of(0), router]));
  return chosen;
}

/** Walks the list of RFC 3442: prefix, its significant octets, router. */
function hasDefaultRoute(routes: Buffer): boolean {
  let at = 0;
  while (at < routes.length) {
    const prefix = routes.readUInt8(at);
    if (prefix === 0) return true;
    at += 1 + Math.ceil(prefix / 8) + 4;
  }
  return false;
}
