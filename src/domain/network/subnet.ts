import { z } from 'zod';
import type { Problem } from '../errors.ts';
import { canonicalIpv4, hostname, ipv4Text, networkText, patchOf, recordName } from '../records/fields.ts';
import { DHCP_MODES } from './dhcp-mode.ts';
import { dhcpOptionsInput } from './dhcp-option.ts';
import { broadcastOf, formatIpv4, type Ipv4, networkContains, parseNetwork } from './ipv4.ts';

const rangeInput = z.strictObject({ from: ipv4Text, to: ipv4Text });

const leaseTime = z.int().min(120).max(31_536_000);

/** A subnet: a network with what its machines need to know, and its dynamic ranges. */
export const subnetInput = z.strictObject({
  name: recordName,
  network: networkText,
  gateway: ipv4Text.nullable().default(null),
  dnsServers: z.array(ipv4Text).max(8).default([]),
  ntpServers: z.array(ipv4Text).max(8).default([]),
  domain: hostname.nullable().default(null),
  domainSearch: z.array(hostname).max(16).default([]),
  mtu: z.int().min(576).max(9216).nullable().default(null),
  /** How long an address is lent to a client that does not ask for a time. */
  leaseSeconds: leaseTime.default(3600),
  /** What a client may ask for (option 51); null = `leaseSeconds`, so that null twice leaves clients no choice. */
  minLeaseSeconds: leaseTime.nullable().default(null),
  maxLeaseSeconds: leaseTime.nullable().default(null),
  /** `off` is the default: a network that nobody declared is never answered. */
  dhcp: z.enum(DHCP_MODES).default('off'),
  /** siaddr for booting machines; null = the service's own address on the interface that heard the machine. */
  nextServer: ipv4Text.nullable().default(null),
  ranges: z.array(rangeInput).max(64).default([]),
  /** Addresses inside the ranges that are never given dynamically; records may have them. */
  exclusions: z.array(rangeInput).max(256).default([]),
  dhcpOptions: dhcpOptionsInput.default([]),
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
  return asNumbers(subnet.ranges);
}

/** What of the ranges is given dynamically: without the exclusions, in order of the first address. */
export function dynamicRangesOf(subnet: Pick<SubnetInput, 'ranges' | 'exclusions'>): AddressRange[] {
  return asNumbers(subnet.exclusions).reduce(
    (left, hole) => left.flatMap((range) => withoutHole(range, hole)),
    rangesOf(subnet),
  );
}

/** Addresses that are never chosen for a record without being named: the ranges, and what is excluded anywhere. */
export function unchosenRangesOf(subnet: Pick<SubnetInput, 'ranges' | 'exclusions'>): AddressRange[] {
  return asNumbers([...subnet.ranges, ...subnet.exclusions]);
}

function asNumbers(ranges: SubnetInput['ranges']): AddressRange[] {
  return ranges
    .map((range) => ({ from: canonicalIpv4(range.from), to: canonicalIpv4(range.to) }))
    .sort((a, b) => a.from - b.from);
}

function withoutHole(range: AddressRange, hole: AddressRange): AddressRange[] {
  if (hole.to < range.from || hole.from > range.to) return [range];
  const before = { from: range.from, to: (hole.from - 1) as Ipv4 };
  const after = { from: (hole.to + 1) as Ipv4, to: range.to };
  return [before, after].filter(({ from, to }) => from <= to);
}

/** The shortest, the usual and the longest lease that a client can have, in seconds. */
export function leaseTimesOf(
  subnet: Pick<SubnetInput, 'leaseSeconds' | 'minLeaseSeconds' | 'maxLeaseSeconds'>,
): LeaseTimes {
  const { leaseSeconds, minLeaseSeconds, maxLeaseSeconds } = subnet;
  return {
    min: minLeaseSeconds ?? leaseSeconds,
    default: leaseSeconds,
    max: maxLeaseSeconds ?? leaseSeconds,
  };
}

export interface LeaseTimes {
  readonly min: number;
  readonly default: number;
  readonly max: number;
}

/** The dynamic range that holds the address, if any; an excluded address is in none. */
export function rangeHolding(
  subnet: Pick<SubnetInput, 'ranges' | 'exclusions'>,
  ip: Ipv4,
): AddressRange | undefined {
  const holds = ({ from, to }: AddressRange): boolean => ip >= from && ip <= to;
  return dynamicRangesOf(subnet).some(holds) ? rangesOf(subnet).find(holds) : undefined;
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
  for (const field of ['ranges', 'exclusions'] as const) {
    subnet[field].forEach((range, index) => {
      inside(`${field}.${index}.from`, range.from);
      inside(`${field}.${index}.to`, range.to);
      if (canonicalIpv4(range.from) > canonicalIpv4(range.to)) {
        const message = `${range.from}-${range.to} ends before it begins`;
        problems.push({ path: `${field}.${index}`, message });
      }
    });
  }
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
        message: `${text} lies in a dynamic range of the same subnet; take it out of the range, or exclude it`,
      });
    }
  }
  return [...problems, ...leaseProblems(subnet)];
}

function leaseProblems(subnet: SubnetInput): Problem[] {
  const { min, default: usual, max } = leaseTimesOf(subnet);
  const problems: Problem[] = [];
  if (min > usual)
    problems.push({ path: 'minLeaseSeconds', message: `${min} is more than the usual lease of ${usual} s` });
  if (max < usual)
    problems.push({ path: 'maxLeaseSeconds', message: `${max} is less than the usual lease of ${usual} s` });
  return problems;
}
