import type { Kysely, Selectable } from 'kysely';
import { type InterfaceIdentity, keysOf } from '../domain/binding-key.ts';
import { membershipsOf } from '../domain/interface-graph.ts';
import { formatIpv4, type Ipv4 } from '../domain/ipv4.ts';
import { type InterfaceShape, PLAIN_SHAPE } from '../domain/network-interface.ts';
import type { InterfaceRow } from './interface-schema.ts';
import type { InterfaceWrite } from './interface-store.ts';
import { anyOf, type Ids } from './rows.ts';
import { DEFAULT_DOMAIN, type Tables } from './schema.ts';
import { toIdentity } from './system-conflicts.ts';

/** What of an interface no query asks for; what is as on a plain card is left out. */
type StoredShape = Partial<Omit<InterfaceShape, 'type'>> & {
  /** Of a card that shares it: the column, which is UNIQUE, has it on another one. */
  readonly mac?: string;
};

/** Writes the interfaces of a system, in their order, and claims their addresses. */
export async function writeInterfaces(
  db: Kysely<Tables>,
  systemId: number,
  interfaces: readonly InterfaceWrite[],
): Promise<void> {
  const memberships = membershipsOf(interfaces);
  const rankOf = (item: InterfaceWrite): number => memberships.get(item.name)?.rank ?? 0;
  const ids = new Map<string, number>();
  for (const [position, item] of interfaces.entries()) {
    const { mac, clientKey: client_key, circuitKey: circuit_key } = keysOf(item);
    const isLesser =
      mac !== null && interfaces.some((other) => other.mac === mac && rankOf(other) < rankOf(item));
    const hidden = isLesser ? { mac } : {};
    const keys = { mac: isLesser ? null : mac, client_key, circuit_key };
    const shape = JSON.stringify({ ...storedShape(item), ...hidden });
    const type = item.type ?? PLAIN_SHAPE.type;
    const row = { system_id: systemId, position, name: item.name, type, shape, ...keys };
    const { id } = await db.insertInto('interfaces').values(row).returning('id').executeTakeFirstOrThrow();
    ids.set(item.name, id);
    const own = [...(item.ip === null ? [] : [item.ip]), ...(item.addresses ?? [])];
    for (const [place, ip] of own.entries()) await claim(db, ip, place, systemId, id);
    for (const [place, ip] of (item.sharedAddresses ?? []).entries()) await share(db, ip, place, id);
  }
  for (const [name, { upper, rank: upper_rank }] of memberships)
    await db
      .updateTable('interfaces')
      .set({ upper_id: ids.get(upper) ?? null, upper_rank })
      .where('id', '=', ids.get(name) ?? 0)
      .execute();
}

function storedShape(item: InterfaceWrite): StoredShape {
  const { type: _type, ...plain } = PLAIN_SHAPE;
  const given = Object.entries(plain).map(([key, usual]) => {
    const value = item[key as keyof typeof plain] ?? usual;
    return [key, value, usual] as const;
  });
  const unusual = given.filter(([, value, usual]) => JSON.stringify(value) !== JSON.stringify(usual));
  return Object.fromEntries(unusual);
}

const NOBODY = { system_id: null, interface_id: null, subnet_id: null, lease_id: null, chassis_id: null };

async function claim(
  db: Kysely<Tables>,
  ip: Ipv4,
  position: number,
  systemId: number,
  interfaceId: number,
): Promise<void> {
  const owner = { ...NOBODY, system_id: systemId, interface_id: interfaceId, position };
  await db
    .insertInto('addresses')
    .values({ routing_domain: DEFAULT_DOMAIN, ip, kind: 'interface', ...owner })
    .execute();
}

/** Joins those that share the address, or makes it one that is shared; UNIQUE refuses it where somebody has it alone. */
async function share(db: Kysely<Tables>, ip: Ipv4, position: number, interfaceId: number): Promise<void> {
  const known = await db
    .selectFrom('addresses')
    .select('shared_id')
    .where('routing_domain', '=', DEFAULT_DOMAIN)
    .where('ip', '=', ip)
    .where('shared_id', 'is not', null)
    .executeTakeFirst();
  const shared_id = known?.shared_id ?? (await makeShared(db, ip));
  await db
    .insertInto('interface_shares')
    .values({ interface_id: interfaceId, shared_id, position })
    .execute();
}

async function makeShared(db: Kysely<Tables>, ip: Ipv4): Promise<number> {
  const { id } = await db
    .insertInto('shared_addresses')
    .defaultValues()
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('addresses')
    .values({ routing_domain: DEFAULT_DOMAIN, ip, kind: 'interface', ...NOBODY, shared_id: id })
    .execute();
  return id;
}

/** An interface as its row tells it, with its addresses; its subnet is for others to say. */
export type ListedInterface = Required<InterfaceIdentity> &
  InterfaceShape & {
    readonly name: string;
    readonly ip: number | null;
    readonly addresses: readonly string[];
    readonly sharedAddresses: readonly string[];
    readonly seenMac: string | null;
  };

/** The interfaces of every system, or of one, in their order. */
export async function listInterfaces(db: Kysely<Tables>, only: Ids): Promise<Map<number, ListedInterface[]>> {
  const query = db
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
    .orderBy('i.position');
  const rows = await (only === undefined ? query : query.where('i.system_id', 'in', anyOf(only))).execute();
  const further = await listFurther(db, only);
  const shared = await listShared(db, only);
  const bySystem = new Map<number, ListedInterface[]>();
  for (const row of rows) {
    const lists = { addresses: further.get(row.id) ?? [], sharedAddresses: shared.get(row.id) ?? [] };
    append(bySystem, row.system_id, { ...toInterface(row), ...lists });
  }
  return bySystem;
}

type Row = Selectable<InterfaceRow> & { readonly ip: number | null; readonly seen_mac: string | null };

function toInterface(row: Row): Omit<ListedInterface, 'addresses' | 'sharedAddresses'> {
  const { mac: hidden, ...stored } = JSON.parse(row.shape) as StoredShape;
  const identity = toIdentity(row);
  const mac = identity.mac ?? hidden ?? null;
  const isCard = row.type === 'ethernet';
  return {
    name: row.name,
    ...identity,
    mac,
    ip: row.ip,
    seenMac: mac === null && isCard ? row.seen_mac : null,
    ...PLAIN_SHAPE,
    ...stored,
    type: row.type,
  };
}

async function listFurther(db: Kysely<Tables>, only: Ids): Promise<Map<number, string[]>> {
  const query = db
    .selectFrom('addresses')
    .select(['interface_id', 'ip'])
    .where('position', '>', 0)
    .orderBy('position');
  const rows = await (only === undefined ? query : query.where('system_id', 'in', anyOf(only))).execute();
  return texts(rows);
}

async function listShared(db: Kysely<Tables>, only: Ids): Promise<Map<number, string[]>> {
  const query = db
    .selectFrom('interface_shares as x')
    .innerJoin('addresses as a', 'a.shared_id', 'x.shared_id')
    .select(['x.interface_id', 'a.ip'])
    .orderBy('x.position');
  const own = db.selectFrom('interfaces').select('id');
  const rows = await (only === undefined
    ? query
    : query.where('x.interface_id', 'in', own.where('system_id', 'in', anyOf(only)))
  ).execute();
  return texts(rows);
}

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
