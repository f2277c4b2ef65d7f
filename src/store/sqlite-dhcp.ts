import type BetterSqlite3 from 'better-sqlite3';
import type { BindingKey } from '../domain/binding-key.ts';
import { DEFAULT_LOADER, DEFAULT_LOCAL_BOOT } from '../domain/boot-choice.ts';
import { type DhcpOption, mergeOptions } from '../domain/dhcp-option.ts';
import type { Ipv4 } from '../domain/ipv4.ts';
import type { Subnet } from '../domain/subnet.ts';
import type { DhcpStore, LeaseFacts, LeaseWrite, MachineFacts } from './dhcp-store.ts';
import { createGroupCommit } from './group-commit.ts';
import { createLeaseIndex } from './lease-index.ts';
import { DEFAULT_DOMAIN } from './schema.ts';
import type { Changes } from './sqlite-changes.ts';
import { prepareLeaseWrites } from './sqlite-leases.ts';

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
  left join installs n on n.id = (select max(id) from installs where system_id = s.id)`;

/** Who has an address by a record, as the service's own or as a gateway. */
const HOLDER = `
  select a.kind, s.name as system, i.mac as interfaceMac,
         coalesce(i.mac, i.client_key, i.circuit_key) as interfaceKey
  from addresses a
  left join systems s on s.id = a.system_id
  left join interfaces i on i.id = a.interface_id
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
  interfaceMac: string | null;
  interfaceKey: string | null;
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
  /** The writing connection; used only inside `durably`. */
  readonly writer: BetterSqlite3.Database;
  /** Runs a synchronous piece of work while no other transaction is open there; resolves once the disk has it. */
  readonly durably: (work: () => void) => Promise<void>;
  readonly subnets: () => readonly Subnet[];
}

/** Machines and holders that are remembered; more than a data centre has. Beyond it, forgetting is only slow. */
const MAX_REMEMBERED = 500_000;

/**
 * The hot path on SQLite. Nothing of it asks the database twice for the same thing: all leases are in memory, machines
 * and holders are remembered once asked for, and every commit says what of it is out of date (sqlite-changes.ts).
 * Bindings are made durable in groups.
 */
export function sqliteDhcpStore({ reader, writer, durably, subnets }: SqliteDhcpParts): SqliteDhcp {
  const memory = createMemory(reader);
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
    if (row?.kind === 'interface') return { mac: row.interfaceKey, label: `system ${row.system}` };
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
    findMachine: memory.machineOf,
    findLease: memory.leases.newestOf,
    findHolder,
    subnets,
    findMachineSeen(mac, nowMs) {
      const lease = memory.leases.newestSeen(mac);
      const machine = isLive(lease, nowMs) ? memory.machineOf(lease.mac) : undefined;
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

function isLive(lease: LeaseFacts | undefined, nowMs: number): lease is LeaseFacts {
  return lease?.state === 'bound' && lease.expiresAtMs > nowMs;
}

/** What packets ask, kept equal to what is committed. */
export interface SqliteDhcp extends DhcpStore {
  onCommitted(changes: Changes): void;
}

function createMemory(reader: BetterSqlite3.Database) {
  const [byMac, byClientId, byCircuit] = (['mac', 'client_key', 'circuit_key'] as const).map((column) =>
    reader.prepare<[string], MachineRow>(`${MACHINE} where i.${column} = ?`),
  );
  const statementFor = (key: BindingKey): typeof byMac => {
    if (key.startsWith('id:')) return byClientId;
    return key.startsWith('circuit:') ? byCircuit : byMac;
  };
  const holder = reader.prepare<[number], HolderRow>(HOLDER);
  const isHeld = reader.prepare<[number], unknown>(IS_HELD);
  const leaseAt = reader.prepare<[number], LeaseFacts>(LEASE_AT);

  const leases = createLeaseIndex();
  for (const lease of reader.prepare<[], LeaseFacts>(LEASES).iterate()) leases.set(lease.ip, lease);
  const held = new Set(reader.prepare<[], number>(HELD).pluck().all());
  const holders = new Map<Ipv4, HolderRow | undefined>();
  const machines = new Map<string, MachineFacts | undefined>();
  const macsOfSystems = new Map<number, Set<string>>();

  const forgetMachines = (): void => {
    machines.clear();
    macsOfSystems.clear();
    holders.clear();
  };
  const rememberMachine = (mac: string, facts: MachineFacts | undefined): void => {
    if (machines.size >= MAX_REMEMBERED) forgetMachines();
    machines.set(mac, facts);
    if (facts === undefined) return;
    const macs = macsOfSystems.get(facts.systemId) ?? new Set();
    macsOfSystems.set(facts.systemId, macs.add(mac));
  };
  return {
    leases,
    machineOf(mac: string): MachineFacts | undefined {
      const known = machines.get(mac);
      if (known !== undefined || machines.has(mac)) return known;
      const row = statementFor(mac)?.get(mac);
      const facts = row === undefined ? undefined : toMachine(row);
      rememberMachine(mac, facts);
      return facts;
    },
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
      if (changes.records || changes.addresses.size > 0) forgetMachines();
      for (const systemId of changes.installs)
        for (const mac of macsOfSystems.get(systemId) ?? []) machines.delete(mac);
    },
  };
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
