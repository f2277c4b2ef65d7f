import type BetterSqlite3 from 'better-sqlite3';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import type { DhcpStore, LeaseFacts, LeaseWrite } from '../interfaces/dhcp-store.ts';
import { createGroupCommit } from '../interfaces/group-commit.ts';
import { DEFAULT_DOMAIN } from '../schema/schema.ts';
import type { Changes } from './changes.ts';
import { createLeaseIndex } from './lease-index.ts';
import { prepareLeaseWrites } from './leases.ts';
import { createMachineMemory } from './machines.ts';

/** Who has an address by a record, as the service's own or as a gateway. */
const HOLDER = `
  select a.kind, s.name as system, i.name as interface, i.type, a.shared_id as sharedId,
         coalesce(m.mac, i.mac, case when i.type != 'ethernet' then (
           select mac from interfaces where system_id = a.system_id and mac is not null order by position limit 1) end) as interfaceMac,
         coalesce(m.mac, m.client_key, m.circuit_key, i.mac, i.client_key, i.circuit_key) as interfaceKey
  from addresses a
  left join systems s on s.id = a.system_id
  left join interfaces i on i.id = a.interface_id
  left join interfaces m on m.upper_id = i.id and m.upper_rank = 0
  where a.ip = ? and a.routing_domain = '${DEFAULT_DOMAIN}' and a.kind != 'lease'`;

const HELD = `select ip from addresses where routing_domain = '${DEFAULT_DOMAIN}' and kind != 'lease'`;
const IS_HELD = `${HELD} and ip = ?`;

const LEASES = `
  select ip, mac, seen_mac as seenMac, state, expires_at as expiresAtMs, updated_at as updatedAtMs from leases
  where routing_domain = '${DEFAULT_DOMAIN}'`;
const LEASE_AT = `${LEASES} and ip = ?`;

interface HolderRow {
  kind: string;
  system: string | null;
  interface: string | null;
  type: string | null;
  sharedId: number | null;
  interfaceMac: string | null;
  interfaceKey: string | null;
}

export interface SqliteDhcpParts {
  /** Connection for reading only: sees what is committed, is never held up by a writer (WAL). */
  readonly reader: BetterSqlite3.Database;
  /** The writing connection; used only inside `durably`, and read right after a commit. */
  readonly writer: BetterSqlite3.Database;
  /** Runs a synchronous piece of work while no other transaction is open there; resolves once the disk has it. */
  readonly durably: (work: () => void) => Promise<void>;
  readonly subnets: () => readonly Subnet[];
}

/**
 * The hot path on SQLite. Nothing of it asks the database twice for the same thing: all leases are in memory, machines
 * once they were read or asked for, and every commit says what of it is out of date (sqlite/changes.ts).
 * Bindings are made durable in groups.
 */
export function sqliteDhcpStore({ reader, writer, durably, subnets }: SqliteDhcpParts): SqliteDhcp {
  const memory = createMemory(reader, writer);
  const { machines } = memory;
  const writeLeases = prepareLeaseWrites(writer);
  const commit = createGroupCommit<LeaseWrite, 'bound' | 'taken'>(async (writes) => {
    let results: ('bound' | 'taken')[] = [];
    await durably(() => {
      results = writeLeases(writes);
    });
    return results;
  });
  const findHolder = (ip: Ipv4, nowMs: number): { mac: string | null; label: string } | undefined => {
    const row = memory.holderOf(ip);
    if (row?.kind === 'interface') return { mac: row.interfaceKey, label: interfaceLabel(row) };
    if (row !== undefined)
      return { mac: null, label: row.system === null ? row.kind : `BMC of ${row.system}` };
    const lease = memory.leases.at(ip);
    if (lease === undefined || lease.state === 'released' || lease.expiresAtMs <= nowMs) return undefined;
    // A declined address is quarantined: somebody unknown uses it, so it belongs to nobody that we could name.
    if (lease.state === 'declined') return { mac: null, label: 'an unknown machine (declined)' };
    return { mac: lease.mac, label: `lease of ${lease.mac}` };
  };
  return {
    onCommitted: memory.refresh,
    findMachine: machines.find,
    readMachines: machines.readAll,
    findLease: memory.leases.newestOf,
    findHolder,
    subnets,
    findMachineSeen(mac, nowMs) {
      const lease = memory.leases.newestSeen(mac);
      const machine = isLive(lease, nowMs) ? machines.find(lease.mac) : undefined;
      return lease && machine && { machine, key: lease.mac };
    },
    findMacOf(ip, nowMs) {
      const recorded = memory.holderOf(ip)?.interfaceMac;
      if (recorded != null) return recorded;
      const holder = findHolder(ip, nowMs)?.mac ?? undefined;
      const lease = memory.leases.at(ip);
      return isLive(lease, nowMs) && lease.mac === holder ? (lease.seenMac ?? holder) : holder;
    },
    commitLease: (write) => commit.add(write),
  };
}

/** A card is its machine; what is made of cards is named. */
function interfaceLabel(row: HolderRow): string {
  if (row.sharedId !== null) return 'several systems, which share it';
  return row.type === 'ethernet' ? `system ${row.system}` : `system ${row.system}, ${row.interface}`;
}

function isLive(lease: LeaseFacts | undefined, nowMs: number): lease is LeaseFacts {
  return lease?.state === 'bound' && lease.expiresAtMs > nowMs;
}

/** What packets ask, kept equal to what is committed. */
export interface SqliteDhcp extends DhcpStore {
  onCommitted(changes: Changes): void;
}

function createMemory(reader: BetterSqlite3.Database, writer: BetterSqlite3.Database) {
  const holder = reader.prepare<[number], HolderRow>(HOLDER);
  // Of the writing connection: its pages are in memory, those of the reader are out of date after each commit.
  const isHeld = writer.prepare<[number], unknown>(IS_HELD);
  const leaseAt = writer.prepare<[number], LeaseFacts>(LEASE_AT);

  const leases = createLeaseIndex();
  for (const lease of reader.prepare<[], LeaseFacts>(LEASES).iterate()) leases.set(lease.ip, lease);
  const held = new Set(reader.prepare<[], number>(HELD).pluck().all());
  const holders = new Map<Ipv4, HolderRow | undefined>();
  const machines = createMachineMemory(reader, writer);
  return {
    leases,
    machines,
    holderOf(ip: Ipv4): HolderRow | undefined {
      if (!held.has(ip)) return undefined;
      const known = holders.get(ip);
      if (known !== undefined) return known;
      const row = holder.get(ip);
      holders.set(ip, row);
      return row;
    },
    refresh(changes: Changes): void {
      for (const ip of changes.leases) leases.set(ip as Ipv4, leaseAt.get(ip));
      for (const ip of changes.addresses) {
        if (isHeld.get(ip) === undefined) held.delete(ip);
        else held.add(ip);
        holders.delete(ip as Ipv4);
      }
      if (changes.records) holders.clear();
      machines.refresh(changes);
    },
  };
}
