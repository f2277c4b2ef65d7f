import type BetterSqlite3 from 'better-sqlite3';
import { DEFAULT_LOADER, DEFAULT_LOCAL_BOOT } from '../domain/boot-choice.ts';
import { type DhcpOption, mergeOptions } from '../domain/dhcp-option.ts';
import type { Ipv4 } from '../domain/ipv4.ts';
import type { Subnet } from '../domain/subnet.ts';
import type { DhcpStore, LeaseFacts, LeaseWrite, MachineFacts } from './dhcp-store.ts';
import { createGroupCommit } from './group-commit.ts';
import { DEFAULT_DOMAIN } from './schema.ts';

const MACHINE = `
  select s.id as systemId, s.name as system, s.hostname, a.ip,
         coalesce(s.loader, p.loader, '${DEFAULT_LOADER}') as loader,
         coalesce(s.local_boot, p.local_boot, '${DEFAULT_LOCAL_BOOT}') as localBoot,
         p.dhcp_options as profileOptions, s.dhcp_options as systemOptions,
         n.id as installId, n.state, n.attempts, n.attempts_used, n.scripts_served, n.expires_at
  from interfaces i
  join systems s on s.id = i.system_id
  join profiles p on p.id = s.profile_id
  left join addresses a on a.interface_id = i.id
  left join installs n on n.id = (select max(id) from installs where system_id = s.id)
  where i.mac = ?`;

// The plus signs keep SQLite from the unique index on (routing_domain, ip), by which it would walk through every lease of
// the subnet; a MAC has a handful.
const LEASE = `
  select ip, mac, state, expires_at as expiresAtMs from leases
  where mac = ? and +routing_domain = '${DEFAULT_DOMAIN}' and +ip between ? and ?
  order by updated_at desc limit 1`;

const HOLDER = `
  select a.kind, s.name as system, i.mac as interfaceMac, l.mac as leaseMac, l.state, l.expires_at as expiresAtMs
  from addresses a
  left join systems s on s.id = a.system_id
  left join interfaces i on i.id = a.interface_id
  left join leases l on l.id = a.lease_id
  where a.ip = ? and a.routing_domain = '${DEFAULT_DOMAIN}'`;

/** A lease of a record that is gone: it has no row among the addresses, and its machine uses it all the same. */
const LONELY_LEASE = `
  select 'lease' as kind, null as system, null as interfaceMac, mac as leaseMac, state, expires_at as expiresAtMs
  from leases where ip = ? and routing_domain = '${DEFAULT_DOMAIN}'`;

/** Writes the binding if the address is free or this machine's own; otherwise changes nothing. */
const BIND = `
  insert into leases (routing_domain, ip, mac, hostname, state, expires_at, updated_at)
  values ('${DEFAULT_DOMAIN}', @ip, @mac, @hostname, @state, @expiresAtMs, @nowMs)
  on conflict (routing_domain, ip) do update
    set mac = excluded.mac, hostname = excluded.hostname, state = excluded.state,
        expires_at = excluded.expires_at, updated_at = excluded.updated_at
    where leases.mac = excluded.mac or leases.expires_at <= excluded.updated_at or leases.state = 'released'
          or @reserved = 1
  returning id`;

const CLAIM = `
  insert into addresses (routing_domain, ip, kind, lease_id) values ('${DEFAULT_DOMAIN}', @ip, 'lease', @lease)
  on conflict (routing_domain, ip) do update set lease_id = excluded.lease_id
    where addresses.kind = 'lease'
  returning id`;

/** A reservation still stands? The record may have been edited since the packet's facts were read. */
const STILL_RESERVED = `
  select 1 from addresses a join interfaces i on i.id = a.interface_id
  where a.ip = @ip and a.routing_domain = '${DEFAULT_DOMAIN}' and i.mac = @mac`;

interface HolderRow {
  kind: string;
  system: string | null;
  interfaceMac: string | null;
  leaseMac: string | null;
  state: string | null;
  expiresAtMs: number | null;
}

interface MachineRow {
  systemId: number;
  system: string;
  hostname: string;
  ip: number | null;
  loader: MachineFacts['loader'];
  localBoot: MachineFacts['localBoot'];
  profileOptions: string;
  systemOptions: string;
  installId: number | null;
  state: string;
  attempts: number;
  attempts_used: number;
  scripts_served: number;
  expires_at: number;
}

export interface SqliteDhcpParts {
  /** Connection for reading only: sees what is committed, is never held up by a writer (WAL). */
  readonly reader: BetterSqlite3.Database;
  /** The writing connection; used only inside `exclusively`. */
  readonly writer: BetterSqlite3.Database;
  /** Runs a synchronous piece of work while no other transaction is open on the writing connection. */
  readonly exclusively: (work: () => void) => Promise<void>;
  readonly subnets: () => readonly Subnet[];
}

