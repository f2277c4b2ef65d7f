import { type RawBuilder, sql } from 'kysely';
import { type AddressSpan, type SystemSort, spanOf } from '../../domain/records/record-query.ts';
import type { SystemPageQuery } from '../interfaces/system-query.ts';
import { DEFAULT_DOMAIN } from '../schema/schema.ts';

/** What systems can be sorted by, as columns of the query that reads them. */
export const SORT_COLUMNS = {
  name: 'systems.name',
  hostname: 'systems.hostname',
  profile: 'profiles.name',
  createdAt: 'systems.created_at',
  updatedAt: 'systems.updated_at',
} as const satisfies Partial<Record<SystemSort, string>>;

/** Everything that the query asks for, as conditions on `systems`; which page of it is another matter. */
export function conditionsOf(query: SystemPageQuery): RawBuilder<boolean>[] {
  const { scope, name, hostname, profile, role, state, power, locked, mac, ip, bmc, search, changedSince } =
    query;
  const found: (RawBuilder<boolean> | '' | null | undefined)[] = [
    scope &&
      sql<boolean>`exists (select 1 from system_roles r where r.system_id = systems.id
      and r.role in (select value from json_each(${JSON.stringify(scope)})))`,
    name && like('systems.name', name),
    hostname && like('systems.hostname', hostname),
    profile && sql<boolean>`profiles.name = ${profile}`,
    role && sql<boolean>`systems.id in (select system_id from system_roles where role = ${role})`,
    changedSince === undefined ? undefined : sql<boolean>`systems.updated_at >= ${changedSince}`,
    state &&
      sql<boolean>`coalesce((select i.state from installs i where i.system_id = systems.id
      order by i.id desc limit 1), 'none') = ${state}`,
    power &&
      sql<boolean>`coalesce((select p.state from power_states p where p.system_id = systems.id), 'unknown')
      = ${power}`,
    locked &&
      sql<boolean>`exists (select 1 from system_locks l where l.system_id = systems.id) = ${locked === 'true' ? 1 : 0}`,
    mac && hasInterface(like('i.mac', mac)),
    ip && hasAddress('interface', ip),
    bmc && hasAddress('bmc', bmc),
    search && searched(search),
  ];
  return found.flatMap((condition) => condition || []);
}

/** The text is somewhere in what people know a machine by. */
function searched(text: string): RawBuilder<boolean> {
  const part = `*${text}*`;
  const span = spanOf(text);
  const places = [
    like('systems.name', part),
    like('systems.hostname', part),
    like('systems.comment', part),
    hasInterface(like('i.mac', part)),
    ...(span === undefined ? [] : [hasAddress('interface', span), hasAddress('bmc', span)]),
  ];
  return sql<boolean>`(${sql.join(places, sql` or `)})`;
}

/** Names and MACs are lower case. What is looked for by its whole text is found by the index, which LIKE does not use. */
function like(column: string, glob: string): RawBuilder<boolean> {
  if (!/[*?]/.test(glob)) return sql<boolean>`${sql.ref(column)} = ${glob.toLowerCase()}`;
  const pattern = glob
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`;
}

function hasInterface(condition: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`systems.id in (select i.system_id from interfaces i where ${condition})`;
}

/** BMCs of one chassis share an address, which is the chassis's; interfaces may share one on purpose. */
function hasAddress(kind: 'interface' | 'bmc', { from, to }: AddressSpan): RawBuilder<boolean> {
  return sql<boolean>`systems.id in (select coalesce(b.system_id, i.system_id, a.system_id) from addresses a
    left join bmcs b on b.chassis_id = a.chassis_id
    left join interface_shares s on s.shared_id = a.shared_id
    left join interfaces i on i.id = s.interface_id
    where a.routing_domain = ${DEFAULT_DOMAIN} and a.kind = ${kind} and a.ip between ${from} and ${to})`;
}
