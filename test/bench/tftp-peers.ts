import { BENCH_SERVER_ADDRESS, type BenchNetwork, type BenchServer } from './network.ts';
import { unpackPeers } from './peer-packages.ts';

/** A TFTP server in use, serving the files of a folder. */
export interface TftpPeer {
  readonly name: string;
  /** Its processes are waited for: their CPU time can be known. */
  readonly isCounted: boolean;
  start(network: BenchNetwork, folder: string): Promise<BenchServer>;
}

const READY = { port: 69, protocol: 'udp' } as const;

/** None may refuse a client for its number: their defaults are 100 threads (atftpd) and 50 connections (dnsmasq). */
export const PEERS: readonly TftpPeer[] = [
  {
    name: 'atftpd',
    isCounted: true,
    async start(network, folder) {
      const { command } = await unpackPeers('atftpd');
      const more = ['--user', 'root.root', '--bind-address', BENCH_SERVER_ADDRESS, '--maxthread', '2000'];
      return network.startPeer(command('atftpd', '--daemon', '--no-fork', ...more, folder), READY);
    },
  },
  {
    // A child a transfer, that nobody waits for (SIGCHLD is ignored): what it used is told to nobody.
    name: 'tftpd-hpa',
    isCounted: false,
    async start(network, folder) {
      const { command } = await unpackPeers('tftpd-hpa');
      const more = ['--user', 'root', '--address', `${BENCH_SERVER_ADDRESS}:69`, '--secure', folder];
      return network.startPeer(command('in.tftpd', '--foreground', ...more), READY);
    },
  },
  {
    name: 'dnsmasq',
    isCounted: true,
    async start(network, folder) {
      const { command } = await unpackPeers('dnsmasq-base');
      const more = ['--enable-tftp', `--tftp-root=${folder}`, '--tftp-max=2000', '--interface=lan0'];
      const quiet = ['--keep-in-foreground', '--log-facility=/dev/null', '--user=root', '--port=0'];
      const conf = ['--conf-file=/dev/null', '--pid-file=', '--bind-interfaces'];
      return network.startPeer(command('dnsmasq', ...quiet, ...conf, ...more), READY);
    },
  },
];
