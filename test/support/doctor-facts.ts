import type { Subnet } from '../../src/domain/network/subnet.ts';
import type { BackupFact, DoctorFacts, HostFacts } from '../../src/services/doctor/facts.ts';
import { ip } from './dhcp-packets.ts';
import { NOW_MS } from './store-records.ts';

/** A machine on which everything is right. */
export const WELL_HOST: HostFacts = {
  // CAP_NET_BIND_SERVICE and CAP_NET_RAW, as the systemd unit gives them.
  capabilities: (1n << 10n) | (1n << 13n),
  firstFreePort: 1024,
  receiveBufferBytes: 4_194_304,
  wantedReceiveBufferBytes: 4_194_304,
  disk: { freeBytes: 50e9, totalBytes: 100e9 },
  clockIsSynchronised: true,
};

export const WELL_BACKUPS: BackupFact = {
  dir: '/var/lib/provision/backups',
  everyHours: 24,
  newestMs: NOW_MS - 3_600_000,
  failure: null,
};

export function subnetFact(change: Partial<Subnet> = {}): Subnet {
  const record = { id: 1, revision: 1, createdAt: '', updatedAt: '', name: 'lab', network: '10.99.0.0/24' };
  return { ...(record as Subnet), dhcp: 'authoritative', ...change };
}

/** Facts of a service that has nothing to complain about; each test changes what it is about. */
export function wellFacts(change: Partial<DoctorFacts> = {}): DoctorFacts {
  const listening = { state: 'listening', reason: null, remedy: null } as const;
  return {
    nowMs: NOW_MS,
    dataDir: '/var/lib/provision',
    listeners: [{ name: 'api', address: 'tcp 127.0.0.1:8080', ...listening }],
    warnings: [],
    interfaces: [{ name: 'eth1', up: true, isPort: false, addresses: [ip('10.99.0.1')] }],
    subnets: [subnetFact()],
    loaders: [],
    neededLoaders: [],
    files: [],
    unreadableSecrets: [],
    handoffs: [],
    bmcs: [],
    backups: WELL_BACKUPS,
    database: [],
    latestWriteMs: NOW_MS - 1000,
    host: WELL_HOST,
    ...change,
  };
}
