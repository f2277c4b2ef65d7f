import type { NewBootEvent } from '../../domain/boot/boot-event.ts';
import { formatIpv4, type Ipv4, ipv4FromNumber } from '../../domain/network/ipv4.ts';
import { dynamicRangesOf, rangeHolding, type Subnet } from '../../domain/network/subnet.ts';
import type { DhcpStore } from '../../store/interfaces/dhcp-store.ts';

/** An address of a dynamic range that somebody uses without a lease, as the API shows it. */
export interface AddressInUse {
  readonly ip: string;
  readonly mac: string;
  readonly subnet: string;
  readonly since: string;
  readonly lastSeenAt: string;
}

/** Free addresses that are not free: found by asking the link, heeded when addresses are chosen. */
export interface AddressUse {
  /** Addresses of the subnet's ranges to ask for next: a few that were in use, then the next free ones in turn. */
  chooseToAsk(subnet: Subnet): Ipv4[];
  /** What asking for them gave; `users` holds those that were answered for. */
  note(subnet: Subnet, asked: readonly Ipv4[], users: ReadonlyMap<Ipv4, readonly string[]>): void;
  /** The MAC that answers for a free address. */
  findUser(ip: Ipv4): string | undefined;
  list(): AddressInUse[];
  warnings(): string[];
}

export interface AddressUseDeps {
  readonly store: Pick<DhcpStore, 'findHolder' | 'subnets'>;
  readonly ownAddresses: () => readonly Ipv4[];
  readonly now: () => number;
  /** Hears of each address when it is found in use, and when it is free again. */
  readonly onEvent: (event: NewBootEvent) => void;
}

interface Use {
  readonly mac: string;
  readonly subnet: string;
  readonly sinceMs: number;
  readonly lastSeenMs: number;
  /** How often in a row nobody has answered. */
  readonly misses: number;
}

/** A range of a /24 is gone through in a minute, and the link sees a handful of questions a second. */
const ASK_AT_ONCE = 16;
const ASK_AGAIN_AT_ONCE = 4;
/** Addresses looked at in the records for one batch; a range that is full of leases must not hold up the rest. */
const LOOK_AT_ONCE = 2_048;
/** A machine that is switched over or restarts is silent for a while. */
const MISSES_TO_FREE = 3;
const NAMED_IN_WARNING = 3;

