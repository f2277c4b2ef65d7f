import type { DhcpSubnet, OwnOption } from '../../dhcp/facts.ts';
import { type DhcpOption, encodeOptionValue, mergeOptions } from '../../domain/network/dhcp-option.ts';
import { parseNetwork } from '../../domain/network/ipv4.ts';
import { dynamicRangesOf, leaseTimesOf, type Subnet } from '../../domain/network/subnet.ts';
import { canonicalIpv4 } from '../../domain/records/fields.ts';
import type { MachineFacts } from '../../store/interfaces/dhcp-store.ts';

// Text to numbers once a record, not once a packet; a record that changes is a new object, so nothing goes stale.
const known = new WeakMap<Subnet, DhcpSubnet>();
const knownOptions = new WeakMap<Subnet, readonly OwnOption[]>();

/** A subnet's record as the decisions read it. */
export function subnetFacts(subnet: Subnet): DhcpSubnet {
  const before = known.get(subnet);
  if (before !== undefined) return before;
  const network = parseNetwork(subnet.network);
  if (network === undefined) throw new TypeError(`not a network: ${subnet.network}`);
  const times = leaseTimesOf(subnet);
  const made: DhcpSubnet = {
    id: subnet.name,
    network,
    mode: subnet.dhcp,
    gateway: subnet.gateway === null ? undefined : canonicalIpv4(subnet.gateway),
    dnsServers: subnet.dnsServers.map(canonicalIpv4),
    ntpServers: subnet.ntpServers.map(canonicalIpv4),
    domain: subnet.domain ?? undefined,
    domainSearch: subnet.domainSearch,
    mtu: subnet.mtu ?? undefined,
    leaseSeconds: times.default,
    minLeaseSeconds: times.min,
    maxLeaseSeconds: times.max,
    ranges: dynamicRangesOf(subnet).map((range) => ({ first: range.from, last: range.to })),
  };
  known.set(subnet, made);
  return made;
}

/** The options of the subnet under those of the machine; the subnet's alone are encoded once. */
export function ownOptionsOf(subnet: Subnet, machine: MachineFacts | undefined): readonly OwnOption[] {
  if (machine === undefined || machine.dhcpOptions.length === 0) {
    const before = knownOptions.get(subnet);
    if (before !== undefined) return before;
    const made = subnet.dhcpOptions.map(toOwnOption);
    knownOptions.set(subnet, made);
    return made;
  }
  const layers = [subnet.dhcpOptions, machine.dhcpOptions].map((options) => ({ source: null, options }));
  return mergeOptions(layers).map(({ option }) => toOwnOption(option));
}

function toOwnOption(option: DhcpOption): OwnOption {
  return { code: option.code, value: encodeOptionValue(option), always: option.always };
}
