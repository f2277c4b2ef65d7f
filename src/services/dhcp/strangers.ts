import type { DhcpClient } from '../../dhcp/client.ts';
import { describeArchCode } from '../../domain/boot/arch.ts';
import { type Ipv4, type Ipv4Network, networkContains } from '../../domain/network/ipv4.ts';
import { isBootClient } from '../boot/boot-target.ts';
import type { Exchange } from './dhcp-events.ts';

/** A machine that netboots and that no record knows. */
export interface Stranger {
  readonly mac: string;
  /** What it says that it is: `x64-uefi (7)`. */
  readonly firmware: string;
  /** How often it asked. */
  readonly count: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

/** Machines without a record that wanted to boot from the network lately: perhaps one of ours by another card. */
export interface Strangers {
  notice(exchange: Exchange): void;
  /** Those on these networks, newest first. */
  list(networks: readonly Ipv4Network[]): Stranger[];
  find(mac: string): Stranger | undefined;
}

/** Whoever sends DISCOVERs in many names must not fill the memory. */
const MOST_STRANGERS = 512;

interface Known {
  readonly link: Ipv4;
  readonly firmware: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Kept in memory: who still wants something asks again. */
export function createStrangers(now: () => number): Strangers {
  // The machine that asked last is the last entry.
  const known = new Map<string, Known>();
  return {
    notice({ client, machine }) {
      if (machine !== undefined || client.messageType !== 'discover' || !isBootClient(client)) return;
      const { mac } = client;
      if (mac === undefined) return;
      const before = known.get(mac);
      known.delete(mac);
      const [oldest] = known.keys();
      if (known.size >= MOST_STRANGERS && oldest !== undefined) known.delete(oldest);
      known.set(mac, {
        link: client.linkAddress,
        firmware: firmwareOf(client),
        count: (before?.count ?? 0) + 1,
        firstMs: before?.firstMs ?? now(),
        lastMs: now(),
      });
    },
    list: (networks) =>
      [...known]
        .filter(([, { link }]) => networks.some((network) => networkContains(network, link)))
        .map(toStranger)
        .reverse(),
    find(mac) {
      const found = known.get(mac);
      return found === undefined ? undefined : toStranger([mac, found]);
    },
  };
}

function firmwareOf({ isIpxe, archCodes }: DhcpClient): string {
  const archs = archCodes.map(describeArchCode).join(', ') || 'firmware that does not say what it is';
  return isIpxe ? `iPXE, ${archs}` : archs;
}

function toStranger([mac, { firmware, count, firstMs, lastMs }]: readonly [string, Known]): Stranger {
  const at = (ms: number): string => new Date(ms).toISOString();
  return { mac, firmware, count, firstSeenAt: at(firstMs), lastSeenAt: at(lastMs) };
}