/** The hot path on SQLite: prepared reads, and bindings made durable in groups. */
export function sqliteDhcpStore({ reader, writer, exclusively, subnets }: SqliteDhcpParts): DhcpStore {
  const machine = reader.prepare<[string], MachineRow>(MACHINE);
  const lease = reader.prepare<[string, number, number], LeaseFacts>(LEASE);
  const holder = reader.prepare<[number], HolderRow>(HOLDER);
  const lonely = reader.prepare<[number], HolderRow>(LONELY_LEASE);
  const commit = createGroupCommit<LeaseWrite, 'bound' | 'taken'>((writes) =>
    commitLeases(writer, exclusively, writes),
  );
  const findHolder = (ip: Ipv4, nowMs: number): { mac: string | null; label: string } | undefined => {
    const row = holder.get(ip) ?? lonely.get(ip);
    if (row === undefined) return undefined;
    if (row.kind === 'interface') return { mac: row.interfaceMac, label: `system ${row.system}` };
    if (row.kind !== 'lease')
      return { mac: null, label: row.system === null ? row.kind : `BMC of ${row.system}` };
    if (row.state === 'released' || (row.expiresAtMs ?? 0) <= nowMs) return undefined;
    // A declined address is quarantined: somebody unknown uses it, so it belongs to nobody that we could name.
    if (row.state === 'declined') return { mac: null, label: 'an unknown machine (declined)' };
    return { mac: row.leaseMac, label: `lease of ${row.leaseMac}` };
  };
  return {
    findMachine(mac) {
      const row = machine.get(mac);
      return row === undefined ? undefined : toMachine(row);
    },
    findLease: (mac, first, last) => lease.get(mac, first, last),
    findHolder,
    subnets,
    findMacOf: (ip, nowMs) => findHolder(ip, nowMs)?.mac ?? undefined,
    commitLease: (write) => commit.add(write),
  };
}

async function commitLeases(
  writer: BetterSqlite3.Database,
  exclusively: SqliteDhcpParts['exclusively'],
  writes: readonly LeaseWrite[],
): Promise<('bound' | 'taken')[]> {
  const results: ('bound' | 'taken')[] = [];
  await exclusively(() => {
    const bind = writer.prepare<unknown[], { id: number }>(BIND);
    const claim = writer.prepare<unknown[], { id: number }>(CLAIM);
    const reserved = writer.prepare<unknown[], unknown>(STILL_RESERVED);
    // Savepoint a write: a loser is undone alone, the others of its group go on.
    const bindOne = writer.transaction((write: LeaseWrite) => {
      if (write.reserved && reserved.get({ ip: write.ip, mac: write.mac }) === undefined)
        throw new AddressTaken();
      const row = bind.get({ ...write, reserved: write.reserved ? 1 : 0 });
      if (row === undefined) throw new AddressTaken();
      if (write.reserved) return;
      if (claim.get({ ip: write.ip, lease: row.id }) === undefined) throw new AddressTaken();
    });
    writer.transaction(() => {
      for (const write of writes) results.push(attempt(() => bindOne(write)));
    })();
  });
  return results;
}

class AddressTaken extends Error {}

function attempt(work: () => void): 'bound' | 'taken' {
  try {
    work();
    return 'bound';
  } catch (error) {
    if (error instanceof AddressTaken) return 'taken';
    throw error;
  }
}

function toMachine(row: MachineRow): MachineFacts {
  const install =
    row.installId === null
      ? null
      : {
          id: row.installId,
          state: row.state as NonNullable<MachineFacts['install']>['state'],
          attempts: row.attempts,
          attemptsUsed: row.attempts_used,
          scriptsServed: row.scripts_served,
          expiresAtMs: row.expires_at,
        };
  return {
    systemId: row.systemId,
    system: row.system,
    hostname: row.hostname,
    ip: row.ip === null ? null : (row.ip as Ipv4),
    loader: row.loader,
    localBoot: row.localBoot,
    dhcpOptions: toOptions(row),
    install,
  };
}

/** Most machines have none, and get one empty list without parsing. */
function toOptions({ profileOptions, systemOptions }: MachineRow): readonly DhcpOption[] {
  if (profileOptions === '[]' && systemOptions === '[]') return NO_OPTIONS;
  const layers = [profileOptions, systemOptions].map((json) => ({
    source: null,
    options: JSON.parse(json) as DhcpOption[],
  }));
  return mergeOptions(layers).map(({ option }) => option);
}

const NO_OPTIONS: readonly DhcpOption[] = [];
