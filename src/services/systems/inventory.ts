import { z } from 'zod';
import type { Scope } from '../../domain/access/access.ts';
import { INSTALL_STATES } from '../../domain/install/install.ts';
import { keysOf } from '../../domain/network/binding-key.ts';
import { hostNamesOf } from '../../domain/network/fqdn.ts';
import { bootInterfaceOf } from '../../domain/network/interface-graph.ts';
import type { Lease } from '../../domain/network/lease.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import {
  type AnsibleInventory,
  ansibleInventory,
  type InventoryInterface,
  type InventoryMachine,
} from '../../domain/records/ansible-inventory.ts';
import type { Distro } from '../../domain/records/distro.ts';
import { effectiveOf } from '../../domain/records/effective.ts';
import { recordName } from '../../domain/records/fields.ts';
import type { Profile } from '../../domain/records/profile.ts';
import type { System } from '../../domain/records/system.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Actor, Deps } from '../deps.ts';
import { parseInput } from '../records/input.ts';

const oneOrMany = <T extends z.ZodType<string>>(one: T) =>
  z.union([z.array(one).max(1000), one.transform((value) => [value])]).default([]);

/** What of the inventory is wanted: machines in one of the states that have one of the roles; empty lists want all. */
export const inventoryQuery = z.strictObject({
  state: oneOrMany(z.enum([...INSTALL_STATES, 'none'])),
  role: oneOrMany(z.string().max(64)),
  system: oneOrMany(recordName),
});
export type InventoryQuery = z.input<typeof inventoryQuery>;

export interface InventoryService {
  /** Every machine in the actor's scope that the query means, as Ansible reads it. Throws DomainError `invalid`. */
  ansible(query: InventoryQuery, actor: Pick<Actor, 'scope'>): Promise<AnsibleInventory>;
}

/** What configuration management is told of the machines: always what the records say now. */
export function inventoryService({ store, now }: Pick<Deps, 'store' | 'now'>): InventoryService {
  return {
    async ansible(query, { scope }) {
      const { state, role, system } = parseInput(inventoryQuery, query);
      const isWanted = (machine: InventoryMachine): boolean =>
        includesOne(state, [machine.state]) &&
        includesOne(role, machine.roles) &&
        includesOne(system, [machine.name]);
      return ansibleInventory((await listMachines(store.read, now(), scope)).filter(isWanted));
    },
  };
}

function includesOne(wanted: readonly string[], has: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((one) => has.includes(one));
}

async function listMachines(
  read: StoreTransaction,
  nowMs: number,
  scope: Scope,
): Promise<InventoryMachine[]> {
  const [systems, profiles, distros, subnets, leases] = await Promise.all([
    read.systems.list({ scope }),
    read.profiles.list(),
    read.distros.list(),
    read.subnets.list(),
    read.leases.list(nowMs),
  ]);
  const profileBy = new Map(profiles.map((profile) => [profile.name, profile]));
  const distroBy = new Map(distros.map((distro) => [distro.name, distro]));
  const subnetBy = new Map(subnets.map((subnet) => [subnet.name, subnet]));
  const leaseBy = new Map(leases.map((lease) => [lease.key, lease]));
  return systems.flatMap((system) => {
    const profile = profileBy.get(system.profile);
    const distro = profile && distroBy.get(profile.distro);
    // A record that was removed between two of the reads takes its machines along.
    return profile && distro ? machineOf(system, { profile, distro, subnetBy, leaseBy }) : [];
  });
}

interface Behind {
  readonly profile: Profile;
  readonly distro: Distro;
  readonly subnetBy: ReadonlyMap<string, Subnet>;
  readonly leaseBy: ReadonlyMap<string, Lease>;
}

function machineOf(system: System, { profile, distro, subnetBy, leaseBy }: Behind): InventoryMachine {
  const { settings } = effectiveOf(distro, profile, system);
  const interfaces = system.interfaces.map((item): InventoryInterface => {
    const { name, type, subnet, addresses, sharedAddresses, parents, vlan, bondMode, mtu, routes } = item;
    const mac = item.mac ?? item.seenMac ?? null;
    const ip = item.ip ?? leasedTo(item, leaseBy);
    return { name, type, mac, ip, subnet, addresses, sharedAddresses, parents, vlan, bondMode, mtu, routes };
  });
  const bootSubnet = subnetBy.get(bootInterfaceOf(system.interfaces)?.subnet ?? '');
  return {
    name: system.name,
    names: hostNamesOf(system.hostname, settings.domain ?? bootSubnet?.domain ?? null),
    roles: system.roles,
    profile: profile.name,
    distro: { name: distro.name, family: distro.family, version: distro.version, arch: distro.arch },
    state: system.install?.state ?? 'none',
    interfaces,
    address: interfaces.find(({ ip }) => ip !== null)?.ip ?? null,
    settings,
  };
}

/** The address that an interface without one on record has now. */
function leasedTo(item: System['interfaces'][number], leaseBy: ReadonlyMap<string, Lease>): string | null {
  const { mac, clientKey, circuitKey } = keysOf(item);
  const found = [mac, clientKey, circuitKey].flatMap((key) => (key === null ? [] : (leaseBy.get(key) ?? [])));
  return found[0]?.ip ?? null;
}
