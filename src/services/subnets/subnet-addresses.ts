import { notFound } from '../../domain/errors.ts';
import { broadcastOf, formatIpv4, type Ipv4, parseIpv4, parseNetwork } from '../../domain/network/ipv4.ts';
import { dynamicRangesOf, type Subnet } from '../../domain/network/subnet.ts';
import type { AddressHolder } from '../../store/interfaces/address-store.ts';
import { OTHER } from '../access/hide-others.ts';
import { namesInScope } from '../access/scope.ts';
import type { Actor, Deps } from '../deps.ts';

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

/** How many addresses of each use a subnet has. */
export type AddressCounts = Readonly<Record<AddressSpan['use'], number>>;

/** A part of a subnet's addresses, and where the parts beside it begin. */
export interface AddressPart {
  readonly spans: readonly AddressSpan[];
  /** Of the whole subnet. */
  readonly counts: AddressCounts;
  readonly previous: string | null;
  readonly next: string | null;
}

export interface ShowAddresses {
  /**
   * Who holds which address, and which are free: the part that `at` lies in, the first where that is no address of it. Of systems
   * outside the actor's scope only that they hold one. Throws DomainError 'not-found'.
   */
  part(subnet: string, actor: Pick<Actor, 'scope'>, at?: string): Promise<AddressPart>;
  /** Throws DomainError 'not-found'. */
  counts(subnet: string): Promise<AddressCounts>;
}

const KINDS: readonly AddressHolder['kind'][] = ['interface', 'bmc', 'gateway', 'server', 'lease'];

/** Held addresses of one part. */
export const HELD_A_PART = 200;

/** The addresses between network and broadcast, and those of them that are held, ascending. */
interface Whole {
  readonly subnet: Subnet;
  readonly first: Ipv4;
  readonly last: Ipv4;
  readonly held: readonly Ipv4[];
}

export function subnetAddresses({ store: { read }, now }: Pick<Deps, 'store' | 'now'>): ShowAddresses {
  const whole = async (name: string): Promise<Whole> => {
    const subnet = await read.subnets.find(name);
    const net = subnet && parseNetwork(subnet.network);
    if (subnet === undefined || net === undefined) throw notFound('subnet', name);
    const [first, last] = [(net.network + 1) as Ipv4, (broadcastOf(net) - 1) as Ipv4];
    return { subnet, first, last, held: await read.addresses.listHeld(first, last, now()) };
  };
  return {
    async part(name, actor, at = '') {
      const all = await whole(name);
      const { from, to, held, previous, next } = partOf(all, parseIpv4(at));
      const holders = await read.addresses.listHolders(from, to, KINDS, Math.max(1, to - from + 1));
      const visible = await namesInScope(read, actor);
      const spans = spansOf({ ...all, first: from, last: to, held }, holders);
      const text = (ip: Ipv4 | null) => (ip === null ? null : formatIpv4(ip));
      return {
        spans: visible === null ? spans : spans.map((span) => hidden(span, visible)),
        counts: countsOf(all),
        previous: text(previous),
        next: text(next),
      };
    },
    counts: async (name) => countsOf(await whole(name)),
  };
}

/** The part that an address lies in, by the number of held addresses before it. Pure. */
export function partOf(
  { first, last, held }: Pick<Whole, 'first' | 'last' | 'held'>,
  at: Ipv4 | undefined,
): { from: Ipv4; to: Ipv4; held: readonly Ipv4[]; previous: Ipv4 | null; next: Ipv4 | null } {
  const behind = at === undefined || at < first || at > last ? 0 : held.findIndex((ip) => ip >= at);
  const parts = Math.max(1, Math.ceil(held.length / HELD_A_PART));
  const part = Math.min(parts - 1, Math.floor((behind < 0 ? held.length : behind) / HELD_A_PART));
  const startOf = (index: number) => ((held[index * HELD_A_PART - 1] ?? first - 1) + 1) as Ipv4;
  const [from, behindIt] = [startOf(part), startOf(part + 1)];
  const isLast = part === parts - 1;
  return {
    from,
    to: isLast ? last : ((behindIt - 1) as Ipv4),
    held: held.slice(part * HELD_A_PART, (part + 1) * HELD_A_PART),
    previous: part === 0 ? null : startOf(part - 1),
    next: isLast ? null : behindIt,
  };
}

