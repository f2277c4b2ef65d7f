import type { applyService } from '../../src/services/apply/apply.ts';
import type { LoaderService } from '../../src/services/boot/loaders.ts';
import type { AddressInUse } from '../../src/services/dhcp/address-use.ts';
import type { LeaseService } from '../../src/services/dhcp/leases.ts';
import type { OtherServer } from '../../src/services/dhcp/other-servers.ts';
import type { DiagnosisService } from '../../src/services/diagnosis/service.ts';
import type { distroService } from '../../src/services/distros.ts';
import type { DoctorService } from '../../src/services/doctor/doctor.ts';
import type { EventFeed } from '../../src/services/events/event-feed.ts';
import type { EventService } from '../../src/services/events/events.ts';
import type { ExplainService } from '../../src/services/explain/service.ts';
import type { HandoffService } from '../../src/services/handoff/handoff-service.ts';
import type { InstallQueueService } from '../../src/services/install-queue/queue-service.ts';
import type { LogReader } from '../../src/services/installer-logs/read-logs.ts';
import type { InstallService } from '../../src/services/installs/installs.ts';
import type { NotificationService } from '../../src/services/notifications/notifications.ts';
import type { PowerService } from '../../src/services/power/power-service.ts';
import type { profileService } from '../../src/services/profiles.ts';
import type { IdempotencyService } from '../../src/services/records/idempotency.ts';
import type { RecordChecks } from '../../src/services/records/record-checks.ts';
import type { ShowAddresses } from '../../src/services/subnets/subnet-addresses.ts';
import type { subnetService } from '../../src/services/subnets/subnets.ts';
import type { ShowEffective } from '../../src/services/systems/effective-values.ts';
import type { InventoryService } from '../../src/services/systems/inventory.ts';
import type { SystemLockService } from '../../src/services/systems/system-locks.ts';
import type { systemService } from '../../src/services/systems/systems.ts';
import type { BackupService } from '../backup/backup-service.ts';
import type { DhcpCounters } from '../dhcp/counters.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** One listener, as `provision status` shows it. */
export interface ListenerStatus {
  readonly name: string;
  readonly state: 'listening' | 'off' | 'refused';
  readonly address: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
}

/** What came of the packets of one DHCP (67) or PXE (4011) socket since the start; each number only grows. */
export type DhcpCountersStatus = Readonly<DhcpCounters> & {
  readonly interface: string;
  readonly port: number;
};

export interface ServiceStatus {
  readonly version: string;
  /** What the listener for people shows, and clients pin; null: plain HTTP. */
  readonly certificate: {
    readonly sha256: string;
    readonly isOwn: boolean;
    readonly validUntil: string;
  } | null;
  readonly listeners: readonly ListenerStatus[];
  readonly warnings: readonly string[];
  readonly otherDhcpServers: readonly OtherServer[];
  readonly addressesInUse: readonly AddressInUse[];
  readonly dhcp: readonly DhcpCountersStatus[];
}

/** The use cases that the API puts on the wire. */
export interface ApiServices {
  readonly distros: ReturnType<typeof distroService>;
  readonly profiles: ReturnType<typeof profileService>;
  readonly subnets: ReturnType<typeof subnetService>;
  readonly systems: ReturnType<typeof systemService>;
  readonly apply: ReturnType<typeof applyService>;
  readonly idempotency: IdempotencyService;
  readonly installs: InstallService;
  readonly installQueue: InstallQueueService;
  readonly events: EventService;
  readonly feed: EventFeed;
  readonly diagnosis: DiagnosisService;
  readonly explain: ExplainService;
  readonly checks: RecordChecks;
  readonly effective: ShowEffective;
  readonly addresses: ShowAddresses;
  readonly logs: LogReader;
  readonly loaders: LoaderService;
  readonly doctor: DoctorService;
  readonly power: PowerService;
  readonly locks: SystemLockService;
  readonly inventory: InventoryService;
  readonly handoffs: HandoffService;
  readonly notifications: NotificationService;
  readonly backups: BackupService;
  readonly metrics: Metrics;
  readonly leases: LeaseService;
  readonly status: () => ServiceStatus;
}
