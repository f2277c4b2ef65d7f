import type { Kysely } from 'kysely';
import { keysOf } from '../../domain/network/binding-key.ts';
import { membershipsOf } from '../../domain/network/interface-graph.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import { PLAIN_SHAPE } from '../../domain/network/network-interface.ts';
import type { InterfaceWrite } from '../interfaces/interface-store.ts';
import type { StoredShape } from '../schema/interface-schema.ts';
import { DEFAULT_DOMAIN, type Tables } from '../schema/schema.ts';
import { compiledInsert } from '../sqlite/compiled.ts';

const addInterface = compiledInsert('interfaces');
const addAddress = compiledInsert('addresses');

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
    const id = await addInterface(db, {
      system_id: systemId,
      position,
      name: item.name,
      type,
      shape,
      ...keys,
    });
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
  await addAddress(db, { routing_domain: DEFAULT_DOMAIN, ip, kind: 'interface', ...owner });
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
