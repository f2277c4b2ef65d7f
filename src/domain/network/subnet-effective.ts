import { mergeOptions } from './dhcp-option.ts';
import { usualType } from './dhcp-option-codes.ts';
import { broadcastOf, formatIpv4, netmask, parseNetwork } from './ipv4.ts';
import { dynamicRangesOf, type LeaseTimes, leaseTimesOf, type Subnet } from './subnet.ts';

/** What the fields of a subnet come to, once defaults, exclusions and options of one's own are laid over each other. */
export interface EffectiveSubnet {
  readonly leaseSeconds: LeaseTimes;
  /** `10.99.0.100-10.99.0.119`: ranges without the exclusions. */
  readonly dynamicRanges: readonly string[];
  readonly dynamicAddresses: number;
  /** What machines are told, by the option's number; profiles and systems may change it for theirs. */
  readonly options: Readonly<Record<string, string>>;
}

export interface SubnetDetails extends Subnet {
  readonly effective: EffectiveSubnet;
}

/** A subnet with what its fields come to. */
export function withEffective(subnet: Subnet): SubnetDetails {
  const ranges = dynamicRangesOf(subnet);
  return {
    ...subnet,
    effective: {
      leaseSeconds: leaseTimesOf(subnet),
      dynamicRanges: ranges.map(({ from, to }) => `${formatIpv4(from)}-${formatIpv4(to)}`),
      dynamicAddresses: ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0),
      options: optionTexts(subnet),
    },
  };
}

function optionTexts(subnet: Subnet): Record<string, string> {
  const texts = new Map<number, string>(builtInTexts(subnet));
  for (const { option } of mergeOptions([{ source: null, options: subnet.dhcpOptions }])) {
    const { code, value, always } = option;
    if (value === '') texts.delete(code);
    else texts.set(code, `${usualType(code)?.name ?? option.type}: ${value}${always ? ' (always)' : ''}`);
  }
  return Object.fromEntries([...texts].sort(([a], [b]) => a - b));
}

function builtInTexts(subnet: Subnet): [number, string][] {
  const net = parseNetwork(subnet.network);
  const { gateway, dnsServers, ntpServers, domain, domainSearch, mtu } = subnet;
  const all: [number, string, string | number | null][] = [
    [1, 'mask', net === undefined ? null : formatIpv4(netmask(net.prefix))],
    [3, 'routers', gateway],
    [6, 'DNS servers', dnsServers.join(',')],
    [15, 'domain', domain],
    [26, 'MTU', mtu],
    [28, 'broadcast', net === undefined ? null : formatIpv4(broadcastOf(net))],
    [42, 'NTP servers', ntpServers.join(',')],
    [119, 'domain search', domainSearch.join(',')],
  ];
  return all.flatMap(([code, name, value]) =>
    value === null || value === '' ? [] : [[code, `${name}: ${value}`]],
  );
}
