import type { Kysely } from 'kysely';
import { formatIpv4, type Ipv4 } from '../../domain/network/ipv4.ts';
import type { Bmc } from '../../domain/power/bmc.ts';
import type { BmcStore, BmcWrite, StoredBmc } from '../interfaces/power-store.ts';
import { type BmcRow, DEFAULT_DOMAIN, type Tables } from '../schema/schema.ts';
import { queryOfSystems } from '../sqlite/compiled.ts';
import { listRoles } from './system-roles.ts';

/** Queries of BMCs with their secrets, as the power service needs them. */
export function bmcQueries(db: Kysely<Tables>): BmcStore {
  const list: BmcStore['list'] = async (systemIds) => {
    const query = bmcs(db)
      .innerJoin('systems as s', 's.id', 'b.system_id')
      .select('s.name as system')
      .orderBy('s.name');
    const rows = await (systemIds === undefined
      ? query
      : query.where('b.system_id', 'in', systemIds)
    ).execute();
    const macs = await macsOf(db, systemIds);
    return rows.map(
      (row): StoredBmc => ({
        systemId: row.system_id,
        system: row.system,
        bmc: toBmc(row),
        sealedPassword: row.password,
        sealedKg: row.kg,
        macs: macs.get(row.system_id) ?? [],
      }),
    );
  };
  return {
    list,
    async listSystems() {
      const systems = db
        .selectFrom('systems as s')
        .innerJoin('profiles as p', 'p.id', 's.profile_id')
        .leftJoin('bmcs as b', 'b.system_id', 's.id')
        .select(['s.id', 's.name', 'p.name as profile', 'b.driver'])
        .orderBy('s.name');
      const rows = await systems.execute();
      const roles = await listRoles(
        db,
        rows.map(({ id }) => id),
      );
      return rows.map((row) => ({ ...row, roles: roles.get(row.id) ?? [] }));
    },
    find: async (systemId) => (await list([systemId]))[0],
    async findAtSamePlace({ ip, shared, driver, port, node }, exceptSystemId) {
      if (ip === null || !shared || (driver !== 'ipmi' && driver !== 'redfish')) return undefined;
      const rows = await bmcs(db)
        .innerJoin('systems as s', 's.id', 'b.system_id')
        .select('s.name as system')
        .where('a.ip', '=', ip)
        .where('b.driver', 'in', ['ipmi', 'redfish'])
        .execute();
      const same = rows.find(
        (row) =>
          row.system_id !== exceptSystemId &&
          (row.port ?? 0) === (port ?? 0) &&
          (row.node ?? '') === (node ?? ''),
      );
      return same?.system;
    },
  };
}

function bmcs(db: Kysely<Tables>) {
  return db
    .selectFrom('bmcs as b')
    .leftJoin('addresses as a', (join) =>
      join
        .on('a.kind', '=', 'bmc')
        .on((eb) =>
          eb.or([
            eb('a.system_id', '=', eb.ref('b.system_id')),
            eb('a.chassis_id', '=', eb.ref('b.chassis_id')),
          ]),
        ),
    )
    .selectAll('b')
    .select('a.ip');
}

const bmcRows = queryOfSystems((db, ids) => bmcs(db).where('b.system_id', 'in', ids));

/** What systems show of their BMCs, by the systems' ids. */
export async function listBmcs(db: Kysely<Tables>, ids: readonly number[]): Promise<Map<number, Bmc>> {
  const rows = await bmcRows(db, ids);
  return new Map(rows.map((row) => [row.system_id, toBmc(row)]));
}

function toBmc(row: BmcRow & { ip: number | null }): Bmc {
  const settings = JSON.parse(row.settings) as Settings;
  return {
    address: row.ip === null ? null : formatIpv4(row.ip as Ipv4),
    driver: row.driver as Bmc['driver'],
    port: row.port,
    ...settings,
    node: row.node,
    shared: row.chassis_id !== null,
    passwordSet: row.password !== null,
    kgSet: row.kg !== null,
  };
}

/** What no query asks for. */
type Settings = Omit<Bmc, 'address' | 'driver' | 'port' | 'node' | 'shared' | 'passwordSet' | 'kgSet'>;

/** Writes the BMC of a system, and claims its address. */
export async function addBmc(db: Kysely<Tables>, systemId: number, write: BmcWrite): Promise<void> {
  const { ip, shared, driver, port, node, sealedPassword, sealedKg, ...settings } = write;
  const chassis_id = ip !== null && shared ? await joinChassis(db, ip) : null;
  const row = { system_id: systemId, chassis_id, driver, port, node };
  await db
    .insertInto('bmcs')
    .values({ ...row, settings: JSON.stringify(settings), password: sealedPassword, kg: sealedKg })
    .execute();
  if (ip === null || chassis_id !== null) return;
  await claimBmc(db, ip, { system_id: systemId, chassis_id: null });
}

async function joinChassis(db: Kysely<Tables>, ip: Ipv4): Promise<number> {
  const known = await db
    .selectFrom('addresses')
    .select('chassis_id')
    .where('routing_domain', '=', DEFAULT_DOMAIN)
    .where('ip', '=', ip)
    .where('chassis_id', 'is not', null)
    .executeTakeFirst();
  if (known !== undefined && known.chassis_id !== null) return known.chassis_id;
  const { id } = await db.insertInto('chassis').defaultValues().returning('id').executeTakeFirstOrThrow();
  await claimBmc(db, ip, { system_id: null, chassis_id: id });
  return id;
}

async function claimBmc(
  db: Kysely<Tables>,
  ip: Ipv4,
  owner: { system_id: number | null; chassis_id: number | null },
): Promise<void> {
  const nobody = { interface_id: null, subnet_id: null, lease_id: null };
  await db
    .insertInto('addresses')
    .values({ routing_domain: DEFAULT_DOMAIN, ip, kind: 'bmc', ...nobody, ...owner })
    .execute();
}

async function macsOf(
  db: Kysely<Tables>,
  systemIds: readonly number[] | undefined,
): Promise<Map<number, string[]>> {
  const query = db
    .selectFrom('interfaces')
    .select(['system_id', 'mac'])
    .where('mac', 'is not', null)
    .orderBy('position');
  const rows = await (systemIds === undefined ? query : query.where('system_id', 'in', systemIds)).execute();
  const macs = new Map<number, string[]>();
  for (const { system_id, mac } of rows)
    if (mac !== null) macs.set(system_id, [...(macs.get(system_id) ?? []), mac]);
  return macs;
}
