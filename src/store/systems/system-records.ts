import { setImmediate } from 'node:timers/promises';
import type { Kysely, Selectable } from 'kysely';
import { type BootFields, effectiveBoot } from '../../domain/boot/boot-choice.ts';
import { chosenFirmware, type HeardFirmware } from '../../domain/boot/chosen-firmware.ts';
import { effectiveHandoff } from '../../domain/handoff/handoff-definition.ts';
import { formatIpv4, type Ipv4, networkContains } from '../../domain/network/ipv4.ts';
import type { SystemInterface } from '../../domain/network/network-interface.ts';
import type { Firmware } from '../../domain/power/power.ts';
import type { Settings } from '../../domain/records/settings.ts';
import type { System } from '../../domain/records/system.ts';
import { toInstall } from '../installs/installs.ts';
import { listKnownPower } from '../power-states.ts';
import { parsedList, timeText } from '../schema/rows.ts';
import type { SystemRow, Tables } from '../schema/schema.ts';
import { compiledQuery, queryOfSystems } from '../sqlite/compiled.ts';
import { listBmcs } from './bmcs.ts';
import { type ListedInterface, listInterfaces } from './interfaces.ts';
import { listHeardFirmware, listInService, listLocks } from './system-marks.ts';
import { listRoles } from './system-roles.ts';

/** A system with what its profile says where it says nothing itself. */
export type SystemWithProfile = Selectable<SystemRow> & {
  profile: string;
  profile_loader: string | null;
  profile_local_boot: string | null;
  profile_handoff: string | null;
};

/** Systems of one slice: some ten milliseconds, for which no packet is answered. */
const SLICE = 500;

/** Rows to records, in slices between which packets and requests have their turn. */
export async function assembleMany(
  db: Kysely<Tables>,
  rows: readonly SystemWithProfile[],
): Promise<System[]> {
  const systems: System[] = [];
  for (let from = 0; from < rows.length; from += SLICE) {
    if (from > 0) await setImmediate();
    for (const system of await assemble(db, rows.slice(from, from + SLICE))) systems.push(system);
  }
  return systems;
}

/** Rows to records in a dozen queries, however many systems there are. */
export async function assemble(db: Kysely<Tables>, rows: readonly SystemWithProfile[]): Promise<System[]> {
  const ids = rows.map(({ id }) => id);
  const [interfaces, roles, bmcs, power, installs, inService, locks, heard, networks] = [
    await listInterfaces(db, ids),
    await listRoles(db, ids),
    await listBmcs(db, ids),
    await listKnownPower(db, ids),
    await listLatestInstalls(db, ids),
    await listInService(db, ids),
    await listLocks(db, ids),
    await listHeardFirmware(db, ids),
    await listNetworks(db),
  ];
  const subnetOf = (ip: number): string | null =>
    networks.find((net) => networkContains(net.network, ip as Ipv4))?.name ?? null;
  const toSystemInterface = (item: ListedInterface): SystemInterface => ({
    name: item.name,
    mac: item.mac,
    clientId: item.clientId,
    circuitId: item.circuitId,
    remoteId: item.remoteId,
    ip: item.ip === null ? null : formatIpv4(item.ip as Ipv4),
    seenMac: item.seenMac,
    type: item.type,
    parents: item.parents,
    vlan: item.vlan,
    bondMode: item.bondMode,
    sharedMac: item.sharedMac,
    gateway: item.gateway,
    routes: item.routes,
    mtu: item.mtu,
    addresses: item.addresses,
    sharedAddresses: item.sharedAddresses,
    subnet: item.ip === null ? null : subnetOf(item.ip),
  });
  // Field by field, here and above: an object that others were spread into is four times as slow to make and to write.
  return rows.map((row) => ({
    id: row.id,
    revision: row.revision,
    createdAt: timeText(row.created_at),
    updatedAt: timeText(row.updated_at),
    name: row.name,
    hostname: row.hostname,
    profile: row.profile,
    roles: roles.get(row.id) ?? [],
    interfaces: (interfaces.get(row.id) ?? []).map(toSystemInterface),
    bmc: bmcs.get(row.id) ?? null,
    power: power.get(row.id) ?? null,
    kernelArgs: parsedList<string>(row.kernel_args),
    loader: loaderOf(row.loader),
    localBoot: localBootOf(row.local_boot),
    settings: row.settings === '{}' ? {} : (JSON.parse(row.settings) as Settings),
    dhcpOptions: parsedList<System['dhcpOptions'][number]>(row.dhcp_options),
    secretsSet: row.secrets === null ? [] : ['rootPasswordHash'],
    comment: row.comment,
    handoff: row.handoff,
    effective: effectiveOf(row, bmcs.get(row.id)?.firmware ?? null, heard.get(row.id) ?? null),
    install: installs.get(row.id) ?? null,
    inService: inService.get(row.id) ?? null,
    lock: locks.get(row.id) ?? null,
  }));
}

function effectiveOf(
  row: SystemWithProfile,
  firmware: Firmware | null,
  heard: HeardFirmware | null,
): System['effective'] {
  const own = { loader: loaderOf(row.loader), localBoot: localBootOf(row.local_boot) };
  const profile = { loader: loaderOf(row.profile_loader), localBoot: localBootOf(row.profile_local_boot) };
  const { loader, localBoot } = effectiveBoot(own, profile);
  return {
    loader,
    localBoot,
    handoff: effectiveHandoff(row.handoff, row.profile_handoff),
    firmware: chosenFirmware(firmware, heard, loader.value),
  };
}

/** A column that this service wrote itself. */
function loaderOf(loader: string | null): BootFields['loader'] {
  return loader as BootFields['loader'];
}

/** A column that this service wrote itself. */
function localBootOf(localBoot: string | null): BootFields['localBoot'] {
  return localBoot as BootFields['localBoot'];
}

const latestInstalls = queryOfSystems((db, ids) => {
  const newest = db
    .selectFrom('installs')
    .select((eb) => eb.fn.max('id').as('id'))
    .groupBy('system_id');
  return db
    .selectFrom('installs')
    .innerJoin('systems', 'systems.id', 'installs.system_id')
    .selectAll('installs')
    .select('systems.name as system')
    .where('installs.id', 'in', newest.where('system_id', 'in', ids));
});

async function listLatestInstalls(db: Kysely<Tables>, ids: readonly number[]) {
  return new Map((await latestInstalls(db, ids)).map((row) => [row.system_id, toInstall(row)]));
}

const networkRows = compiledQuery((db) => db.selectFrom('subnets').select(['name', 'network', 'prefix']));

async function listNetworks(db: Kysely<Tables>) {
  return (await networkRows(db, {})).map((row) => ({
    name: row.name,
    network: { network: row.network as Ipv4, prefix: row.prefix },
  }));
}
