import { z } from 'zod';
import type { Problem } from './errors.ts';
import { canonicalIpv4, hostname, ipv4Text, networkText, patchOf, recordName } from './fields.ts';
import { broadcastOf, formatIpv4, type Ipv4, networkContains, parseNetwork } from './ipv4.ts';

/**
 * Who gives addresses on a subnet. `off`: never answered. `authoritative`: only this service, which says no to wrong
 * addresses. `shared`: this service beside another one, so it is silent towards machines that it does not know, unless
 * they ask it by name. `proxy`: another server alone; this one answers with boot information only.
 */
export const DHCP_MODES = ['off', 'authoritative', 'shared', 'proxy'] as const;
export type DhcpMode = (typeof DHCP_MODES)[number];

const rangeInput = z.strictObject({ from: ipv4Text, to: ipv4Text });

/** A subnet: a network with what its machines need to know, and its dynamic ranges. */
export const subnetInput = z.strictObject({
  name: recordName,
  network: networkText,
  gateway: ipv4Text.nullable().default(null),
  dnsServers: z.array(ipv4Text).max(8).default([]),
  ntpServers: z.array(ipv4Text).max(8).default([]),
  domain: hostname.nullable().default(null),
  mtu: z.int().min(576).max(9216).nullable().default(null),
  leaseSeconds: z.int().min(120).max(31_536_000).default(3600),
  /** `off` is the default: a network that nobody declared is never answered. */
  dhcp: z.enum(DHCP_MODES).default('off'),
  /** siaddr for booting machines; null = the service's own address on the interface that heard the machine. */
  nextServer: ipv4Text.nullable().default(null),
  ranges: z.array(rangeInput).max(64).default([]),
});
export const subnetPatch = patchOf(subnetInput);

export type SubnetInput = z.infer<typeof subnetInput>;
export interface Subnet extends SubnetInput {
  readonly id: number;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface AddressRange {
  readonly from: Ipv4;
  readonly to: Ipv4;
}

/** Ranges as numbers, in order of their first address. */
export function rangesOf(subnet: Pick<SubnetInput, 'ranges'>): AddressRange[] {
  return subnet.ranges
    .map((range) => ({ from: canonicalIpv4(range.from), to: canonicalIpv4(range.to) }))
    .sort((a, b) => a.from - b.from);
}

/** The dynamic range that holds the address, if any. */
export function rangeHolding(subnet: Pick<SubnetInput, 'ranges'>, ip: Ipv4): AddressRange | undefined {
  return rangesOf(subnet).find((range) => ip >= range.from && ip <= range.to);
}

/** Everything that is wrong with a subnet taken by itself; what other records hold is the store's to say. */
export function subnetProblems(subnet: SubnetInput): Problem[] {
  const problems: Problem[] = [];
  const net = parseNetwork(subnet.network);
  if (net === undefined) return [{ path: 'network', message: `'${subnet.network}' is not a network` }];
  const inside = (path: string, text: string | null): void => {
    if (text === null) return;
    const ip = canonicalIpv4(text);
    if (!networkContains(net, ip)) problems.push({ path, message: `${text} is not in ${subnet.network}` });
    else if (ip === net.network)
      problems.push({ path, message: `${text} is the network address of ${subnet.network}` });
    else if (ip === broadcastOf(net))
      problems.push({ path, message: `${text} is the broadcast address of ${subnet.network}` });
  };
  inside('gateway', subnet.gateway);
  subnet.ranges.forEach((range, index) => {
    inside(`ranges.${index}.from`, range.from);
    inside(`ranges.${index}.to`, range.to);
    if (canonicalIpv4(range.from) > canonicalIpv4(range.to)) {
      problems.push({ path: `ranges.${index}`, message: `${range.from}-${range.to} ends before it begins` });
    }
  });
  rangesOf(subnet).forEach((range, index, all) => {
    const next = all[index + 1];
    if (next !== undefined && next.from <= range.to) {
      problems.push({ path: 'ranges', message: `ranges overlap at ${formatIpv4(next.from)}` });
    }
  });
  for (const [path, text] of [
    ['gateway', subnet.gateway],
    ['nextServer', subnet.nextServer],
  ] as const) {
    if (text !== null && rangeHolding(subnet, canonicalIpv4(text)) !== undefined) {
      problems.push({
        path,
        message: `${text} lies in a dynamic range of the same subnet; take it out of the range`,
      });
    }
  }
  return problems;
}
