import { type Kysely, type Selectable, sql } from 'kysely';
import { type BootFields, effectiveBoot } from '../domain/boot-choice.ts';
import { chosenFirmware, type HeardFirmware } from '../domain/chosen-firmware.ts';
import { DomainError } from '../domain/errors.ts';
import { effectiveHandoff } from '../domain/handoff-definition.ts';
import { formatIpv4, type Ipv4, networkContains } from '../domain/ipv4.ts';
import type { SystemInterface } from '../domain/network-interface.ts';
import type { Firmware } from '../domain/power.ts';
import type { Settings } from '../domain/settings.ts';
import type { System } from '../domain/system.ts';
import { addBmc, listBmcs } from './bmcs.ts';
import { toInstall } from './installs.ts';
import { listInterfaces, writeInterfaces } from './interfaces.ts';
import { listKnownPower } from './power-states.ts';
import { anyOf, type Ids, newStamps, stampsOf, textList } from './rows.ts';
import type { SystemRow, Tables } from './schema.ts';
import type { StoredSystem, SystemStore, SystemWrite } from './store.ts';
import { findConflicts } from './system-conflicts.ts';
import { listHeardFirmware, listInService, listLocks } from './system-marks.ts';
import { conditionsOf, SORT_COLUMNS } from './system-page.ts';
import { isOfScope, listNamesOfScope, listRoleNames, listRoles, writeRoles } from './system-roles.ts';

type Row = Selectable<SystemRow> & {
  profile: string;
  profile_loader: string | null;
  profile_local_boot: string | null;
  profile_handoff: string | null;
};

/** SQLite takes 32,766 values in one statement. */
const IDS_AT_ONCE = 10_000;

/** Queries of systems, their interfaces and the addresses that they hold. */
export function systemQueries(db: Kysely<Tables>): SystemStore {
  const select = () =>
    db
      .selectFrom('systems')
      .innerJoin('profiles', 'profiles.id', 'systems.profile_id')
      .selectAll('systems')
      .select([
        'profiles.name as profile',
        'profiles.loader as profile_loader',
        'profiles.local_boot as profile_local_boot',
        'profiles.handoff as profile_handoff',
      ]);
  const one = async (row: Row | undefined): Promise<StoredSystem | undefined> => {
    if (row === undefined) return undefined;
    const [system] = await assemble(db, [row]);
    return system === undefined ? undefined : { system, sealedSecrets: row.secrets };
  };
  const get = async (id: number): Promise<System> => {
    const [system] = await assemble(db, [
      await select().where('systems.id', '=', id).executeTakeFirstOrThrow(),
    ]);
    if (system === undefined) throw new DomainError('storage', `system ${id} vanished while it was written`);
    return system;
  };
  return {
    async find(name) {
      return one(await select().where('systems.name', '=', name).executeTakeFirst());
    },
    async findById(id) {
      return one(await select().where('systems.id', '=', id).executeTakeFirst());
    },
    async findByMac(mac) {
      const owner = await db
        .selectFrom('interfaces')
        .select('system_id')
        .where('mac', '=', mac)
        .executeTakeFirst();
      return owner === undefined ? undefined : this.findById(owner.system_id);
    },
    async list({ role, scope = null } = {}) {
      const query = select().orderBy('systems.name');
      const meant = role === undefined ? query : query.where(isOfScope('systems.id', [role]));
      const rows = scope === null ? meant : meant.where(isOfScope('systems.id', scope));
      return assemble(db, await rows.execute());
    },
    async page(query) {
      const { sort, limit, after } = query;
      const isDown = sort.startsWith('-');
      const column = SORT_COLUMNS[sort.replace('-', '') as keyof typeof SORT_COLUMNS];
      const fitting = sql.join([sql`true`, ...conditionsOf(query)], sql` and `);
      const behind =
        after === null
          ? sql<boolean>`true`
          : sql<boolean>`(${sql.ref(column)}, systems.id) ${sql.raw(isDown ? '<' : '>')} (${after.value}, ${after.id})`;
      const rows = await select()
        .where(sql<boolean>`${fitting}`)
        .where(behind)
        .orderBy(sql.ref(column), isDown ? 'desc' : 'asc')
        .orderBy('systems.id', isDown ? 'desc' : 'asc')
        .limit(limit + 1)
        .execute();
      const { total } = await db
        .selectFrom('systems')
        .innerJoin('profiles', 'profiles.id', 'systems.profile_id')
        .select(({ fn }) => fn.countAll<number>().as('total'))
        .where(sql<boolean>`${fitting}`)
        .executeTakeFirstOrThrow();
      return { items: await assemble(db, rows.slice(0, limit)), isLast: rows.length <= limit, total };
    },
    roleNames: (scope) => listRoleNames(db, scope),
    namesOfScope: (scope) => listNamesOfScope(db, scope),
    async add(write, nowMs) {
      const row = { ...toRow(write), ...newStamps(nowMs) };
      const { id } = await db.insertInto('systems').values(row).returning('id').executeTakeFirstOrThrow();
      await writeParts(db, id, write);
      return get(id);
    },
    async update(id, write, nowMs) {
      await db
        .updateTable('systems')
        .set((eb) => ({ ...toRow(write), updated_at: nowMs, revision: eb('revision', '+', 1) }))
        .where('id', '=', id)
        .execute();
      // Rows are laid anew: two interfaces can then swap their addresses in one edit without a moment of conflict.
      await db.deleteFrom('addresses').where('system_id', '=', id).execute();
      await db.deleteFrom('bmcs').where('system_id', '=', id).execute();
      await db.deleteFrom('interfaces').where('system_id', '=', id).execute();
      await writeParts(db, id, write);
      return get(id);
    },
    async remove(id) {
      await db.deleteFrom('systems').where('id', '=', id).execute();
    },
    async release(ids) {
      for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
        const some = ids.slice(from, from + IDS_AT_ONCE);
        await db.deleteFrom('addresses').where('system_id', 'in', some).execute();
        await db.deleteFrom('bmcs').where('system_id', 'in', some).execute();
        await db.deleteFrom('interfaces').where('system_id', 'in', some).execute();
        // No host name has a tilde.
        const nobodys = sql<string>`'~' || id`;
        await db.updateTable('systems').set({ hostname: nobodys }).where('id', 'in', some).execute();
      }
    },
    conflicts: (write, exceptId) => findConflicts(db, write, exceptId),
  };
}

