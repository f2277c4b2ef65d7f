import { DomainError, type Problem } from '../../domain/errors.ts';
import { type BindingKey, firstKeyOf, placeKeyOf } from '../../domain/network/binding-key.ts';
import { membershipsOf } from '../../domain/network/interface-graph.ts';
import {
  broadcastOf,
  formatIpv4,
  type Ipv4,
  networkContains,
  parseNetwork,
} from '../../domain/network/ipv4.ts';
import type { InterfaceInput } from '../../domain/network/network-interface.ts';
import { rangeHolding, type Subnet, unchosenRangesOf } from '../../domain/network/subnet.ts';
import { canonicalIpv4 } from '../../domain/records/fields.ts';
import type { InterfaceWrite } from '../../store/interfaces/interface-store.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';

/** Facts read once for all interfaces of one system. */
export interface AddressFacts {
  readonly subnets: readonly Subnet[];
  readonly ownAddresses: ReadonlySet<Ipv4>;
  /** What the system's interfaces have now, by `placeKeyOf`; empty for a new system. */
  readonly present: ReadonlyMap<string, Ipv4>;
  /** What its BMC is to have. */
  readonly bmcIp: Ipv4 | null;
  readonly nowMs: number;
}

/**
 * The reason why an address cannot be a BMC's, or undefined. A management network need not be declared; in one that
 * is, the same addresses are nobody's as for an interface.
 */
export function bmcAddressProblem(ip: Ipv4, facts: AddressFacts): string | undefined {
  const declared = facts.subnets.some((subnet) => networkContains(networkOf(subnet), ip));
  return declared || facts.ownAddresses.has(ip) ? addressProblem(ip, null, facts) : undefined;
}

/**
 * The reason why an address cannot be a machine's, or undefined. Pure: whether somebody holds it is asked of the
 * table of addresses afterwards.
 */
export function addressProblem(ip: Ipv4, wanted: string | null, facts: AddressFacts): string | undefined {
  const text = formatIpv4(ip);
  if (facts.ownAddresses.has(ip)) return `${text} is this provisioning server's own address`;
  const subnet = facts.subnets.find((candidate) => networkContains(networkOf(candidate), ip));
  if (subnet === undefined) {
    return `${text} is in no declared subnet; declare it with: provision subnet add NAME --network …`;
  }
  if (wanted !== null && subnet.name !== wanted)
    return `${text} is in subnet '${subnet.name}', not in '${wanted}'`;
  const network = networkOf(subnet);
  if (ip === network.network) return `${text} is the network address of subnet '${subnet.name}'`;
  if (ip === broadcastOf(network)) return `${text} is the broadcast address of subnet '${subnet.name}'`;
  const range = rangeHolding(subnet, ip);
  if (range !== undefined) {
    const limits = `${formatIpv4(range.from)}-${formatIpv4(range.to)}`;
    return `${text} lies in the dynamic range ${limits} of subnet '${subnet.name}', whose addresses are leased to anybody; exclude it there (--exclude), or take another`;
  }
  return undefined;
}

const ADDRESSES_OF_BLOCK = 256;

/**
 * The first address of the subnet that nobody holds and no range or exclusion covers, or undefined when it is full. Only
 * blocks with room are looked into, so that it takes as long with 100,000 systems as with none.
 */
export async function findFreeAddress(
  { addresses }: Pick<StoreTransaction, 'addresses'>,
  subnet: Subnet,
  chosen: ReadonlySet<number>,
  nowMs: number,
): Promise<Ipv4 | undefined> {
  const network = networkOf(subnet);
  const ranges = unchosenRangesOf(subnet);
  const broadcast = broadcastOf(network);
  let ip = network.network + 1;
  while (ip < broadcast) {
    const inside = ranges.find((range) => ip >= range.from && ip <= range.to);
    if (inside !== undefined) {
      ip = inside.to + 1;
      continue;
    }
    const block = ip - (ip % ADDRESSES_OF_BLOCK);
    const next = await addresses.findBlockWithRoom(ip as Ipv4, broadcast);
    if (next === undefined) return undefined;
    if (next > block) {
      ip = next;
      continue;
    }
    const end = Math.min(block + ADDRESSES_OF_BLOCK, broadcast, ...ranges.map(startBehind(ip)));
    const held = new Set<number>(await addresses.listHeld(ip as Ipv4, (end - 1) as Ipv4, nowMs));
    for (; ip < end; ip++) if (!held.has(ip) && !chosen.has(ip)) return ip as Ipv4;
  }
  return undefined;
}

/** Where a range begins, if that is behind the address. */
function startBehind(ip: number): (range: { readonly from: number }) => number {
  return ({ from }) => (from > ip ? from : Number.POSITIVE_INFINITY);
}

/**
 * Turns what was asked for each interface into an address, gathering every problem. `auto` is chosen here: first the
 * address that the interface has already, so that to ask again does not move a machine.
 */
export async function resolveInterfaces(
  tx: StoreTransaction,
  interfaces: readonly InterfaceInput[],
  facts: AddressFacts,
  problems: Problem[],
): Promise<InterfaceWrite[]> {
  const chosen = new Set<number>(facts.ownAddresses);
  if (facts.bmcIp !== null) chosen.add(facts.bmcIp);
  for (const item of interfaces) {
    const named = item.ip === null || item.ip === 'auto' ? [] : [item.ip];
    for (const text of [...named, ...item.addresses, ...item.sharedAddresses])
      chosen.add(canonicalIpv4(text));
  }
  const writes: InterfaceWrite[] = [];
  for (const [index, item] of interfaces.entries()) {
    const ip =
      item.ip === 'auto'
        ? await chooseAddress(tx, item, index, facts, chosen, problems)
        : fixedAddress(item, index, facts, problems);
    if (ip !== null) chosen.add(ip);
    const { subnet: _subnet, ...shape } = item;
    const further = (field: 'addresses' | 'sharedAddresses') =>
      furtherAddresses(item, index, field, facts, problems);
    const lists = { addresses: further('addresses'), sharedAddresses: further('sharedAddresses') };
    if (ip !== null) problems.push(...wayProblems(item, index, [ip, ...lists.addresses], facts));
    writes.push({ ...shape, ...lists, ip });
  }
  return writes;
}

