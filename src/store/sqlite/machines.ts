import type BetterSqlite3 from 'better-sqlite3';
import { DEFAULT_LOADER, DEFAULT_LOCAL_BOOT } from '../../domain/boot/boot-choice.ts';
import type { BindingKey } from '../../domain/network/binding-key.ts';
import { type DhcpOption, mergeOptions } from '../../domain/network/dhcp-option.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { MachineFacts } from '../interfaces/dhcp-store.ts';
import type { Changes } from './changes.ts';

const MACHINE = `
  select s.id as systemId, s.name as system, s.hostname, a.ip,
         coalesce(s.loader, p.loader, '${DEFAULT_LOADER}') as loader,
         coalesce(s.local_boot, p.local_boot, '${DEFAULT_LOCAL_BOOT}') as localBoot,
         p.dhcp_options as profileOptions, s.dhcp_options as systemOptions,
         n.id as installId, n.state, n.attempts, n.attempts_used, n.scripts_served, n.expires_at,
         i.id as interfaceId, i.mac, i.client_key as clientKey, i.circuit_key as circuitKey,
         i.name as interfaceName, u.name as upper, i.upper_rank as upperRank
  from interfaces i
  left join interfaces u on u.id = i.upper_id
  join systems s on s.id = i.system_id
  join profiles p on p.id = s.profile_id
  left join addresses a on a.position = 0
    and a.interface_id = case i.upper_rank when 0 then i.upper_id else i.id end
  left join installs n on n.id = (select max(id) from installs where system_id = s.id)`;

interface MachineRow {
  interfaceId: number;
  mac: string | null;
  clientKey: string | null;
  circuitKey: string | null;
  interfaceName: string;
  upper: string | null;
  upperRank: number | null;
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

/** The machines of the records by every key that they are known by. */
export interface MachineMemory {
  find(key: BindingKey): MachineFacts | undefined;
  /** Reads all of them, a few at a time; who is not among them is a stranger then, and no question to the database. */
  readAll(pause: () => Promise<void>, atOnce?: number): Promise<void>;
  /** To be called after each commit, while no transaction is open on the writing connection. */
  refresh(changes: Pick<Changes, 'systems' | 'keys' | 'profiles'>): void;
}

/** Machines read in one go: a millisecond, for which no packet is answered. */
const SLICE = 100;

/**
 * @param reader sees what is committed, at any time
 * @param writer is read only in `refresh`: its pages are in memory, the reader's are out of date after each commit
 */
export function createMachineMemory(
  reader: BetterSqlite3.Database,
  writer: BetterSqlite3.Database,
): MachineMemory {
  const readByKey = machineByKey(reader);
  const readCommitted = machineByKey(writer);
  const slice = reader.prepare<[number, number], MachineRow>(
    `${MACHINE} where i.id > ? order by i.id limit ?`,
  );
  const machines = new Map<BindingKey, MachineFacts>();
  const keysOfSystems = new Map<number, Set<BindingKey>>();
  let isComplete = false;
  /** Counts what made all of it out of date: who is still reading then begins anew. */
  let age = 0;

  const remember = (key: BindingKey, facts: MachineFacts): void => {
    machines.set(key, facts);
    const keys = keysOfSystems.get(facts.systemId);
    if (keys === undefined) keysOfSystems.set(facts.systemId, new Set([key]));
    else keys.add(key);
  };
  const forget = (key: BindingKey): void => {
    const facts = machines.get(key);
    if (facts === undefined) return;
    machines.delete(key);
    const keys = keysOfSystems.get(facts.systemId);
    keys?.delete(key);
    if (keys?.size === 0) keysOfSystems.delete(facts.systemId);
  };
  const readSlice = (after: number, atOnce: number): number | undefined => {
    const rows = slice.all(after, atOnce);
    for (const row of rows) {
      const facts = toMachine(row);
      for (const key of [row.mac, row.clientKey, row.circuitKey]) if (key !== null) remember(key, facts);
    }
    return rows.length < atOnce ? undefined : rows.at(-1)?.interfaceId;
  };
  let pauseBetween: (() => Promise<void>) | undefined;
  const readAll = async (pause: () => Promise<void>, atOnce = SLICE): Promise<void> => {
    pauseBetween = pause;
    const begun = age;
    for (let after: number | undefined = 0; after !== undefined; ) {
      after = readSlice(after, atOnce);
      if (after === undefined) break;
      await pause();
      if (age !== begun || !reader.open) return;
    }
    isComplete = true;
  };

  return {
    readAll,
    find(key) {
      const known = machines.get(key);
      if (known !== undefined || isComplete) return known;
      const row = readByKey(key);
      if (row === undefined) return undefined;
      const facts = toMachine(row);
      remember(key, facts);
      return facts;
    },
    refresh({ systems, keys, profiles }) {
      if (profiles) {
        machines.clear();
        keysOfSystems.clear();
        isComplete = false;
        age += 1;
        if (pauseBetween !== undefined) void readAll(pauseBetween);
        return;
      }
      const stale = new Set(keys);
      for (const id of systems) for (const key of keysOfSystems.get(id) ?? []) stale.add(key);
      for (const key of stale) {
        forget(key);
        const row = readCommitted(key);
        if (row !== undefined) remember(key, toMachine(row));
      }
    },
  };
}

function machineByKey(database: BetterSqlite3.Database): (key: BindingKey) => MachineRow | undefined {
  const [byMac, byClientId, byCircuit] = (['mac', 'client_key', 'circuit_key'] as const).map((column) =>
    database.prepare<[string], MachineRow>(`${MACHINE} where i.${column} = ?`),
  );
  return (key) => {
    if (key.startsWith('id:')) return byClientId?.get(key);
    return key.startsWith('circuit:') ? byCircuit?.get(key) : byMac?.get(key);
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
    follows: row.upper !== null && row.upperRank !== 0 ? { name: row.interfaceName, upper: row.upper } : null,
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
