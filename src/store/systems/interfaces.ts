import type { Kysely, Selectable } from 'kysely';
import type { InterfaceIdentity } from '../../domain/network/binding-key.ts';
import { formatIpv4, type Ipv4 } from '../../domain/network/ipv4.ts';
import { type InterfaceShape, PLAIN_SHAPE } from '../../domain/network/network-interface.ts';
import type { InterfaceRow, StoredShape } from '../schema/interface-schema.ts';
import { DEFAULT_DOMAIN, type Tables } from '../schema/schema.ts';
import { queryOfSystems } from '../sqlite/compiled.ts';
import { toIdentity } from './system-conflicts.ts';

/** An interface as its row tells it, with its addresses; its subnet is for others to say. */
export type ListedInterface = Required<InterfaceIdentity> &
  InterfaceShape & {
    readonly name: string;
    readonly ip: number | null;
    readonly addresses: readonly string[];
    readonly sharedAddresses: readonly string[];
    readonly seenMac: string | null;
  };

const interfaceRows = queryOfSystems((db, ids) =>
  db
    .selectFrom('interfaces as i')
    .leftJoin('addresses as a', (join) => join.onRef('a.interface_id', '=', 'i.id').on('a.position', '=', 0))
    // The first card of a bond has the lease of the bond's address.
    .leftJoin('addresses as u', (join) =>
      join.onRef('u.interface_id', '=', 'i.upper_id').on('u.position', '=', 0).on('i.upper_rank', '=', 0),
    )
    .leftJoin('leases as l', (join) =>
      join
        .on((eb) => eb('l.ip', '=', eb.fn.coalesce('a.ip', 'u.ip')))
        .on('l.routing_domain', '=', DEFAULT_DOMAIN),
    )
    .selectAll('i')
    .select(['a.ip', 'l.seen_mac'])
    .where('i.system_id', 'in', ids)
    .orderBy('i.position'),
);

const furtherRows = queryOfSystems((db, ids) => {
  return db
    .selectFrom('addresses')
    .select(['interface_id', 'ip'])
    .where('position', '>', 0)
    .where('system_id', 'in', ids)
    .orderBy('position');
});

const sharedRows = queryOfSystems((db, ids) => {
  const query = db
    .selectFrom('interface_shares as x')
    .innerJoin('addresses as a', 'a.shared_id', 'x.shared_id')
    .select(['x.interface_id', 'a.ip'])
    .orderBy('x.position');
  const own = db.selectFrom('interfaces').select('id');
  return query.where('x.interface_id', 'in', own.where('system_id', 'in', ids));
});

/** The interfaces of every system, or of one, in their order. */
export async function listInterfaces(
  db: Kysely<Tables>,
  ids: readonly number[],
): Promise<Map<number, ListedInterface[]>> {
  const rows = await interfaceRows(db, ids);
  const further = texts(await furtherRows(db, ids));
  const shared = texts(await sharedRows(db, ids));
  const bySystem = new Map<number, ListedInterface[]>();
  for (const row of rows) {
    append(bySystem, row.system_id, toInterface(row, further.get(row.id) ?? [], shared.get(row.id) ?? []));
  }
  return bySystem;
}

type Row = Selectable<InterfaceRow> & { readonly ip: number | null; readonly seen_mac: string | null };

function toInterface(
  row: Row,
  addresses: readonly string[],
  sharedAddresses: readonly string[],
): ListedInterface {
  const stored = row.shape === '{}' ? NOTHING_STORED : (JSON.parse(row.shape) as StoredShape);
  const { mac: ownMac, clientId, circuitId, remoteId } = toIdentity(row);
  const mac = ownMac ?? stored.mac ?? null;
  const isCard = row.type === 'ethernet';
  return {
    name: row.name,
    mac,
    clientId,
    circuitId,
    remoteId,
    ip: row.ip,
    seenMac: mac === null && isCard ? row.seen_mac : null,
    type: row.type,
    parents: stored.parents ?? PLAIN_SHAPE.parents,
    vlan: stored.vlan ?? PLAIN_SHAPE.vlan,
    bondMode: stored.bondMode ?? PLAIN_SHAPE.bondMode,
    sharedMac: stored.sharedMac ?? PLAIN_SHAPE.sharedMac,
    gateway: stored.gateway ?? PLAIN_SHAPE.gateway,
    routes: stored.routes ?? PLAIN_SHAPE.routes,
    mtu: stored.mtu ?? PLAIN_SHAPE.mtu,
    addresses,
    sharedAddresses,
  };
}

const NOTHING_STORED: StoredShape = {};

function texts(rows: readonly { readonly interface_id: number | null; readonly ip: number }[]) {
  const found = new Map<number, string[]>();
  for (const { interface_id, ip } of rows)
    if (interface_id !== null) append(found, interface_id, formatIpv4(ip as Ipv4));
  return found;
}

function append<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [item]);
  else known.push(item);
}