function toRow(write: SystemWrite) {
  return {
    name: write.name,
    hostname: write.hostname,
    profile_id: write.profileId,
    kernel_args: JSON.stringify(write.kernelArgs),
    loader: write.loader,
    local_boot: write.localBoot,
    handoff: write.handoff,
    settings: JSON.stringify(write.settings),
    dhcp_options: JSON.stringify(write.dhcpOptions),
    secrets: write.sealedSecrets,
    comment: write.comment,
  };
}

async function writeParts(db: Kysely<Tables>, systemId: number, write: SystemWrite): Promise<void> {
  await writeInterfaces(db, systemId, write.interfaces);
  await writeRoles(db, systemId, write.roles);
  if (write.bmc !== null) await addBmc(db, systemId, write.bmc);
}

/** Beyond it reading all of a table is as quick. */
const MOST_NAMED = 2000;

/** Rows to records in eleven queries, however many systems there are. */
async function assemble(db: Kysely<Tables>, rows: readonly Row[]): Promise<System[]> {
  const only = rows.length > MOST_NAMED ? undefined : rows.map(({ id }) => id);
  const [interfaces, roles, bmcs, power, installs, inService, locks, heard, networks] = [
    await listInterfaces(db, only),
    await listRoles(db, only),
    await listBmcs(db, only),
    await listKnownPower(db, only),
    await listLatestInstalls(db, only),
    await listInService(db, only),
    await listLocks(db, only),
    await listHeardFirmware(db, only),
    await listNetworks(db),
  ];
  const subnetOf = (ip: number): string | null =>
    networks.find((net) => networkContains(net.network, ip as Ipv4))?.name ?? null;
  return rows.map((row) => ({
    ...stampsOf(row),
    name: row.name,
    hostname: row.hostname,
    profile: row.profile,
    roles: roles.get(row.id) ?? [],
    interfaces: (interfaces.get(row.id) ?? []).map(
      (item): SystemInterface => ({
        ...item,
        ip: item.ip === null ? null : formatIpv4(item.ip as Ipv4),
        subnet: item.ip === null ? null : subnetOf(item.ip),
      }),
    ),
    bmc: bmcs.get(row.id) ?? null,
    power: power.get(row.id) ?? null,
    kernelArgs: textList(row.kernel_args),
    ...bootFields(row.loader, row.local_boot),
    settings: JSON.parse(row.settings) as Settings,
    dhcpOptions: JSON.parse(row.dhcp_options) as System['dhcpOptions'],
    secretsSet: row.secrets === null ? [] : ['rootPasswordHash'],
    comment: row.comment,
    handoff: row.handoff,
    effective: effectiveFor(row, bmcs.get(row.id)?.firmware ?? null, heard.get(row.id) ?? null),
    install: installs.get(row.id) ?? null,
    inService: inService.get(row.id) ?? null,
    lock: locks.get(row.id) ?? null,
  }));
}

function effectiveFor(row: Row, firmware: Firmware | null, heard: HeardFirmware | null): System['effective'] {
  const boot = effectiveBoot(
    bootFields(row.loader, row.local_boot),
    bootFields(row.profile_loader, row.profile_local_boot),
  );
  return {
    ...boot,
    handoff: effectiveHandoff(row.handoff, row.profile_handoff),
    firmware: chosenFirmware(firmware, heard, boot.loader.value),
  };
}

/** Two columns that this service wrote itself. */
function bootFields(loader: string | null, localBoot: string | null): BootFields {
  return { loader: loader as BootFields['loader'], localBoot: localBoot as BootFields['localBoot'] };
}

async function listLatestInstalls(db: Kysely<Tables>, only: Ids) {
  const newest = db
    .selectFrom('installs')
    .select((eb) => eb.fn.max('id').as('id'))
    .groupBy('system_id');
  const query = db
    .selectFrom('installs')
    .innerJoin('systems', 'systems.id', 'installs.system_id')
    .selectAll('installs')
    .select('systems.name as system')
    .where('installs.id', 'in', only === undefined ? newest : newest.where('system_id', 'in', anyOf(only)));
  return new Map((await query.execute()).map((row) => [row.system_id, toInstall(row)]));
}

async function listNetworks(db: Kysely<Tables>) {
  const rows = await db.selectFrom('subnets').select(['name', 'network', 'prefix']).execute();
  return rows.map((row) => ({
    name: row.name,
    network: { network: row.network as Ipv4, prefix: row.prefix },
  }));
}
