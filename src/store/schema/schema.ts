import type { Generated } from 'kysely';
import type { InstallFailure, InstallState } from '../../domain/install/install.ts';
import type { DeliveryState } from '../../domain/notification.ts';
import type { JobFailure, JobState, JobStep } from '../../domain/power/job.ts';
import type { PowerAction, PowerState } from '../../domain/power/power.ts';
import type { HandoffRow } from '../installs/handoff-row.ts';
import type { AccessTables } from './access-schema.ts';
import type { CertificateTables } from './certificate-schema.ts';
import type { InterfaceTables } from './interface-schema.ts';
import type { MarkTables } from './marks-schema.ts';
import type { QueueTables } from './queue-schema.ts';

/**
 * The tables as Kysely sees them. Times are milliseconds since the epoch, IPv4 addresses unsigned 32-bit numbers,
 * lists and settings JSON text. Booleans do not exist in SQLite and are not used.
 */
export interface Tables extends AccessTables, QueueTables, MarkTables, CertificateTables, InterfaceTables {
  distros: DistroRow;
  profiles: ProfileRow;
  subnets: SubnetRow;
  ranges: RangeRow;
  systems: SystemRow;
  system_roles: SystemRoleRow;
  addresses: AddressRow;
  /** Of 256 addresses each: `block` times 256 is the first. Written by triggers only. */
  address_blocks: { routing_domain: string; block: number; used: number };
  leases: LeaseRow;
  installs: InstallRow;
  events: EventRow;
  loaders: LoaderRow;
  chassis: { id: Generated<number> };
  bmcs: BmcRow;
  power_states: PowerStateRow;
  jobs: JobRow;
  handoffs: HandoffRow;
  deliveries: DeliveryRow;
  idempotency_keys: {
    caller: string;
    key: string;
    request_hash: string;
    /** Null until it is known. */
    status: number | null;
    content_type: string | null;
    body: string | null;
    at: number;
  };
  notification_cursors: { endpoint: string; change_id: number };
}

interface Stamped {
  id: Generated<number>;
  revision: number;
  created_at: number;
  updated_at: number;
}

export interface DistroRow extends Stamped {
  name: string;
  family: string;
  version: string;
  arch: string;
  kernel: string;
  initrd: string;
  tree: string | null;
  kernel_args: string;
}

export interface ProfileRow extends Stamped {
  name: string;
  distro_id: number;
  install: string;
  answer_file: string;
  answer_kind: string;
  image: string | null;
  kernel_args: string;
  loader: string | null;
  local_boot: string | null;
  handoff: string | null;
  settings: string;
  dhcp_options: string;
  /** Write-only settings, sealed (see domain/secret-box.ts); null when none is set. */
  secrets: string | null;
}

export interface SubnetRow extends Stamped {
  name: string;
  routing_domain: string;
  network: number;
  prefix: number;
  gateway: number | null;
  dns_servers: string;
  ntp_servers: string;
  domain: string | null;
  mtu: number | null;
  lease_seconds: number;
  dhcp: string;
  next_server: number | null;
  domain_search: string;
  min_lease_seconds: number | null;
  max_lease_seconds: number | null;
  /** JSON, as in the record. */
  exclusions: string;
  dhcp_options: string;
}

export interface RangeRow {
  id: Generated<number>;
  subnet_id: number;
  first: number;
  last: number;
}

export interface SystemRow extends Stamped {
  name: string;
  hostname: string;
  profile_id: number;
  kernel_args: string;
  loader: string | null;
  local_boot: string | null;
  handoff: string | null;
  settings: string;
  dhcp_options: string;
  secrets: string | null;
  comment: string;
}

export interface SystemRoleRow {
  role: string;
  system_id: number;
  position: number;
}

/** Who may own an address. One row an address, whoever owns it: the UNIQUE constraint is the whole argument. */
export type AddressKind = 'interface' | 'bmc' | 'gateway' | 'server' | 'lease';

export interface AddressRow {
  id: Generated<number>;
  routing_domain: string;
  ip: number;
  kind: AddressKind;
  system_id: number | null;
  interface_id: number | null;
  subnet_id: number | null;
  lease_id: number | null;
  /** Owner of an address that the BMCs of several systems share; null where it is not shared. */
  chassis_id: number | null;
  /** Of an interface's: 0 is its `ip`, the others come beside it. */
  position: Generated<number>;
  /** Owner of an address that systems share on purpose. */
  shared_id: number | null;
}

export interface LeaseRow {
  id: Generated<number>;
  routing_domain: string;
  ip: number;
  /** What the lease is kept under (domain/network/binding-key.ts): the MAC, unless its record is known by something else. */
  mac: string;
  /** The MAC that has it, where it is kept under something else. */
  seen_mac: string | null;
  hostname: string | null;
  /** 'bound', 'released' or 'declined' (the machine found the address in use: quarantined until it expires). */
  state: string;
  expires_at: number;
  updated_at: number;
}

export interface InstallRow {
  id: Generated<number>;
  system_id: number;
  state: InstallState;
  state_at: number;
  batch: string | null;
  position: number | null;
  attempts: number;
  attempts_used: number;
  scripts_served: number;
  armed_at: number;
  armed_by: string;
  expires_at: number;
  updated_at: number;
  stage: string | null;
  reason: string | null;
  failure: InstallFailure | null;
  hint: string | null;
  handoff: string;
  /** JSON: a list of texts. */
  host_keys: string;
  /** SHA-256 of the token: look-ups go by it, so that a stolen database opens nothing. */
  token_hash: string;
  /** The token itself, sealed: boot scripts must name it again on every boot of the attempt. */
  token_sealed: string;
  /** JSON: domain/power/power-up.ts; null where nobody switches the machine. */
  power_up: string | null;
  /** Its step. */
  power_up_step: string | null;
}

export interface EventRow {
  id: Generated<number>;
  at: number;
  system_id: number | null;
  mac: string | null;
  install_id: number | null;
  stage: string;
  outcome: string;
  message: string;
  data: string;
}

export interface LoaderRow {
  name: string;
  version: string | null;
  source: string;
  sha256: string;
  bytes: number;
  installed_by: string;
  installed_at: number;
}

export interface BmcRow {
  system_id: number;
  /** Not null: it shares its address with the others of that chassis. */
  chassis_id: number | null;
  driver: string | null;
  port: number | null;
  node: string | null;
  /** JSON: what no query asks for. */
  settings: string;
  /** Both sealed. */
  password: string | null;
  kg: string | null;
}

export interface PowerStateRow {
  system_id: number;
  state: PowerState;
  checked_at: number;
  reason: string;
  /** The last answer that there was. */
  known_state: Exclude<PowerState, 'unknown'> | null;
  known_at: number | null;
}

export interface JobRow {
  id: Generated<number>;
  batch: string;
  kind: string;
  system_id: number;
  action: PowerAction;
  state: JobState;
  step: JobStep;
  attempts: number;
  requested_by: string;
  created_at: number;
  start_at: number;
  step_at: number;
  timeout_seconds: number;
  updated_at: number;
  finished_at: number | null;
  failure: JobFailure | null;
  message: string;
}

export interface DeliveryRow {
  id: Generated<number>;
  endpoint: string;
  /** JSON, as it is told. */
  notice: string;
  state: DeliveryState;
  tries: number;
  next_at: number | null;
  problem: string | null;
  created_at: number;
  updated_at: number;
}

/** The one routing domain of today; the column exists so that overlapping networks can come without a migration of keys. */
export const DEFAULT_DOMAIN = 'default';