/** What DHCP gives an interface's address to: its own key, or that of the first card that it is made of; null: to nobody. */
export function leaseKeyOf(interfaces: readonly InterfaceWrite[], item: InterfaceWrite): BindingKey | null {
  const first = [...membershipsOf(interfaces)].find(
    ([, { upper, rank }]) => upper === item.name && rank === 0,
  );
  const card = interfaces.find(({ name }) => name === first?.[0]);
  return firstKeyOf(card ?? item) || firstKeyOf(item) || null;
}

function furtherAddresses(
  item: InterfaceInput,
  index: number,
  field: 'addresses' | 'sharedAddresses',
  facts: AddressFacts,
  problems: Problem[],
): Ipv4[] {
  const ips = item[field].map(canonicalIpv4);
  for (const [place, ip] of ips.entries()) {
    const message = addressProblem(ip, null, facts);
    if (message !== undefined) problems.push({ path: `interfaces.${index}.${field}.${place}`, message });
  }
  return ips;
}

/** A gateway can only be reached where one has an address oneself. */
function wayProblems(
  { routes, gateway, name }: InterfaceInput,
  index: number,
  own: readonly Ipv4[],
  { subnets }: AddressFacts,
): Problem[] {
  const holds = (subnet: Subnet, ip: Ipv4) => networkContains(networkOf(subnet), ip);
  const near = subnets.filter((subnet) => own.some((ip) => holds(subnet, ip)));
  const problems: Problem[] = [];
  const [first] = own;
  if (
    gateway === true &&
    first !== undefined &&
    near.find((subnet) => holds(subnet, first))?.gateway === null
  )
    problems.push({
      path: `interfaces.${index}.gateway`,
      message: `the subnet of ${formatIpv4(first)} has no gateway`,
    });
  for (const [place, { via }] of routes.entries()) {
    const ip = canonicalIpv4(via);
    const path = `interfaces.${index}.routes.${place}.via`;
    if (own.includes(ip)) problems.push({ path, message: `${via} is an address of ${name} itself` });
    else if (!near.some((subnet) => holds(subnet, ip)))
      problems.push({ path, message: `${via} is in no subnet that ${name} has an address in` });
  }
  return problems;
}

function fixedAddress(
  item: InterfaceInput,
  index: number,
  facts: AddressFacts,
  problems: Problem[],
): Ipv4 | null {
  if (item.ip === null) {
    // Kept nowhere, so it would be lost without a word.
    const message =
      'an interface without an address has no subnet; give it an address, or auto for the next free one';
    if (item.subnet !== null) problems.push({ path: `interfaces.${index}.subnet`, message });
    return null;
  }
  const ip = canonicalIpv4(item.ip);
  const message = addressProblem(ip, item.subnet, facts);
  if (message !== undefined) problems.push({ path: `interfaces.${index}.ip`, message });
  return ip;
}

/** The address that it keeps, or the next free one; null with a problem where the subnet is not known. Throws where it is full. */
async function chooseAddress(
  tx: StoreTransaction,
  item: InterfaceInput,
  index: number,
  facts: AddressFacts,
  chosen: ReadonlySet<number>,
  problems: Problem[],
): Promise<Ipv4 | null> {
  const subnet = subnetForAuto(item, facts);
  if (typeof subnet === 'string') {
    problems.push({ path: `interfaces.${index}.subnet`, message: subnet });
    return null;
  }
  const kept = facts.present.get(placeKeyOf(item));
  if (kept !== undefined && !chosen.has(kept) && addressProblem(kept, subnet.name, facts) === undefined)
    return kept;
  const free = await findFreeAddress(tx, subnet, chosen, facts.nowMs);
  if (free !== undefined) return free;
  throw new DomainError(
    'no-free-address',
    `subnet '${subnet.name}' (${subnet.network}) has no free address left`,
    {
      hint: 'remove systems that are gone, make its dynamic ranges smaller, or use another subnet',
    },
  );
}

/** The subnet that an automatic address is taken from, or what is wrong as a sentence. */
function subnetForAuto(item: InterfaceInput, facts: AddressFacts): Subnet | string {
  const named =
    item.subnet === null ? undefined : facts.subnets.find((subnet) => subnet.name === item.subnet);
  if (named !== undefined) return named;
  const [only, ...others] = facts.subnets;
  if (item.subnet === null && only !== undefined && others.length === 0) return only;
  if (facts.subnets.length === 0)
    return 'there is no subnet to take an address from; declare one with: provision subnet add NAME --network …';
  const names = facts.subnets.map((subnet) => subnet.name).join(', ');
  return item.subnet === null
    ? `an automatic address needs the subnet's name; there are: ${names}`
    : `there is no subnet named '${item.subnet}'; there are: ${names}`;
}

function networkOf(subnet: Subnet) {
  const network = parseNetwork(subnet.network);
  if (network === undefined) throw new TypeError(`not a network: ${subnet.network}`);
  return network;
}
