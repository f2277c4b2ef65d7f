import { endianness } from 'node:os';
import {
  type Ipv4,
  type Ipv4Network,
  ipv4FromBytes,
  networkContains,
  parseIpv4,
} from '../../src/domain/network/ipv4.ts';

// An interface without a link (cable out, switch starting, bridge without ports) keeps its addresses, but
// getifaddrs as Node calls it leaves it out. The kernel's routing tables in text still have them.

/** A network that an interface is attached to directly. */
interface ConnectedNetwork extends Ipv4Network {
  readonly name: string;
}

/** An address and the interface it is on. */
export interface LinklessAddress {
  readonly name: string;
  readonly address: Ipv4;
  readonly prefix: number;
}

/**
 * The machine's addresses with the interface they are on, from /proc/net/route and /proc/net/fib_trie. The
 * first knows networks by interface, the second knows addresses: an address goes to the most specific
 * network that holds it. One without a network of its own (a lone /32) is left out.
 */
export function findLinklessAddresses(
  routeText: string,
  fibTrieText: string,
  order: 'LE' | 'BE' = endianness(),
): readonly LinklessAddress[] {
  const networks = [...parseConnectedNetworks(routeText, order)].sort((a, b) => b.prefix - a.prefix);
  return parseLocalAddresses(fibTrieText).flatMap((address) => {
    const home = networks.find((network) => networkContains(network, address));
    return home === undefined ? [] : [{ name: home.name, address, prefix: home.prefix }];
  });
}

/** Rows of /proc/net/route without a gateway; the default route is no network of an interface. */
function parseConnectedNetworks(text: string, order: 'LE' | 'BE'): readonly ConnectedNetwork[] {
  return text.split('\n').flatMap((line) => {
    const [name, destination, gateway, , , , , mask] = line.trim().split(/\s+/);
    if (name === undefined || gateway !== '00000000' || mask === '00000000') return [];
    const network = parseHexAddress(destination, order);
    const maskAddress = parseHexAddress(mask, order);
    if (network === undefined || maskAddress === undefined) return [];
    const prefix = 32 - Math.log2(2 ** 32 - maskAddress);
    return Number.isInteger(prefix) ? [{ name, network, prefix }] : [];
  });
}

/** `0000050A`: the 32 bits in network order, printed as a number of the machine's order. */
function parseHexAddress(text: string | undefined, order: 'LE' | 'BE'): Ipv4 | undefined {
  if (text === undefined || !/^[0-9A-F]{8}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'hex');
  return ipv4FromBytes(order === 'LE' ? bytes.reverse() : bytes);
}

/** Leaves of /proc/net/fib_trie that are `/32 host LOCAL`, each once, without 127.0.0.0/8. */
function parseLocalAddresses(text: string): readonly Ipv4[] {
  const found = new Set<Ipv4>();
  for (const [, address = ''] of text.matchAll(/\|-- ([0-9.]+)\n\s+\/32 host LOCAL/g)) {
    const ip = parseIpv4(address);
    if (ip !== undefined && ip >>> 24 !== 127) found.add(ip);
  }
  return [...found];
}
