import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatIpv4 } from '../../src/domain/network/ipv4.ts';
import { BENCH_NETWORK, type BenchNetwork, type BenchServer } from './network.ts';
import { type PeerPackages, unpackPeers } from './peer-packages.ts';
import { systemIp, systemMac, temporaryFolder, worldTemplate } from './world.ts';

/** The servers of the DHCP benches: one network, the same ranges and the same reservations. */
export interface DhcpServerKind {
  readonly name: string;
  /** Lays out its files for so many reservations and no leases. */
  prepare(reservations: number): Promise<LaunchServer>;
}

/** Starts a prepared server; resolves when it is said to be ready. */
export type LaunchServer = (network: BenchNetwork) => Promise<BenchServer>;

const LEASE_SECONDS = 3600;
const FIRST_DYNAMIC = '10.64.0.10';
const LAST_DYNAMIC = '10.65.255.250';
const DHCP_PORT = { port: 67, protocol: 'udp' } as const;

export const OURS: DhcpServerKind = {
  name: 'ours',
  async prepare(reservations) {
    const dataDir = newFolder();
    // With its write-ahead log, which may hold all of it.
    cpSync(await worldTemplate(reservations), dataDir, { recursive: true });
    return (network) => network.startOurs(dataDir, { dhcp: { interfaces: ['lan0'] } });
  },
};

/** Kea keeps its leases in memory and appends to a file, which it never flushes. */
export const KEA: DhcpServerKind = {
  name: 'kea',
  prepare: (reservations) => prepareKea(reservations, 'udp'),
};

/** Kea as it hears machines on its own link; raw sockets cost it more than those for relays do. */
export const KEA_ON_LINK: DhcpServerKind = {
  name: 'kea',
  prepare: (reservations) => prepareKea(reservations, 'raw'),
};

async function prepareKea(reservations: number, socketType: 'udp' | 'raw'): Promise<LaunchServer> {
  const folder = newFolder();
  const config = join(folder, 'kea.json');
  writeFileSync(config, JSON.stringify(keaConfig(folder, reservations, socketType)));
  const packages = await keaPackages();
  const env = [`KEA_PIDFILE_DIR=${folder}`, `KEA_LOCKFILE_DIR=${folder}`];
  const command = ['env', ...env, ...packages.command('kea-dhcp4', '-c', config)];
  return (network) => network.startPeer(command, DHCP_PORT);
}

/** dnsmasq writes and flushes its whole file of leases before it answers. */
export const DNSMASQ: DhcpServerKind = {
  name: 'dnsmasq',
  async prepare(reservations) {
    const folder = newFolder();
    const config = join(folder, 'dnsmasq.conf');
    const lines = [
      'port=0',
      'no-ping',
      'user=root',
      'interface=lan0',
      'dhcp-authoritative',
      // The default of 1,000 is less than the benches have machines.
      'dhcp-lease-max=1000000',
      `dhcp-leasefile=${join(folder, 'leases')}`,
      `dhcp-range=${FIRST_DYNAMIC},${LAST_DYNAMIC},255.252.0.0,${LEASE_SECONDS}`,
      ...each(reservations, ({ mac, address }) => `dhcp-host=${mac},${address}`),
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const packages = await dnsmasqPackages();
    const flags = ['--keep-in-foreground', '--pid-file=', `--conf-file=${config}`];
    const command = packages.command('dnsmasq', ...flags);
    return (network) => network.startPeer(command, DHCP_PORT);
  },
};

const keaPackages = once(() => unpackPeers('kea-dhcp4-server'));
const dnsmasqPackages = once(() => unpackPeers('dnsmasq-base'));

function keaConfig(folder: string, reservations: number, socketType: 'udp' | 'raw'): object {
  const reserved = each(reservations, ({ mac, address }) => ({ 'hw-address': mac, 'ip-address': address }));
  return {
    Dhcp4: {
      'interfaces-config': { interfaces: ['lan0'], 'dhcp-socket-type': socketType },
      'lease-database': { type: 'memfile', persist: true, name: join(folder, 'leases.csv') },
      'valid-lifetime': LEASE_SECONDS,
      subnet4: [
        {
          subnet: BENCH_NETWORK,
          pools: [{ pool: `${FIRST_DYNAMIC} - ${LAST_DYNAMIC}` }],
          reservations: reserved,
        },
      ],
      loggers: [{ name: 'kea-dhcp4', severity: 'WARN', output_options: [{ output: 'stdout' }] }],
    },
  };
}

function each<T>(count: number, make: (machine: { mac: string; address: string }) => T): T[] {
  return Array.from({ length: count }, (_, index) =>
    make({ mac: systemMac(index), address: formatIpv4(systemIp(index)) }),
  );
}

function newFolder(): string {
  return mkdtempSync(join(temporaryFolder(), 'server-'));
}

function once(make: () => Promise<PeerPackages>): () => Promise<PeerPackages> {
  let made: Promise<PeerPackages> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
