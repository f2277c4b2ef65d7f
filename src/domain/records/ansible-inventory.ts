import { createHash } from 'node:crypto';
import type { GROUP_PREFIXES } from '../access/role.ts';
import type { HostNames } from '../network/fqdn.ts';
import type { SystemInterface } from '../network/network-interface.ts';
import type { DistroInput } from './distro.ts';
import type { Settings } from './settings.ts';

/** What an inventory knows of one machine. Nothing in it is secret. */
export interface InventoryMachine {
  readonly name: string;
  readonly names: HostNames;
  readonly roles: readonly string[];
  readonly profile: string;
  readonly distro: Pick<DistroInput, 'name' | 'family' | 'version' | 'arch'>;
  /** Of its last install; `none` of a machine that was never armed. */
  readonly state: string;
  readonly interfaces: readonly InventoryInterface[];
  /** By which it is reached: of the first interface that has one; null where none is known. */
  readonly address: string | null;
  readonly settings: Settings;
}

/** An interface as the record has it; every field is there, whatever is said of it. */
export interface InventoryInterface
  extends Pick<
    SystemInterface,
    | 'name'
    | 'type'
    | 'subnet'
    | 'addresses'
    | 'sharedAddresses'
    | 'parents'
    | 'vlan'
    | 'bondMode'
    | 'mtu'
    | 'routes'
  > {
  /** On record or seen; null on what is made of cards. */
  readonly mac: string | null;
  /** On record or leased now. */
  readonly ip: string | null;
}

/** Text that Ansible must not take for a template. */
interface UnsafeText {
  readonly __ansible_unsafe: string;
}

export type HostVars = Readonly<Record<string, unknown>>;

/**
 * What an inventory script prints for `--list`. Ansible reads this form from a script only, not from a file: to
 * give it a written one, print that from a script.
 */
export interface AnsibleInventory {
  readonly _meta: {
    readonly hostvars: Readonly<Record<string, HostVars>>;
    /** Machines that are left out, each with the reason; Ansible passes over this. */
    readonly omitted: Readonly<Record<string, string>>;
  };
  readonly all: { readonly children: readonly string[] };
  readonly [group: string]:
    | { readonly hosts?: readonly string[]; readonly children?: readonly string[] }
    | object;
}

/**
 * The inventory of machines: a group for each role, by its name, and `profile_X`, `subnet_X` and `state_X`. Machines
 * without an address are left out with the reason, since Ansible would try to reach them by their name.
 */
export function ansibleInventory(machines: readonly InventoryMachine[]): AnsibleInventory {
  const sorted = machines.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const reachable = sorted.filter(({ address }) => address !== null);
  const groups = groupsOf(reachable);
  const omitted = sorted.filter(({ address }) => address === null).map(({ name }) => [name, NO_ADDRESS]);
  return {
    _meta: {
      hostvars: Object.fromEntries(reachable.map((machine) => [machine.name, hostVarsOf(machine)])),
      omitted: Object.fromEntries(omitted),
    },
    all: { children: [...groups.keys(), 'ungrouped'] },
    ...Object.fromEntries(
      [...groups].map(([group, members]) => [group, { hosts: members.map(({ name }) => name) }]),
    ),
  };
}

const NO_ADDRESS = 'it has no address: none is on record, and none is leased to it';

type Groups = Map<string, InventoryMachine[]>;

/** Machines by group, both sorted. */
function groupsOf(machines: readonly InventoryMachine[]): Groups {
  const subnets = ({ interfaces }: InventoryMachine) => interfaces.flatMap(({ subnet }) => subnet ?? []);
  const groups = [
    ...grouped(machines, ({ roles }) => roles),
    ...prefixed(
      'profile_',
      grouped(machines, ({ profile }) => [profile]),
    ),
    ...prefixed('subnet_', grouped(machines, subnets)),
    ...prefixed(
      'state_',
      grouped(machines, ({ state }) => [state]),
    ),
  ];
  return new Map(groups.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function grouped<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items)
    for (const key of new Set(keysOf(item))) {
      const others = found.get(key);
      if (others === undefined) found.set(key, [item]);
      else others.push(item);
    }
  return found;
}

/** Groups named after records, whose names may hold what the name of a group may not; no role begins so. */
function prefixed(prefix: (typeof GROUP_PREFIXES)[number], byKey: Groups): Groups {
  const plain = (key: string): string => key.replaceAll(/[^a-z0-9]/g, '_');
  const uses = grouped([...byKey.keys()], (key) => [plain(key)]);
  // Records that differ in what becomes an underscore are never one group, and none of them gets the plain name.
  const nameOf = (key: string): string =>
    uses.get(plain(key))?.length === 1 ? plain(key) : `${plain(key)}_${shortHash(key)}`;
  return new Map([...byKey].map(([key, members]) => [`${prefix}${nameOf(key)}`, members]));
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}

/**
 * Variables of one host: `ansible_host`, `provision` with the record, and each of `settings.vars` under its own name. Those that begin
 * with `ansible_` stay in `provision.vars`: they say how Ansible connects, so they could name programs for it to run.
 */
function hostVarsOf(machine: InventoryMachine): HostVars {
  const { vars = {}, ...settings } = machine.settings;
  const own = Object.entries(vars).filter(([name]) => !/^ansible_|^provision$/.test(name));
  const { label, domain, fqdn } = machine.names;
  const record = {
    name: machine.name,
    hostname: label,
    domain,
    fqdn,
    roles: machine.roles,
    profile: machine.profile,
    distro: machine.distro,
    state: machine.state,
    interfaces: machine.interfaces,
    settings,
    vars,
  };
  return {
    ...(neverTemplate(Object.fromEntries(own)) as object),
    ansible_host: machine.address,
    provision: neverTemplate(record),
  };
}

/** Ansible evaluates `{{ … }}` in variables of an inventory, and that can run programs; text of records is only text. */
function neverTemplate(value: unknown): unknown {
  if (typeof value === 'string')
    return /\{[{%#]/.test(value) ? ({ __ansible_unsafe: value } satisfies UnsafeText) : value;
  if (Array.isArray(value)) return value.map(neverTemplate);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, neverTemplate(member)]));
}