/** Pure: the addresses from `first` to `last`, cut where their use changes. */
export function spansOf(
  {
    subnet,
    first,
    last,
    held,
  }: Omit<Whole, 'subnet'> & { readonly subnet: Pick<Subnet, 'ranges' | 'exclusions'> },
  holders: readonly AddressHolder[],
): AddressSpan[] {
  const ranges = usesOf(subnet);
  const isHeld = new Set(held);
  const edges = ranges.flatMap(({ from, to }) => [from, to + 1]);
  const cuts = [...edges, ...held.flatMap((ip) => [ip, ip + 1]), first, last + 1]
    .filter((at) => at >= first && at <= last + 1)
    .sort((a, b) => a - b);
  const byIp = new Map(holders.map((holder) => [holder.ip, holder]));
  const spans: AddressSpan[] = [];
  for (const [index, from] of cuts.entries()) {
    const next = cuts[index + 1];
    if (next === undefined || next === from) continue;
    const ip = from as Ipv4;
    // A lease that is over stands there until its address is wanted.
    const holder = isHeld.has(ip) ? byIp.get(ip) : undefined;
    const range = ranges.find((one) => from >= one.from && from <= one.to);
    spans.push({
      from: formatIpv4(ip),
      to: formatIpv4((next - 1) as Ipv4),
      count: next - from,
      use: isHeld.has(ip) ? 'held' : (range?.use ?? 'free'),
      kind: holder?.kind ?? null,
      holder: holder?.conflict.holder ?? null,
      interface: holder?.conflict.interface ?? null,
      system: systemOf(holder),
    });
  }
  return spans;
}

/** How many addresses of each use there are. Pure. */
export function countsOf({
  subnet,
  first,
  last,
  held,
}: Omit<Whole, 'subnet'> & { readonly subnet: Pick<Subnet, 'ranges' | 'exclusions'> }): AddressCounts {
  const counts = { held: held.length, free: 0, dynamic: 0, excluded: 0 };
  const ranges = usesOf(subnet);
  for (const { use, from, to } of ranges) counts[use] += to - from + 1;
  for (const ip of held) {
    const range = ranges.find(({ from, to }) => ip >= from && ip <= to);
    if (range !== undefined) counts[range.use] -= 1;
  }
  counts.free = Math.max(0, last - first + 1 - counts.held - counts.dynamic - counts.excluded);
  return counts;
}

/** Ranges of addresses that are not chosen for records. */
function usesOf({ ranges, exclusions }: Pick<Subnet, 'ranges' | 'exclusions'>) {
  const all = (use: 'dynamic' | 'excluded', given: Pick<Subnet, 'ranges' | 'exclusions'>) =>
    dynamicRangesOf(given).map(({ from, to }) => ({ use, from, to }));
  return [
    ...all('dynamic', { ranges, exclusions }),
    ...all('excluded', { ranges: exclusions, exclusions: [] }),
  ];
}

function hidden(span: AddressSpan, visible: ReadonlySet<string>): AddressSpan {
  if (span.system === null || visible.has(span.system)) return span;
  return { ...span, holder: OTHER, interface: null, system: null };
}

/** `BMC of system web001`, `system web001 and 2 more, as a shared address`. */
function systemOf(holder: AddressHolder | undefined): string | null {
  return /^(?:BMC of )?system ([a-z0-9][a-z0-9._-]*)/.exec(holder?.conflict.holder ?? '')?.[1] ?? null;
}
