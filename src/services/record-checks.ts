import type { Conflict } from '../domain/errors.ts';
import { recordName } from '../domain/fields.ts';
import { formatIpv4, type Ipv4, networkContains, parseIpv4, parseNetwork } from '../domain/ipv4.ts';
import { parseMac } from '../domain/mac.ts';
import type { Subnet } from '../domain/subnet.ts';
import type { StoreTransaction } from '../store/store.ts';
import type { Deps } from './deps.ts';
import { type AddressFacts, addressProblem, bmcAddressProblem, findFreeAddress } from './system-addresses.ts';

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

/** Looks at single values while somebody types them. What is true when the record is written only the write says. */
export interface RecordChecks {
  /** `system`: the one that is edited, whose own values are its own; null for a new one. */
  name(text: string, system: string | null): Promise<ValueCheck>;
  mac(text: string, system: string | null): Promise<ValueCheck>;
  /** `auto` is an address too; `wanted`: the subnet that was chosen. */
  address(text: string, wanted: string | null, system: string | null): Promise<ValueCheck>;
  bmcAddress(text: string, system: string | null): Promise<ValueCheck>;
  /** The next free address of every subnet that has one. */
  freeAddresses(): Promise<FreeAddress[]>;
}

export function recordChecks({ store, now }: Deps, ownAddresses: () => readonly Ipv4[]): RecordChecks {
  const { read } = store;
  const nextFree = async (subnet: Subnet): Promise<FreeAddress | null> => {
    const ip = await findFreeAddress(read, subnet, new Set(ownAddresses()), now());
    return ip === undefined ? null : { subnet: subnet.name, ip: formatIpv4(ip) };
  };
  const factsNow = async (): Promise<AddressFacts> => ({
    subnets: await read.subnets.list(),
    ownAddresses: new Set(ownAddresses()),
    present: new Map(),
    bmcIp: null,
    nowMs: now(),
  });
  const judge = async (
    ip: Ipv4,
    facts: AddressFacts,
    problem: string | undefined,
    system: string | null,
  ): Promise<ValueCheck> => {
    const subnet = facts.subnets.find((one) => contains(one, ip));
    const free = subnet === undefined ? null : await nextFree(subnet);
    const holder = await read.addresses.findHolder(ip, facts.nowMs);
    if (holder !== undefined && !(await isOf(read, holder.systemId, system)))
      return { isGood: false, says: takenBy(holder.conflict), holder: holder.conflict, free };
    if (problem !== undefined) return { isGood: false, says: problem, holder: null, free };
    return good(subnet === undefined ? 'free' : `free in subnet ${subnet.name}`);
  };
  return {
    async name(text, system) {
      const judged = recordName.safeParse(text.trim());
      if (!judged.success) return bad(judged.error.issues[0]?.message ?? 'is no name');
      if (judged.data === system) return good('its own name');
      const found = await read.systems.find(judged.data);
      if (found === undefined) return good('free');
      const command = `provision system show ${found.system.name}`;
      const holder = `system ${found.system.name}`;
      const conflict = { value: judged.data, kind: 'name', holder, interface: null, command } as const;
      return { isGood: false, says: 'there is a system of that name', holder: conflict, free: null };
    },
    async mac(text, system) {
      const mac = parseMac(text.trim());
      if (mac === undefined) return bad('is no MAC address; write it like 52:54:00:12:34:56');
      const found = await read.systems.findByMac(mac);
      if (found === undefined) return good('not known yet');
      if (found.system.name === system) return good('its own');
      const { name } = found.system;
      const card = found.system.interfaces.find((one) => one.mac === mac)?.name ?? null;
      const command = `provision system show ${name}`;
      const holder = { value: mac, kind: 'mac', holder: `system ${name}`, interface: card, command } as const;
      return { isGood: false, says: takenBy(holder), holder, free: null };
    },
    async address(text, wanted, system) {
      const facts = await factsNow();
      if (text.trim() === 'auto') return autoCheck(facts.subnets, wanted, nextFree);
      const ip = parseIpv4(text.trim());
      if (ip === undefined) return bad('is no IPv4 address; write it like 10.0.0.11, or auto');
      return judge(ip, facts, addressProblem(ip, wanted, facts), system);
    },
    async bmcAddress(text, system) {
      const facts = await factsNow();
      const ip = parseIpv4(text.trim());
      if (ip === undefined) return bad('is no IPv4 address; write it like 10.0.9.11');
      return judge(ip, facts, bmcAddressProblem(ip, facts), system);
    },
    async freeAddresses() {
      const all = await Promise.all((await read.subnets.list()).map(nextFree));
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

async function isOf(
  read: Pick<StoreTransaction, 'systems'>,
  systemId: number | null,
  system: string | null,
): Promise<boolean> {
  if (system === null || systemId === null) return false;
  return (await read.systems.find(system))?.system.id === systemId;
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
