import type { Client, RecordClient } from '../../client/client.ts';
import type { Install } from '../../domain/install/install.ts';
import type { Lease } from '../../domain/network/lease.ts';
import type { SystemInterface } from '../../domain/network/network-interface.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import type { KnownPower } from '../../domain/power/power.ts';
import type { PowerUp } from '../../domain/power/power-up.ts';
import type { Distro } from '../../domain/records/distro.ts';
import type { Profile } from '../../domain/records/profile.ts';
import type { System } from '../../domain/records/system.ts';
import { formatDistance } from '../flags/duration.ts';
import type { FlagSpec } from '../flags/flags.ts';
import type { Column } from '../output/table.ts';

/** How one kind of record is reached and listed: what `list`, `show`, `add` and `remove` have in common. */
export interface RecordView<Rec extends object> {
  readonly noun: string;
  readonly columns: readonly Column<Rec>[];
  readonly client: (client: Client) => Pick<RecordClient<Rec, never, never>, 'list' | 'get' | 'remove'>;
  /** Flags that narrow a list down, by the names that the API's query has for them. */
  readonly filters?: readonly FlagSpec[];
  /** A command line that adds one, said when a list is empty. */
  readonly addExample: string;
}

export const DISTRO_VIEW: RecordView<Distro> = {
  noun: 'distro',
  columns: [
    { header: 'NAME', value: (distro) => distro.name },
    { header: 'FAMILY', value: (distro) => distro.family },
    { header: 'VERSION', value: (distro) => distro.version },
    { header: 'ARCH', value: (distro) => distro.arch },
    { header: 'TREE', value: (distro) => distro.tree },
  ],
  client: (client) => client.distros,
  addExample: 'provision distro add debian-13 --kernel /srv/debian/linux --initrd /srv/debian/initrd.gz',
};

export const PROFILE_VIEW: RecordView<Profile> = {
  noun: 'profile',
  columns: [
    { header: 'NAME', value: (profile) => profile.name },
    { header: 'DISTRO', value: (profile) => profile.distro },
    { header: 'INSTALL', value: (profile) => profile.install },
    { header: 'ANSWER FILE', value: (profile) => profile.answerFile },
  ],
  client: (client) => client.profiles,
  addExample: 'provision profile add debian-13 --distro debian-13 --ssh-key ~/.ssh/id_ed25519.pub',
};

export const SUBNET_VIEW: RecordView<Subnet> = {
  noun: 'subnet',
  columns: [
    { header: 'NAME', value: (subnet) => subnet.name },
    { header: 'NETWORK', value: (subnet) => subnet.network },
    { header: 'GATEWAY', value: (subnet) => subnet.gateway },
    { header: 'DHCP', value: (subnet) => subnet.dhcp },
    { header: 'RANGES', value: (subnet) => subnet.ranges.map(({ from, to }) => `${from}-${to}`).join(',') },
  ],
  client: (client) => client.subnets,
  addExample: 'provision subnet add lab --network 10.99.0.0/24 --gateway 10.99.0.1 --dhcp authoritative',
};

/** The MAC, or what the interface is known by in its place; a bond has none of its own. */
function knownBy({ mac, seenMac, clientId, circuitId }: SystemInterface): string {
  return mac ?? seenMac ?? clientId ?? circuitId ?? '-';
}

/** `on (3 min ago)`: power is never shown without its age. */
function formatPower({ state, checkedAt }: KnownPower, now: Date): string {
  return `${state} (${formatDistance(checkedAt, now)})`;
}

export const SYSTEM_VIEW: RecordView<System> = {
  noun: 'system',
  columns: [
    { header: 'NAME', value: (system) => system.name },
    { header: 'PROFILE', value: (system) => system.profile },
    { header: 'ROLES', value: (system) => system.roles.join(',') },
    { header: 'MAC', value: (system) => system.interfaces.map(knownBy).join(',') },
    { header: 'IP', value: (system) => system.interfaces.map((one) => one.ip ?? 'dynamic').join(',') },
    { header: 'INSTALL', value: (system) => system.install?.state ?? null },
    {
      header: 'POWER',
      value: ({ power }) => power && `${power.state} ${power.checkedAt}`,
      pretty: ({ power }, now) => power && formatPower(power, now),
    },
  ],
  client: (client) => client.systems,
  filters: [{ flag: '--role <name>', help: 'only systems that have this role', fields: ['role'] }],
  addExample: 'provision system add web001 --profile debian-13 --mac 52:54:00:12:34:56 --ip 10.99.0.11',
};

export const LEASE_COLUMNS: readonly Column<Lease>[] = [
  { header: 'IP', value: (lease) => lease.ip },
  { header: 'MAC', value: (lease) => lease.mac },
  { header: 'SYSTEM', value: (lease) => lease.system },
  { header: 'HOSTNAME', value: (lease) => lease.hostname },
  {
    header: 'EXPIRES',
    value: (lease) => lease.expiresAt,
    pretty: (lease, now) => formatDistance(lease.expiresAt, now),
  },
];

/** `watch, way 2 of 4`: how far its BMC has brought it. */
function formatPowerUp({ step, at, ways, outcome }: PowerUp): string {
  return outcome ?? `${step}, way ${at + 1} of ${ways.length}`;
}

export const INSTALL_COLUMNS: readonly Column<Install>[] = [
  { header: 'SYSTEM', value: (install) => install.system },
  { header: 'STATE', value: (install) => install.state },
  { header: 'ATTEMPTS USED', value: (install) => `${install.attemptsUsed}/${install.attempts}` },
  { header: 'ARMED BY', value: (install) => install.armedBy },
  {
    header: 'EXPIRES',
    value: (install) => install.expiresAt,
    pretty: (install, now) => formatDistance(install.expiresAt, now),
  },
  { header: 'POWER', value: ({ powerUp }) => powerUp && formatPowerUp(powerUp) },
];
