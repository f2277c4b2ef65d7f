import type { AnswerFacts } from '../../answer-file/context.ts';
import { type BootServer, bootUrl } from '../../boot/bootfile.ts';
import { Secret } from '../../domain/access/secret.ts';
import { DomainError, type Problem } from '../../domain/errors.ts';
import { bootInterfaceOf } from '../../domain/network/interface-graph.ts';
import { networkContains, parseNetwork } from '../../domain/network/ipv4.ts';
import type { SystemInterface } from '../../domain/network/network-interface.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import type { Distro } from '../../domain/records/distro.ts';
import type { Effective } from '../../domain/records/effective.ts';
import { canonicalIpv4 } from '../../domain/records/fields.ts';
import type { System } from '../../domain/records/system.ts';
import type { StoredProfile, StoredSystem } from '../../store/interfaces/store.ts';

/** For whom and from where a file is made: the install's token, and the address by which the machine reaches us. */
export interface Rendering {
  readonly token: string;
  readonly server: BootServer;
}

/** Everything that stands behind one system. */
export interface Standing {
  readonly system: StoredSystem;
  readonly profile: StoredProfile;
  readonly distro: Distro;
  readonly effective: Effective;
  readonly subnets: readonly Subnet[];
}

/** What stands in no record that people read. */
export interface HiddenFacts {
  readonly rootPasswordHash: string | undefined;
  /** Where installers may send their logs; null where nobody listens. */
  readonly syslogPort: number | null;
}

/** What a template may know of it. */
export function answerFactsOf(
  { system, profile, distro, effective, subnets }: Standing,
  { token, server }: Rendering,
  imageDigest: string | null,
  { rootPasswordHash, syslogPort }: HiddenFacts,
): AnswerFacts {
  refuseUnbuildable(system.system, distro);
  const base = bootUrl(server);
  const image = profile.profile.image;
  const domain = effective.settings.domain ?? domainOfFirst(system, subnets);
  return {
    system: {
      name: system.system.name,
      hostname: system.system.hostname,
      domain,
      roles: system.system.roles,
    },
    interfaces: system.system.interfaces.map((item) => {
      const subnet = subnets.find((candidate) => candidate.name === item.subnet);
      const prefix = subnet === undefined ? null : (parseNetwork(subnet.network)?.prefix ?? null);
      const { name, ip, gateway: defaultRoute, addresses, ...shape } = item;
      return {
        ...shape,
        name,
        ip,
        mac: macOf(system.system, item),
        prefix,
        gateway: subnet?.gateway ?? null,
        dns: subnet?.dnsServers ?? [],
        defaultRoute,
        addresses: addresses.map((further) => ({ ip: further, prefix: prefixAt(further, subnets) })),
      };
    }),
    distro: { ...distro, treeUrl: treeUrl(distro, base) },
    profile: { name: profile.profile.name },
    image:
      image === null || imageDigest === null
        ? null
        : {
            url: `${base}/i/${token}/image`,
            fileName: image.split('/').at(-1) ?? image,
            sha256: imageDigest,
          },
    settings: {
      ...definedOnly(effective.settings),
      rootPasswordHash: rootPasswordHash === undefined ? null : new Secret(rootPasswordHash),
    },
    urls: {
      base,
      answer: `${base}/i/${token}/answer`,
      events: `${base}/i/${token}/event`,
      logs: `${base}/i/${token}/log`,
    },
    server: { address: new URL(base).hostname },
    syslogPort,
  };
}

/** What the way in which the system is installed cannot make. */
function refuseUnbuildable({ name, interfaces }: System, { family }: Distro): void {
  const typeOf = (parent: string) => interfaces.find((one) => one.name === parent)?.type;
  const problems = interfaces.flatMap(({ name: card, type, parents }, index): Problem[] => {
    const path = `interfaces.${index}.type`;
    if (family === 'redhat' && type === 'bridge' && parents.some((parent) => typeOf(parent) === 'vlan'))
      return [{ path, message: `Anaconda makes no bridge over a VLAN, as ${card} is` }];
    return [];
  });
  if (problems.length > 0) throw notReady(name, problems);
}

/** Length of the prefix of the subnet that an address lies in. */
function prefixAt(ip: string, subnets: readonly Subnet[]): number {
  const networks = subnets.flatMap(({ network }) => parseNetwork(network) ?? []);
  return networks.find((network) => networkContains(network, canonicalIpv4(ip)))?.prefix ?? 32;
}

/**
 * What the installer will call the card by: its MAC in the record, or the one that was seen. Null: by its name, as what is
 * made of cards, a part of that of which nothing is known, and one whose MAC another card shows as well.
 */
function macOf(system: System, item: SystemInterface): string | null {
  const { name, interfaces } = system;
  const { name: card, mac, seenMac, clientId, circuitId, type, sharedMac } = item;
  if (type !== 'ethernet' || (sharedMac && interfaces.filter((other) => other.mac === mac).length > 1))
    return null;
  const known = mac ?? seenMac;
  if (known != null) return known;
  if (clientId == null && circuitId == null) return null;
  const message = `the MAC of interface ${card} is not known yet: let ${name} boot once, or give it with --mac`;
  throw notReady(name, [{ path: 'interfaces', message }]);
}

/** A tree in a folder is served by the boot listener; one behind a URL is named as it is. */
function treeUrl(distro: Distro, base: string): string | null {
  return distro.tree?.startsWith('/') ? `${base}/trees/${distro.name}` : distro.tree;
}

function domainOfFirst(system: StoredSystem, subnets: readonly Subnet[]): string | null {
  const name = bootInterfaceOf(system.system.interfaces)?.subnet;
  return subnets.find((subnet) => subnet.name === name)?.domain ?? null;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(settings: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}

/** Everything that is in the way of arming a system, at once. */
export function notReady(name: string, problems: readonly Problem[]): DomainError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new DomainError('not-ready', `system '${name}' was not armed: ${first?.message}${more}`, {
    problems,
    hint: 'nothing was changed; mend this and arm it again',
  });
}
