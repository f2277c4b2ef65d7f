import type { Problem } from '../errors.ts';
import { bootCardOf, type GraphNode } from './interface-graph.ts';

/** An interface as it was asked for. */
export interface RuledInterface extends GraphNode {
  readonly type: 'ethernet' | 'bond' | 'vlan' | 'bridge';
  readonly parents: readonly string[];
  readonly mac: string | null;
  readonly clientId: string | null;
  readonly circuitId: string | null;
  readonly remoteId: string | null;
  readonly ip: string | null;
  readonly subnet: string | null;
  readonly vlan: number | null;
  readonly bondMode: string | null;
  readonly sharedMac: boolean;
  readonly addresses: readonly string[];
  readonly sharedAddresses: readonly string[];
  readonly gateway: boolean | null;
  readonly routes: readonly { readonly to: string; readonly via: string }[];
  readonly mtu: number | null;
}

/** One interface in its system. */
interface Placed {
  readonly one: RuledInterface;
  readonly all: readonly RuledInterface[];
  readonly byName: ReadonlyMap<string, RuledInterface>;
  /** Says what is wrong with a field of it. */
  readonly say: (field: string, message: string) => void;
}

/** Everything that is wrong with the interfaces of one system, taken by themselves. */
export function interfaceRules(interfaces: readonly RuledInterface[]): Problem[] {
  return problemsBy(RULES, interfaces);
}

/** Of that, what an interface is known by: said with what is wrong in the fields, before any record is looked at. */
export function identityRules(interfaces: readonly RuledInterface[]): Problem[] {
  return problemsBy([isKnown], interfaces);
}

function problemsBy(
  rules: readonly ((placed: Placed) => void)[],
  interfaces: readonly RuledInterface[],
): Problem[] {
  const problems: Problem[] = [];
  // Of two with one name the first counts.
  const byName = new Map(interfaces.toReversed().map((one) => [one.name, one]));
  for (const [index, one] of interfaces.entries()) {
    const say = (field: string, message: string) =>
      problems.push({ path: `interfaces.${index}.${field}`, message });
    const placed: Placed = { one, all: interfaces, byName, say };
    for (const rule of rules) rule(placed);
  }
  return problems;
}

const RULES: readonly ((placed: Placed) => void)[] = [
  nameIsOnce,
  fitsLinux,
  isKnown,
  fitsType,
  hasParents,
  isNoPartOfItself,
  isMemberOnce,
  membersAreBare,
  vlanIsOnce,
  macIsOnce,
  addressesHaveFirst,
  routesAreOnce,
  oneGateway,
  fitsBelow,
];

function nameIsOnce({ one, all, say }: Placed): void {
  const index = all.findIndex(({ name }) => name === one.name);
  if (all[index] !== one)
    say('name', `interface name ${one.name} is given twice (also interfaces.${index}.name)`);
}

/** Devices of that name have a meaning of their own below /proc/sys/net and /sys/class/net. */
const RESERVED = ['all', 'default', 'lo', 'bonding_masters'];

/** A card that is known by its MAC may be called anything; every other name is that of a device: IFNAMSIZ is 16 with its end. */
function fitsLinux({ one, say }: Placed): void {
  if (one.type === 'ethernet' && isIdentified(one)) return;
  if (one.name.length > 15 || one.name.includes(':') || RESERVED.includes(one.name))
    say(
      'name',
      `'${one.name}' cannot be the name of a network device of Linux: at most 15 characters, no colon, not ${RESERVED.join(', ')}`,
    );
}

function isKnown({ one, all, say }: Placed): void {
  if (one.remoteId !== null && one.circuitId === null)
    say('remoteId', 'narrows a circuitId down, and there is none');
  if (one.type !== 'ethernet' || isIdentified(one)) return;
  const isPart = all.some(({ parents }) => parents.includes(one.name));
  const isFirst = bootCardOf(all) === one;
  if (isFirst || !isPart)
    say('mac', 'is missing; an interface is known by its MAC, its clientId or its circuitId');
}

function isIdentified({ mac, clientId, circuitId }: RuledInterface): boolean {
  return mac !== null || clientId !== null || circuitId !== null;
}

function fitsType({ one, say }: Placed): void {
  const { type, vlan, bondMode, parents } = one;
  if (type !== 'vlan' && vlan !== null)
    say('vlan', `is for interfaces of type vlan, and ${one.name} is of type ${type}`);
  if (type === 'vlan' && vlan === null) say('vlan', 'is missing: a number from 1 to 4094');
  if (type !== 'bond' && bondMode !== null)
    say('bondMode', `is for interfaces of type bond, and ${one.name} is of type ${type}`);
  if (type === 'ethernet' && parents.length > 0)
    say('parents', `a card has none; if ${one.name} is made of them, say its type: bond, vlan or bridge`);
  if (type === 'bond' && parents.length === 0) say('parents', 'a bond has at least one member');
  if (type === 'vlan' && parents.length !== 1) say('parents', 'a VLAN is on exactly one interface');
}

/** What each type may be made of. */
const MADE_OF: Readonly<Record<RuledInterface['type'], readonly RuledInterface['type'][]>> = {
  ethernet: [],
  bond: ['ethernet'],
  bridge: ['ethernet', 'bond', 'vlan'],
  vlan: ['ethernet', 'bond', 'bridge', 'vlan'],
};

