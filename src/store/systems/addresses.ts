import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Conflict } from '../../domain/errors.ts';
import { formatIpv4, type Ipv4 } from '../../domain/network/ipv4.ts';
import type { AddressHolder, AddressStore } from '../interfaces/address-store.ts';
import { type AddressKind, DEFAULT_DOMAIN, type Tables } from '../schema/schema.ts';
import { compiledQuery } from '../sqlite/compiled.ts';

/** The same number is in the migration that counts. */
const ADDRESSES_OF_BLOCK = 256;

// The systems of a chassis or of a shared address, as JSON, and one of them by name.
const sharers = sql`select b.system_id from bmcs b where b.chassis_id = a.chassis_id
  union select i.system_id from interface_shares x join interfaces i on i.id = x.interface_id where x.shared_id = a.shared_id`;
// Asked only where there are any, and never by going through all names for the first that is one of them.
const ifShared = sql`case when a.chassis_id is not null or a.shared_id is not null then`;
const sharedBy = sql<string | null>`${ifShared} (select json_group_array(system_id) from (${sharers})) end`;
const sharedName = sql<
  string | null
>`${ifShared} (select min(+name) from systems where id in (${sharers})) end`;
const interfaceKey = sql<
  string | null
>`coalesce(m.mac, m.client_key, m.circuit_key, i.mac, i.client_key, i.circuit_key)`;

function holders(db: Kysely<Tables>) {
  return (
    db
      .selectFrom('addresses as a')
      .leftJoin('systems as s', 's.id', 'a.system_id')
      .leftJoin('interfaces as i', 'i.id', 'a.interface_id')
      // The card of a bond or a bridge that its address is given to.
      .leftJoin('interfaces as m', (join) => join.onRef('m.upper_id', '=', 'i.id').on('m.upper_rank', '=', 0))
      .leftJoin('subnets as n', 'n.id', 'a.subnet_id')
      .leftJoin('leases as l', 'l.id', 'a.lease_id')
      .select(['a.ip', 'a.kind', 'a.system_id', 'a.subnet_id'])
      .select([
        's.name as system',
        'i.name as interface',
        'n.name as subnet',
        'l.mac as lease_mac',
        'l.expires_at',
        'l.state',
        'a.chassis_id',
        'a.shared_id',
        interfaceKey.as('interface_key'),
        sharedBy.as('shared_by'),
        sharedName.as('shared_name'),
      ])
      .where('a.routing_domain', '=', DEFAULT_DOMAIN)
  );
}

const holderOf = compiledQuery((db, { ip }: { ip: number }) => holders(db).where('a.ip', '=', ip));

const forgetLease = compiledQuery((db, asked: { ip: number; key: string | null; nowMs: number }) =>
  db
    .deleteFrom('leases')
    .where('routing_domain', '=', DEFAULT_DOMAIN)
    .where('ip', '=', asked.ip)
    .where((eb) =>
      eb.or([isOver(eb, asked.nowMs), eb.and([eb('state', '=', 'bound'), eb('mac', '=', asked.key)])]),
    ),
);

const heldBetween = compiledQuery((db, asked: { from: number; to: number; nowMs: number }) => {
  const recorded = db
    .selectFrom('addresses')
    .select('ip')
    .where('routing_domain', '=', DEFAULT_DOMAIN)
    .where('kind', '!=', 'lease')
    .where('ip', '>=', asked.from)
    .where('ip', '<=', asked.to);
  // Leases are asked themselves: one of a record that is gone has no row among the addresses.
  const leased = db
    .selectFrom('leases')
    .select('ip')
    .where('routing_domain', '=', DEFAULT_DOMAIN)
    .where('state', '!=', 'released')
    .where('expires_at', '>', asked.nowMs)
    .where('ip', '>=', asked.from)
    .where('ip', '<=', asked.to);
  return recorded.union(leased).orderBy('ip');
});

/** Goes from one full block to the next, and ends at the first that is not. */
const blockWithRoom = compiledQuery((db, { from, to }: { from: number; to: number }) => {
  const isFull = sql`exists (select 1 from address_blocks a where a.routing_domain = ${DEFAULT_DOMAIN}
    and a.block = n.block and a.used = ${sql.lit(ADDRESSES_OF_BLOCK)})`;
  const found = sql<{ block: number }>`with recursive n(block) as
    (select ${from} union all select n.block + 1 from n where n.block < ${to} and ${isFull})
    select n.block from n where not ${isFull}`;
  return { compile: () => found.compile(db) };
});

function blockOf(ip: Ipv4): number {
  return Math.floor(ip / ADDRESSES_OF_BLOCK);
}

