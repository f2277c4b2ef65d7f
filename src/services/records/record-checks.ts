import type { Conflict } from '../../domain/errors.ts';
import {
  formatIpv4,
  type Ipv4,
  networkContains,
  parseIpv4,
  parseNetwork,
} from '../../domain/network/ipv4.ts';
import { parseMac } from '../../domain/network/mac.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import { recordName } from '../../domain/records/fields.ts';
import { OTHER } from '../access/hide-others.ts';
import { isSystemInScope } from '../access/scope.ts';
import type { Actor, Deps } from '../deps.ts';
import { type AddressClaim, isHeldFor } from '../systems/address-claim.ts';
import {
  type AddressFacts,
  addressProblem,
  bmcAddressProblem,
  findFreeAddress,
} from '../systems/system-addresses.ts';

/** An address that nobody has. */
export interface FreeAddress {
  readonly subnet: string;
  readonly ip: string;
}

/** What can be said of one value before the whole record is sent. */
export interface ValueCheck {
  readonly isGood: boolean;
  readonly says: string;
  /** Whose it is already; null where it is nobody's, or is no value. */
  readonly holder: Conflict | null;
  /** One that could be had in its place. */
  readonly free: FreeAddress | null;
}

/** For whom a value is looked at, and what stands beside it. */
export interface CheckAbout {
  /** The one that is edited, whose own values are its own; null for a new one. */
  readonly system: string | null;
  /** Of systems outside his scope he is not told. */
  readonly actor: Pick<Actor, 'scope'>;
  /** Values of the same kind in other fields of the same form. */
  readonly others: readonly string[];
  /** Others may have it too, as the form says. */
  readonly isShared: boolean;
}

/** What stands beside an address of an interface. */
export interface AddressAbout extends CheckAbout {
  /** The subnet that was chosen. */
  readonly subnet: string | null;
  /** The MAC of the interface: what it has by a lease, it may keep. */
  readonly mac: string;
}

/** Looks at single values while somebody types them. What is true when the record is written only the write says. */
export interface RecordChecks {
  name(text: string, about: CheckAbout): Promise<ValueCheck>;
  mac(text: string, about: CheckAbout): Promise<ValueCheck>;
  /** `auto` is an address too. */
  address(text: string, about: AddressAbout): Promise<ValueCheck>;
  bmcAddress(text: string, about: CheckAbout): Promise<ValueCheck>;
  /** The next free address of every subnet that has one, without those that are named. */
  freeAddresses(without: readonly string[]): Promise<FreeAddress[]>;
}