function hasParents({ one, all, byName, say }: Placed): void {
  if (one.type === 'ethernet') return;
  for (const [index, name] of one.parents.entries()) {
    const parent = byName.get(name);
    const others = all.flatMap((other) => (other === one ? [] : other.name)).join(', ');
    if (one.parents.indexOf(name) !== index) say('parents', `${name} is given twice`);
    else if (parent === undefined)
      say('parents', `there is no interface ${name}; there are: ${others || 'no others'}`);
    else if (parent !== one && !MADE_OF[one.type].includes(parent.type))
      say('parents', `a ${one.type} is not made of a ${parent.type}, as ${name} is`);
  }
}

function isNoPartOfItself({ one, byName, say }: Placed): void {
  const below = new Set<string>();
  const open = [...one.parents];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (below.has(name)) continue;
    below.add(name);
    open.push(...(byName.get(name)?.parents ?? []));
  }
  if (below.has(one.name)) say('parents', `${one.name} would be a part of itself`);
}

/** Bonds and bridges take a member whole. */
function joining({ all }: Placed, name: string): RuledInterface[] {
  return all.filter(({ type, parents }) => (type === 'bond' || type === 'bridge') && parents.includes(name));
}

function isMemberOnce(placed: Placed): void {
  const { one, byName, say } = placed;
  for (const name of new Set(one.parents)) {
    if (!byName.has(name)) continue;
    const [first, ...more] = joining(placed, name);
    if (one.type === 'vlan' && first?.type === 'bond')
      say('parents', `${name} is a member of ${first.name}; put the VLAN on ${first.name}`);
    else if (more.includes(one)) say('parents', `${name} is a member of ${first?.name} already`);
  }
}

/** What a member would say is its upper interface's to say. */
function membersAreBare(placed: Placed): void {
  const { one, say } = placed;
  const [upper] = joining(placed, one.name);
  if (upper === undefined) return;
  const said: [string, boolean][] = [
    ['ip', one.ip !== null],
    ['subnet', one.subnet !== null],
    ['addresses', one.addresses.length > 0],
    ['sharedAddresses', one.sharedAddresses.length > 0],
    ['gateway', one.gateway === true],
    ['routes', one.routes.length > 0],
    ['mtu', one.mtu !== null && upper.type === 'bond'],
  ];
  for (const [field, isSaid] of said)
    if (isSaid)
      say(field, `${one.name} is a member of ${upper.name}, which has it; give it to ${upper.name}`);
}

function vlanIsOnce({ one, all, say }: Placed): void {
  if (one.type !== 'vlan' || one.vlan === null) return;
  const first = all.find(
    (other) => other.type === 'vlan' && other.vlan === one.vlan && other.parents[0] === one.parents[0],
  );
  if (first !== undefined && first !== one)
    say('vlan', `VLAN ${one.vlan} of ${one.parents[0]} is ${first.name} already`);
}

/** Cards of one bond may have been read from a system that runs: there every member shows the MAC of the bond. */
function macIsOnce({ one, all, say }: Placed): void {
  const bondOf = (item: RuledInterface) =>
    all.find(({ type, parents }) => type === 'bond' && parents.includes(item.name));
  const bond = bondOf(one);
  if (one.sharedMac && (bond === undefined || one.mac === null))
    say('sharedMac', 'is for members of a bond whose MACs are known');
  if (one.mac === null) return;
  const index = all.findIndex(({ mac }) => mac === one.mac);
  const first = all[index];
  if (first === undefined || first === one) return;
  if (bond !== undefined && bondOf(first) === bond && one.sharedMac && first.sharedMac) return;
  const hint =
    one.type === 'bond' || first.type === 'bond'
      ? '; a bond takes the MAC of its first member by itself'
      : '; members of one bond may have one MAC if each says sharedMac';
  say('mac', `MAC ${one.mac} is given twice (also interfaces.${index}.mac)${hint}`);
}

function addressesHaveFirst({ one, say }: Placed): void {
  if (one.addresses.length > 0 && one.ip === null)
    say('addresses', 'come beside ip, and there is none; give the first as ip');
  if (one.routes.length > 0 && one.ip === null)
    say('routes', 'need an address that reaches their gateways; give one as ip');
  if (one.gateway === true && one.ip === null)
    say('gateway', 'needs an address in a subnet with a gateway; give one as ip');
}

function routesAreOnce({ one, all, say }: Placed): void {
  for (const [index, { to }] of one.routes.entries()) {
    const first = all.find(({ routes }) => routes.some((route) => route.to === to));
    const isFirst = first === one && one.routes.findIndex((route) => route.to === to) === index;
    if (!isFirst) say(`routes.${index}.to`, `the way to ${to} is said twice (also on ${first?.name})`);
  }
}

function oneGateway({ one, all, say }: Placed): void {
  const first = all.find(({ gateway }) => gateway === true);
  if (one.gateway === true && first !== one)
    say('gateway', `only one interface has the default route, and ${first?.name} says so too`);
}

function fitsBelow({ one, byName, say }: Placed): void {
  const below = one.type === 'vlan' ? byName.get(one.parents[0] ?? '') : undefined;
  if (one.mtu !== null && below?.mtu != null && one.mtu > below.mtu)
    say('mtu', `is more than the ${below.mtu} of ${below.name}, which carries it`);
}