/** Queries of the one table in which every known address stands exactly once. */
export function addressQueries(db: Kysely<Tables>): AddressStore {
  return {
    async findHolder(ip, nowMs) {
      const [row] = await holderOf(db, { ip });
      if (row === undefined || (row.kind === 'lease' && leaseIsOver(row, nowMs))) return undefined;
      return toHolder(row);
    },
    async listHeld(from, to, nowMs) {
      return (await heldBetween(db, { from, to, nowMs })).map(({ ip }) => ip as Ipv4);
    },
    async findBlockWithRoom(from, to) {
      const [found] = await blockWithRoom(db, { from: blockOf(from), to: blockOf(to) });
      return found && ((found.block * ADDRESSES_OF_BLOCK) as Ipv4);
    },
    async listHolders(from, to, kinds, limit) {
      const rows = await holders(db)
        .where('a.ip', '>=', from)
        .where('a.ip', '<=', to)
        .where('a.kind', 'in', [...kinds])
        .orderBy('a.ip')
        .limit(limit)
        .execute();
      return rows.map(toHolder);
    },
    async forgetLeases(wanted, nowMs) {
      for (const { ip, key } of wanted) await forgetLease(db, { ip, key, nowMs });
    },
    async replaceServerAddresses(ips, nowMs) {
      await db.deleteFrom('addresses').where('kind', '=', 'server').execute();
      await this.forgetLeases(
        ips.map((ip) => ({ ip, key: null })),
        nowMs,
      );
      const taken: AddressHolder[] = [];
      for (const ip of new Set(ips)) {
        const [holder] = await holderOf(db, { ip });
        // The service's machine as its own subnet's gateway is usual; anybody else on our address is trouble.
        if (holder !== undefined && holder.kind !== 'gateway') taken.push(toHolder(holder));
        if (holder !== undefined) continue;
        const owner = { system_id: null, interface_id: null, subnet_id: null, lease_id: null };
        await db
          .insertInto('addresses')
          .values({ routing_domain: DEFAULT_DOMAIN, ip, kind: 'server', ...owner })
          .execute();
      }
      await claimGateways(db);
      return taken;
    },
  };
}

/** Gateways that the service itself held, and has left, are their subnets' again. */
async function claimGateways(db: Kysely<Tables>): Promise<void> {
  await db
    .insertInto('addresses')
    .columns(['routing_domain', 'ip', 'kind', 'subnet_id'])
    .expression((eb) =>
      eb
        .selectFrom('subnets')
        .select(['routing_domain', 'gateway', sql.lit('gateway').as('kind'), 'id'])
        .where('gateway', 'is not', null),
    )
    .onConflict((oc) => oc.columns(['routing_domain', 'ip']).doNothing())
    .execute();
}

function isOver(eb: ExpressionBuilder<Tables, 'leases'>, nowMs: number) {
  return eb.or([eb('expires_at', '<=', nowMs), eb('state', '=', 'released')]);
}

interface HolderRow {
  ip: number;
  kind: AddressKind;
  system_id: number | null;
  subnet_id: number | null;
  system: string | null;
  interface: string | null;
  interface_key: string | null;
  subnet: string | null;
  lease_mac: string | null;
  expires_at: number | null;
  state: string | null;
  chassis_id: number | null;
  shared_id: number | null;
  shared_by: string | null;
  shared_name: string | null;
}

function leaseIsOver(row: HolderRow, nowMs: number): boolean {
  return row.state === 'released' || (row.expires_at ?? 0) <= nowMs;
}

function toHolder(row: HolderRow): AddressHolder {
  return {
    ip: row.ip as Ipv4,
    kind: row.kind,
    systemId: row.system_id,
    sharedBy: isShared(row) ? (JSON.parse(row.shared_by ?? '[]') as number[]) : null,
    subnetId: row.subnet_id,
    key: row.interface_key ?? row.lease_mac,
    conflict: describeHolder(row),
  };
}

function isShared({ chassis_id, shared_id }: HolderRow): boolean {
  return chassis_id !== null || shared_id !== null;
}

function describeHolder(row: HolderRow): Conflict {
  const value = formatIpv4(row.ip as Ipv4);
  switch (row.kind) {
    case 'interface': {
      const system = row.system ?? row.shared_name;
      const holder = row.shared_id === null ? `system ${system}` : sharersOf(row);
      return conflict(value, holder, row.interface, `provision system show ${system}`);
    }
    case 'bmc': {
      const system = row.system ?? row.shared_name;
      return conflict(value, `BMC of system ${system}`, null, `provision system show ${system}`);
    }
    case 'gateway':
      return conflict(value, `gateway of subnet ${row.subnet}`, null, `provision subnet show ${row.subnet}`);
    case 'server':
      return conflict(value, 'this provisioning server itself', null, 'provision status');
    case 'lease':
      return conflict(
        value,
        `lease of ${row.lease_mac} until ${leaseEnd(row)}`,
        null,
        'provision lease list',
      );
  }
}

/** `system web1 and 2 more, who share it`. */
function sharersOf(row: HolderRow): string {
  const others = (JSON.parse(row.shared_by ?? '[]') as number[]).length - 1;
  return `system ${row.shared_name}${others > 0 ? ` and ${others} more` : ''}, as a shared address`;
}

function leaseEnd(row: HolderRow): string {
  return new Date(row.expires_at ?? 0).toISOString();
}

function conflict(value: string, holder: string, iface: string | null, command: string): Conflict {
  return { value, kind: 'ip', holder, interface: iface, command };
}
