import { notFound } from '../domain/errors.ts';
import { broadcastOf, formatIpv4, type Ipv4, parseNetwork } from '../domain/ipv4.ts';
import { dynamicRangesOf, type Subnet } from '../domain/subnet.ts';
import type { AddressHolder } from '../store/address-store.ts';
import type { StoreTransaction } from '../store/store.ts';
import type { Deps } from './deps.ts';

/** Addresses of a subnet one after the other that are alike, or one that somebody holds. */
export interface AddressSpan {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** `held`: by whom `holder` says. `dynamic`: leased to anybody. `excluded`: never chosen. */
  readonly use: 'held' | 'free' | 'dynamic' | 'excluded';
  readonly kind: AddressHolder['kind'] | null;
  readonly holder: string | null;
  readonly interface: string | null;
  readonly system: string | null;
}

const KINDS: readonly AddressHolder['kind'][] = ['interface', 'bmc', 'gateway', 'server', 'lease'];

/** Holders shown of one subnet; a network of more is looked at by the command. */
const MOST_HOLDERS = 5000;

/** Who holds which address of a subnet, and which are free. Throws DomainError 'not-found'. */
export type ShowAddresses = (subnet: string) => Promise<AddressSpan[]>;

export function subnetAddresses({ store: { read }, now }: Pick<Deps, 'store' | 'now'>): ShowAddresses {
  return async (name) => {
    const subnet = await read.subnets.find(name);
    if (subnet === undefined) throw notFound('subnet', name);
    return listAddresses(read, subnet, now());
  };
}

/** Every address between network and broadcast. */
async function listAddresses(
  read: Pick<StoreTransaction, 'addresses'>,
  subnet: Subnet,
  nowMs: number,
): Promise<AddressSpan[]> {
  const net = parseNetwork(subnet.network);
  if (net === undefined) return [];
  const [first, last] = [(net.network + 1) as Ipv4, (broadcastOf(net) - 1) as Ipv4];
  const holders = await read.addresses.listHolders(first, last, KINDS, MOST_HOLDERS);
  const held = new Set(await read.addresses.listHeld(first, last, nowMs));
  // A lease that is over stands there until its address is wanted.
  return spansOf(
    subnet,
    first,
    last,
    holders.filter(({ ip }) => held.has(ip)),
  );
}

/** Pure: the addresses from `first` to `last`, cut where their use changes. */
export function spansOf(
  subnet: Pick<Subnet, 'ranges' | 'exclusions'>,
  first: Ipv4,
  last: Ipv4,
  holders: readonly AddressHolder[],
): AddressSpan[] {
  const dynamic = dynamicRangesOf(subnet);
  const excluded = dynamicRangesOf({ ranges: subnet.exclusions, exclusions: [] });
  const useOf = (ip: Ipv4): 'free' | 'dynamic' | 'excluded' => {
    if (dynamic.some(({ from, to }) => ip >= from && ip <= to)) return 'dynamic';
    return excluded.some(({ from, to }) => ip >= from && ip <= to) ? 'excluded' : 'free';
  };
  const edges = [...dynamic, ...excluded].flatMap(({ from, to }) => [from, to + 1]);
  const cuts = [...edges, ...holders.flatMap(({ ip }) => [ip, ip + 1]), first, last + 1]
    .filter((at) => at >= first && at <= last + 1)
    .sort((a, b) => a - b);
  const byIp = new Map(holders.map((holder) => [holder.ip, holder]));
  const spans: AddressSpan[] = [];
  for (const [index, from] of cuts.entries()) {
    const next = cuts[index + 1];
    if (next === undefined || next === from) continue;
    const holder = byIp.get(from as Ipv4);
    spans.push({
      from: formatIpv4(from as Ipv4),
      to: formatIpv4((next - 1) as Ipv4),
      count: next - from,
      use: holder === undefined ? useOf(from as Ipv4) : 'held',
      kind: holder?.kind ?? null,
      holder: holder?.conflict.holder ?? null,
      interface: holder?.conflict.interface ?? null,
      system: systemOf(holder),
    });
  }
  return spans;
}

function systemOf(holder: AddressHolder | undefined): string | null {
  return /^(?:BMC of )?system (.+)$/.exec(holder?.conflict.holder ?? '')?.[1] ?? null;
}