export function createAddressUse({ store, ownAddresses, now, onEvent }: AddressUseDeps): AddressUse {
  const uses = new Map<Ipv4, Use>();
  const places = new Map<string, number>();

  /** Free by the records, so that only the link can say more. */
  const isFree = (ip: Ipv4): boolean =>
    !ownAddresses().includes(ip) && store.findHolder(ip, now()) === undefined;

  const nextFree = (subnet: Subnet, count: number): Ipv4[] => {
    const ranges = dynamicRangesOf(subnet);
    const total = ranges.reduce((sum, range) => sum + range.to - range.from + 1, 0);
    const found: Ipv4[] = [];
    let place = places.get(subnet.name) ?? 0;
    for (let looked = 0; looked < Math.min(total, LOOK_AT_ONCE) && found.length < count; looked += 1) {
      const ip = addressAt(ranges, place % total);
      place = (place + 1) % total;
      if (!uses.has(ip) && isFree(ip)) found.push(ip);
    }
    places.set(subnet.name, place);
    return found;
  };

  /** A subnet that was removed, or ranges that were changed, leave nothing to ask for. */
  const forgetStrays = (): void => {
    for (const [ip, { subnet }] of uses) {
      const home = store.subnets().find(({ name }) => name === subnet);
      if (home === undefined || rangeHolding(home, ip) === undefined) uses.delete(ip);
    }
  };

  const noteUsed = (subnet: Subnet, ip: Ipv4, mac: string): void => {
    const before = uses.get(ip);
    const sinceMs = before?.mac === mac ? before.sinceMs : now();
    uses.set(ip, { mac, subnet: subnet.name, sinceMs, lastSeenMs: now(), misses: 0 });
    if (before?.mac === mac) return;
    const message = `${formatIpv4(ip)} of subnet ${subnet.name} is used by ${mac}, which has no lease; it is given to nobody else`;
    onEvent(eventOf('warning', ip, mac, message));
  };

  const noteSilent = (ip: Ipv4): void => {
    const before = uses.get(ip);
    if (before === undefined) return;
    if (before.misses + 1 < MISSES_TO_FREE) {
      // Set anew at the end: those that were asked for longest ago come first.
      uses.delete(ip);
      uses.set(ip, { ...before, misses: before.misses + 1 });
      return;
    }
    uses.delete(ip);
    const message = `${formatIpv4(ip)} of subnet ${before.subnet} is not used by ${before.mac} any more`;
    onEvent(eventOf('ok', ip, before.mac, message));
  };

  return {
    chooseToAsk(subnet) {
      forgetStrays();
      const again = [...uses]
        .filter(([, use]) => use.subnet === subnet.name)
        .slice(0, ASK_AGAIN_AT_ONCE)
        .map(([ip]) => ip);
      return [...again, ...nextFree(subnet, ASK_AT_ONCE - again.length)];
    },
    note(subnet, asked, users) {
      for (const ip of asked) {
        const [mac] = users.get(ip) ?? [];
        // Leased since it was asked for: then it is the lease's business.
        if (!isFree(ip)) uses.delete(ip);
        else if (mac === undefined) noteSilent(ip);
        else noteUsed(subnet, ip, mac);
      }
    },
    findUser: (ip) => uses.get(ip)?.mac,
    list: () =>
      [...uses].map(([ip, { mac, subnet, sinceMs, lastSeenMs }]) => ({
        ip: formatIpv4(ip),
        mac,
        subnet,
        since: new Date(sinceMs).toISOString(),
        lastSeenAt: new Date(lastSeenMs).toISOString(),
      })),
    warnings: () => warningsOf(uses),
  };
}

/**
 * The store as the packets see it: an address that somebody answers for is held by that machine, unless a record or a
 * lease says otherwise. So it is offered to nobody else, and its user may still have it.
 */
export function heedAddressUse<Reads extends Pick<DhcpStore, 'findHolder'>>(
  store: Reads,
  findUser: AddressUse['findUser'],
): Reads {
  return {
    ...store,
    findHolder: (ip, nowMs) => {
      const holder = store.findHolder(ip, nowMs);
      if (holder !== undefined) return holder;
      const mac = findUser(ip);
      return mac === undefined ? undefined : { mac, label: `${mac}, which uses it without a lease` };
    },
  };
}

function warningsOf(uses: ReadonlyMap<Ipv4, Use>): string[] {
  const bySubnet = new Map<string, string[]>();
  for (const [ip, { subnet, mac }] of uses)
    bySubnet.set(subnet, [...(bySubnet.get(subnet) ?? []), `${formatIpv4(ip)} by ${mac}`]);
  return [...bySubnet].map(([subnet, all]) => {
    const more = all.length > NAMED_IN_WARNING ? ` and ${all.length - NAMED_IN_WARNING} more` : '';
    const named = all.slice(0, NAMED_IN_WARNING).join(', ');
    return `addresses of the ranges of subnet ${subnet} are used without a lease: ${named}${more}; take them out of the ranges, or add the machines as systems`;
  });
}

function addressAt(ranges: ReturnType<typeof dynamicRangesOf>, index: number): Ipv4 {
  let rest = index;
  for (const { from, to } of ranges) {
    if (rest <= to - from) return ipv4FromNumber(from + rest);
    rest -= to - from + 1;
  }
  throw new RangeError(`no address at position ${index}`);
}

function eventOf(outcome: NewBootEvent['outcome'], ip: Ipv4, mac: string, message: string): NewBootEvent {
  const data = { ip: formatIpv4(ip) };
  return { systemId: null, mac, installId: null, stage: 'address-in-use', outcome, message, data };
}