export function recordChecks({ store, now }: Deps, ownAddresses: () => readonly Ipv4[]): RecordChecks {
  const { read } = store;
  const nextFree = async (subnet: Subnet, without: readonly string[]): Promise<FreeAddress | null> => {
    const chosen = without.map((text) => parseIpv4(text.trim())).filter((ip) => ip !== undefined);
    const ip = await findFreeAddress(read, subnet, new Set([...ownAddresses(), ...chosen]), now());
    return ip === undefined ? null : { subnet: subnet.name, ip: formatIpv4(ip) };
  };
  const factsNow = async (): Promise<AddressFacts> => ({
    subnets: await read.subnets.list(),
    ownAddresses: new Set(ownAddresses()),
    present: new Map(),
    bmcIp: null,
    nowMs: now(),
  });
  /** Whose it is; null where it may be had all the same. */
  const holderOf = async (
    ip: Ipv4,
    about: CheckAbout,
    claim: Omit<AddressClaim, 'systemId'>,
    nowMs: number,
  ) => {
    const holder = await read.addresses.findHolder(ip, nowMs);
    if (holder === undefined) return null;
    const own = about.system === null ? undefined : await read.systems.find(about.system);
    return isHeldFor(holder, { ...claim, systemId: own?.system.id ?? null }) ? null : holder.conflict;
  };
  const judge = async (
    ip: Ipv4,
    facts: AddressFacts,
    problem: string | undefined,
    about: CheckAbout,
    claim: Omit<AddressClaim, 'systemId'>,
  ): Promise<ValueCheck> => {
    const subnet = facts.subnets.find((one) => contains(one, ip));
    const free = subnet === undefined ? null : await nextFree(subnet, [...about.others, formatIpv4(ip)]);
    const holder = await holderOf(ip, about, claim, facts.nowMs);
    if (holder !== null) return { isGood: false, says: takenBy(holder), holder, free };
    if (problem !== undefined) return { isGood: false, says: problem, holder: null, free };
    if (about.others.some((text) => parseIpv4(text.trim()) === ip))
      return { isGood: false, says: 'stands in another field of this form', holder: null, free };
    return good(subnet === undefined ? 'free' : `free in subnet ${subnet.name}`);
  };
  /** As refusals hide it (hide-others.ts). */
  const seenBy = async (
    { actor }: Pick<CheckAbout, 'actor'>,
    looking: Promise<ValueCheck>,
  ): Promise<ValueCheck> => {
    const check = await looking;
    const system = /\bsystem ([a-z0-9][a-z0-9._-]*)/.exec(check.holder?.holder ?? '')?.[1];
    if (system === undefined || (await isSystemInScope(read, system, actor))) return check;
    return { ...check, says: `taken: ${OTHER}`, holder: null };
  };
  const ofName = async (text: string, { system }: CheckAbout): Promise<ValueCheck> => {
    const judged = recordName.safeParse(text.trim());
    if (!judged.success) return bad(judged.error.issues[0]?.message ?? 'is no name');
    if (judged.data === system) return good('its own name');
    const found = await read.systems.find(judged.data);
    if (found === undefined) return good('free');
    const command = `provision system show ${found.system.name}`;
    const holder = `system ${found.system.name}`;
    const conflict = { value: judged.data, kind: 'name', holder, interface: null, command } as const;
    return { isGood: false, says: 'there is a system of that name', holder: conflict, free: null };
  };
  const ofMac = async (text: string, { system, others, isShared }: CheckAbout): Promise<ValueCheck> => {
    const mac = parseMac(text.trim());
    if (mac === undefined) return bad('is no MAC address; write it like 52:54:00:12:34:56');
    const found = await read.systems.findByMac(mac);
    if (found !== undefined && found.system.name !== system) {
      const { name, interfaces } = found.system;
      const card = interfaces.find((one) => one.mac === mac)?.name ?? null;
      const command = `provision system show ${name}`;
      const holder = { value: mac, kind: 'mac', holder: `system ${name}`, interface: card, command } as const;
      return { isGood: false, says: takenBy(holder), holder, free: null };
    }
    if (!isShared && others.some((other) => parseMac(other.trim()) === mac))
      return bad('stands at another interface of this form');
    return good(found === undefined ? 'not known yet' : 'its own');
  };
  const ofAddress = async (text: string, about: AddressAbout): Promise<ValueCheck> => {
    const facts = await factsNow();
    const free = (subnet: Subnet) => nextFree(subnet, about.others);
    if (text.trim() === 'auto') return autoCheck(facts.subnets, about.subnet, free);
    const ip = parseIpv4(text.trim());
    if (ip === undefined) return bad('is no IPv4 address; write it like 10.0.0.11, or auto');
    const claim = {
      key: parseMac(about.mac) ?? null,
      sharedAs: about.isShared ? 'interface' : null,
    } as const;
    return judge(ip, facts, addressProblem(ip, about.subnet, facts), about, claim);
  };
  const ofBmc = async (text: string, about: CheckAbout): Promise<ValueCheck> => {
    const facts = await factsNow();
    const ip = parseIpv4(text.trim());
    if (ip === undefined) return bad('is no IPv4 address; write it like 10.0.9.11');
    const claim = { key: null, sharedAs: about.isShared ? 'bmc' : null } as const;
    return judge(ip, facts, bmcAddressProblem(ip, facts), about, claim);
  };
  return {
    name: (text, about) => seenBy(about, ofName(text, about)),
    mac: (text, about) => seenBy(about, ofMac(text, about)),
    address: (text, about) => seenBy(about, ofAddress(text, about)),
    bmcAddress: (text, about) => seenBy(about, ofBmc(text, about)),
    async freeAddresses(without) {
      const all = await Promise.all((await read.subnets.list()).map((one) => nextFree(one, without)));
      return all.filter((one) => one !== null);
    },
  };
}

async function autoCheck(
  subnets: readonly Subnet[],
  wanted: string | null,
  nextFree: (subnet: Subnet) => Promise<FreeAddress | null>,
): Promise<ValueCheck> {
  const subnet =
    wanted === null && subnets.length === 1 ? subnets[0] : subnets.find((one) => one.name === wanted);
  if (subnet === undefined) return bad('needs a subnet to choose from');
  const free = await nextFree(subnet);
  return free === null
    ? bad(`subnet ${subnet.name} has no free address`)
    : good(`${free.ip} would be taken now`);
}

function contains(subnet: Subnet, ip: Ipv4): boolean {
  const net = parseNetwork(subnet.network);
  return net !== undefined && networkContains(net, ip);
}

function takenBy(holder: Conflict): string {
  return `taken: ${holder.holder}${holder.interface === null ? '' : `, interface ${holder.interface}`}`;
}

function good(says: string): ValueCheck {
  return { isGood: true, says, holder: null, free: null };
}

function bad(says: string): ValueCheck {
  return { isGood: false, says, holder: null, free: null };
}
