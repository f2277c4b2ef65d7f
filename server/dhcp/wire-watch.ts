import { givesAddresses } from '../../src/dhcp/choose-subnet.ts';
import { type Ipv4, networkContains, parseNetwork } from '../../src/domain/network/ipv4.ts';
import type { Subnet } from '../../src/domain/network/subnet.ts';
import type { AddressUse } from '../../src/services/dhcp/address-use.ts';
import type { OtherServers } from '../../src/services/dhcp/other-servers.ts';
import type { ProbeAddresses } from '../net/address-prober.ts';
import type { MachineInterface } from '../net/interfaces.ts';
import type { DhcpLog } from './serve.ts';
import type { ProbeServers } from './server-probe.ts';

export interface WireWatchDeps {
  /** The interfaces that DHCP is served on, as they are now. */
  readonly served: () => readonly MachineInterface[];
  readonly subnets: () => readonly Subnet[];
  readonly servers: OtherServers;
  readonly addressUse: AddressUse;
  readonly probeServers: ProbeServers;
  readonly probeAddresses: ProbeAddresses;
  readonly log: DhcpLog;
}

/** Looks at the links that DHCP is served on, in the background: never in the path of a reply. */
export interface WireWatch {
  /** Looks for both where that has not been done yet: on a link or subnet that is new. */
  lookAtNewLinks(): Promise<void>;
  /** Looks for other DHCP servers on every link. */
  lookForServers(): Promise<void>;
  /** Asks every link for some of the addresses that are free by the records. */
  lookAtAddresses(): Promise<void>;
}

interface Served {
  readonly link: MachineInterface;
  readonly subnet: Subnet;
}

export function createWireWatch(deps: WireWatchDeps): WireWatch {
  const { servers, addressUse, log } = deps;
  let seen = new Set<string>();
  const told = new Set<string>();

  /** What cannot be asked is told once a link: it will be so the next hour as well. */
  const tellOnce = (link: MachineInterface, what: string, reason: string): void => {
    const key = `${link.name} ${what}`;
    if (told.has(key)) return;
    told.add(key);
    log.warn({ interface: link.name, reason }, `cannot look for ${what}`);
  };

  const lookOn = async (link: MachineInterface, subnets: readonly Subnet[]): Promise<void> => {
    const found = await deps.probeServers(link);
    if (!found.ok) return tellOnce(link, 'other DHCP servers', found.reason);
    for (const subnet of subnets) {
      servers.noteAnswered(subnet.name, found.servers.length > 0);
      for (const { serverId } of found.servers)
        servers.notice({ serverId, subnet: subnet.name, interfaceName: link.name, noticedBy: 'offer' });
    }
  };

  const look = async (served: readonly Served[]): Promise<void> => {
    const byLink = new Map<MachineInterface, Subnet[]>();
    for (const { link, subnet } of served) byLink.set(link, [...(byLink.get(link) ?? []), subnet]);
    await Promise.all([...byLink].map(([link, subnets]) => lookOn(link, subnets)));
  };

  const askFor = async ({ link, subnet }: Served): Promise<void> => {
    const asked = addressUse.chooseToAsk(subnet);
    if (asked.length === 0) return;
    const answer = await deps.probeAddresses(link, asked);
    if (answer.ok) addressUse.note(subnet, asked, answer.users);
    else tellOnce(link, 'addresses in use', answer.reason);
  };

  const askForSome = async (served: readonly Served[]): Promise<void> => {
    for (const one of served) if (givesAddresses(one.subnet.dhcp)) await askFor(one);
  };

  return {
    async lookAtNewLinks() {
      const served = servedBy(deps);
      const before = seen;
      seen = new Set(served.map(keyOf));
      const added = served.filter((one) => !before.has(keyOf(one)));
      await Promise.all([look(added), askForSome(added)]);
    },
    lookForServers: () => look(servedBy(deps)),
    lookAtAddresses: () => askForSome(servedBy(deps)),
  };
}

function keyOf({ link, subnet }: Served): string {
  return `${link.index} ${subnet.name} ${subnet.dhcp}`;
}

/** Each subnet that is on, with the link that it is on; what is behind a relay cannot be asked. */
function servedBy({ served, subnets }: WireWatchDeps): Served[] {
  return subnets()
    .filter(({ dhcp }) => dhcp !== 'off')
    .flatMap((subnet) => {
      const link = served().find(({ addresses }) => addresses.some(({ address }) => isIn(subnet, address)));
      return link === undefined ? [] : [{ link, subnet }];
    });
}

function isIn({ network }: Subnet, ip: Ipv4): boolean {
  const parsed = parseNetwork(network);
  return parsed !== undefined && networkContains(parsed, ip);
}
