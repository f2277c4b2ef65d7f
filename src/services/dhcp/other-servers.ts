import type { NewBootEvent } from '../../domain/boot/boot-event.ts';
import type { DhcpMode } from '../../domain/network/dhcp-mode.ts';
import { formatIpv4, type Ipv4 } from '../../domain/network/ipv4.ts';
import type { Subnet } from '../../domain/network/subnet.ts';

/** A DHCP server that is not this service, as the API shows it. */
export interface OtherServer {
  readonly address: string;
  readonly subnet: string;
  /** The interface that it was noticed on. */
  readonly interface: string;
  /** Does the subnet's mode leave room for it? */
  readonly expected: boolean;
  /** `offer`: it answered our question. `request`: a machine chose it. */
  readonly noticedBy: 'offer' | 'request';
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

/** One sign of another server. */
export interface ServerSighting {
  readonly serverId: Ipv4;
  readonly subnet: string;
  readonly interfaceName: string;
  readonly noticedBy: OtherServer['noticedBy'];
}

/** The DHCP servers besides this one, as far as they were noticed. */
export interface OtherServers {
  notice(sighting: ServerSighting): void;
  /** The question on a subnet's link was answered, or by nobody at all. */
  noteAnswered(subnet: string, isAnswered: boolean): void;
  list(): OtherServer[];
  /** What a person should know: servers where there should be none, and none where there should be one. */
  warnings(): string[];
}

export interface OtherServersDeps {
  readonly subnets: () => readonly Subnet[];
  readonly ownAddresses: () => readonly Ipv4[];
  readonly now: () => number;
  /** Hears of each server once, when it is first noticed. */
  readonly onEvent: (event: NewBootEvent) => void;
}

interface Known extends ServerSighting {
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** Three questions without an answer, which are asked once an hour. */
const FORGET_MS = 190 * 60_000;
/** Whoever makes up servers in REQUESTs must not fill the memory, nor the log. */
const MOST_SERVERS = 32;

export function createOtherServers({ subnets, ownAddresses, now, onEvent }: OtherServersDeps): OtherServers {
  const known = new Map<string, Known>();
  const unanswered = new Set<string>();
  const modeOf = (name: string): DhcpMode | undefined =>
    subnets().find((subnet) => subnet.name === name)?.dhcp;

  const isOld = ({ lastSeenMs }: Known): boolean => now() - lastSeenMs >= FORGET_MS;
  const forgetOld = (): void => {
    for (const [key, server] of known)
      if (isOld(server) || (modeOf(server.subnet) ?? 'off') === 'off') known.delete(key);
  };
  const current = (): Known[] => {
    forgetOld();
    return [...known.values()];
  };
  return {
    notice(sighting) {
      if (ownAddresses().includes(sighting.serverId)) return;
      const key = `${sighting.serverId} ${sighting.subnet}`;
      const found = known.get(key);
      const before = found === undefined || isOld(found) ? undefined : found;
      if (before === undefined) {
        if (known.size >= MOST_SERVERS) forgetOld();
        if (known.size >= MOST_SERVERS) return;
        onEvent(eventOf(sighting, modeOf(sighting.subnet)));
      }
      known.set(key, { ...sighting, firstSeenMs: before?.firstSeenMs ?? now(), lastSeenMs: now() });
    },
    noteAnswered(subnet, isAnswered) {
      if (isAnswered) unanswered.delete(subnet);
      else unanswered.add(subnet);
    },
    list: () =>
      current().map((server) => ({
        address: formatIpv4(server.serverId),
        subnet: server.subnet,
        interface: server.interfaceName,
        expected: isExpected(modeOf(server.subnet)),
        noticedBy: server.noticedBy,
        firstSeenAt: new Date(server.firstSeenMs).toISOString(),
        lastSeenAt: new Date(server.lastSeenMs).toISOString(),
      })),
    warnings: () => [
      ...current()
        .filter(({ subnet }) => !isExpected(modeOf(subnet)))
        .map((server) => `${describe(server)}; turn it off, or tell: ${remedyFor(server.subnet)}`),
      ...[...unanswered]
        .filter((subnet) => modeOf(subnet) === 'proxy')
        .map(
          (subnet) =>
            `subnet ${subnet} leaves the addresses to another DHCP server (proxy), but none answers there`,
        ),
    ],
  };
}

function isExpected(mode: DhcpMode | undefined): boolean {
  return mode === 'shared' || mode === 'proxy';
}

function describe({ serverId, subnet, interfaceName, noticedBy }: ServerSighting): string {
  const how = noticedBy === 'offer' ? 'it offers addresses' : 'a machine chose it';
  return `${formatIpv4(serverId)} is another DHCP server on subnet ${subnet} (${interfaceName}): ${how}`;
}

function remedyFor(subnet: string): string {
  return `provision subnet edit ${subnet} --dhcp shared (or proxy)`;
}

function eventOf(sighting: ServerSighting, mode: DhcpMode | undefined): NewBootEvent {
  const { subnet, interfaceName, serverId } = sighting;
  return {
    systemId: null,
    mac: null,
    installId: null,
    stage: 'other-dhcp-server',
    outcome: isExpected(mode) ? 'ok' : 'warning',
    message: describe(sighting),
    data: { server: formatIpv4(serverId), subnet, interface: interfaceName },
  };
}
