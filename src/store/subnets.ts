import type { Kysely, Selectable } from 'kysely';
import { formatIpv4, formatNetwork, type Ipv4, parseNetwork } from '../domain/network/ipv4.ts';
import type { Subnet, SubnetInput } from '../domain/network/subnet.ts';
import { canonicalIpv4 } from '../domain/records/fields.ts';
import type { SubnetStore } from './interfaces/store.ts';
import { newStamps, parsedList, stampsOf } from './schema/rows.ts';
import { DEFAULT_DOMAIN, type SubnetRow, type Tables } from './schema/schema.ts';

/** Queries of subnets, their ranges and their gateway's row in the table of addresses. */
export function subnetQueries(db: Kysely<Tables>): SubnetStore {
  const withRanges = async (rows: Selectable<SubnetRow>[]): Promise<Subnet[]> => {
    const ranges = await db.selectFrom('ranges').selectAll().orderBy('first').execute();
    return rows.map((row) =>
      toSubnet(
        row,
        ranges.filter((range) => range.subnet_id === row.id),
      ),
    );
  };
  const get = async (id: number): Promise<Subnet> => {
    const row = await db.selectFrom('subnets').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    return (await withRanges([row]))[0] as Subnet;
  };
  const writeParts = async (id: number, subnet: SubnetInput): Promise<void> => {
    await db.deleteFrom('ranges').where('subnet_id', '=', id).execute();
    await db.deleteFrom('addresses').where('subnet_id', '=', id).where('kind', '=', 'gateway').execute();
    for (const range of subnet.ranges) {
      const row = { subnet_id: id, first: canonicalIpv4(range.from), last: canonicalIpv4(range.to) };
      await db.insertInto('ranges').values(row).execute();
    }
    if (subnet.gateway === null) return;
    const owner = {
      kind: 'gateway' as const,
      system_id: null,
      interface_id: null,
      subnet_id: id,
      lease_id: null,
    };
    await db
      .insertInto('addresses')
      .values({ routing_domain: DEFAULT_DOMAIN, ip: canonicalIpv4(subnet.gateway), ...owner })
      // The gateway may be the service's own machine; that row is made before any subnet and stays.
      .onConflict((oc) => oc.columns(['routing_domain', 'ip']).doNothing())
      .execute();
  };
  return {
    async find(name) {
      const row = await db.selectFrom('subnets').selectAll().where('name', '=', name).executeTakeFirst();
      return row === undefined ? undefined : (await withRanges([row]))[0];
    },
    async list() {
      return withRanges(await db.selectFrom('subnets').selectAll().orderBy('network').execute());
    },
    async add(subnet, nowMs) {
      const row = { ...toRow(subnet), ...newStamps(nowMs) };
      const { id } = await db.insertInto('subnets').values(row).returning('id').executeTakeFirstOrThrow();
      await writeParts(id, subnet);
      return get(id);
    },
    async update(id, subnet, nowMs) {
      await db
        .updateTable('subnets')
        .set((eb) => ({ ...toRow(subnet), updated_at: nowMs, revision: eb('revision', '+', 1) }))
        .where('id', '=', id)
        .execute();
      await writeParts(id, subnet);
      return get(id);
    },
    async remove(id) {
      await db.deleteFrom('subnets').where('id', '=', id).execute();
    },
  };
}

function toRow(subnet: SubnetInput) {
  const net = parseNetwork(subnet.network);
  if (net === undefined) throw new TypeError(`not a network: ${subnet.network}`);
  const number = (text: string | null) => (text === null ? null : canonicalIpv4(text));
  return {
    name: subnet.name,
    routing_domain: DEFAULT_DOMAIN,
    network: net.network,
    prefix: net.prefix,
    gateway: number(subnet.gateway),
    dns_servers: JSON.stringify(subnet.dnsServers),
    ntp_servers: JSON.stringify(subnet.ntpServers),
    domain: subnet.domain,
    mtu: subnet.mtu,
    lease_seconds: subnet.leaseSeconds,
    dhcp: subnet.dhcp,
    next_server: number(subnet.nextServer),
    domain_search: JSON.stringify(subnet.domainSearch),
    min_lease_seconds: subnet.minLeaseSeconds,
    max_lease_seconds: subnet.maxLeaseSeconds,
    exclusions: JSON.stringify(subnet.exclusions),
    dhcp_options: JSON.stringify(subnet.dhcpOptions),
  };
}

function toSubnet(row: Selectable<SubnetRow>, ranges: readonly { first: number; last: number }[]): Subnet {
  const text = (ip: number | null) => (ip === null ? null : formatIpv4(ip as Ipv4));
  return {
    ...stampsOf(row),
    name: row.name,
    network: formatNetwork({ network: row.network as Ipv4, prefix: row.prefix }),
    gateway: text(row.gateway),
    dnsServers: parsedList<string>(row.dns_servers),
    ntpServers: parsedList<string>(row.ntp_servers),
    domain: row.domain,
    domainSearch: parsedList<string>(row.domain_search),
    mtu: row.mtu,
    leaseSeconds: row.lease_seconds,
    minLeaseSeconds: row.min_lease_seconds,
    maxLeaseSeconds: row.max_lease_seconds,
    dhcp: row.dhcp as Subnet['dhcp'],
    nextServer: text(row.next_server),
    ranges: ranges.map((range) => ({
      from: formatIpv4(range.first as Ipv4),
      to: formatIpv4(range.last as Ipv4),
    })),
    exclusions: JSON.parse(row.exclusions) as Subnet['exclusions'],
    dhcpOptions: JSON.parse(row.dhcp_options) as Subnet['dhcpOptions'],
  };
}
