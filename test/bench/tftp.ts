import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { must } from '../support/must.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { Case, Contender, Peer } from './harness.ts';
import {
  BENCH_CLIENT_ADDRESS,
  BENCH_SERVER_ADDRESS,
  type BenchNetwork,
  type BenchServer,
  openBenchNetwork,
} from './network.ts';
import { unpackPeers } from './peer-packages.ts';
import { PEERS } from './tftp-peers.ts';
import type { TftpStormOptions, TftpStormReport } from './tftp-storm.ts';

/** The name is one that the service knows; what is behind it does not matter here. */
const FILE = 'snponly.efi';
const FILE_BYTES = 1024 * 1024;
const MIB = 1024 * 1024;
const PROGRAM = fileURLToPath(new URL('./tftp-storm-program.js', import.meta.url));
/** Addresses of the clients: all of this network are the generator's. */
const CLIENTS = { network: '10.65.0.0/16', first: '10.65.1.1' };

interface Load {
  readonly clients: number;
  readonly windowBlocks: number;
  /** Share of packets that are lost on their way, in each direction. */
  readonly loss: number;
}

/** TFTP over a cable between two network namespaces, the whole service against the servers in use. */
export function cases(): Case[] {
  return [
    stormCase({ clients: 100, windowBlocks: 0, loss: 0 }),
    stormCase({ clients: 500, windowBlocks: 0, loss: 0 }),
    stormCase({ clients: 100, windowBlocks: 16, loss: 0 }),
    stormCase({ clients: 500, windowBlocks: 16, loss: 0 }),
    stormCase({ clients: 50, windowBlocks: 16, loss: 0.01 }),
  ];
}

function stormCase(load: Load): Case {
  const window = load.windowBlocks === 0 ? 'lock step' : `windowsize ${load.windowBlocks}`;
  const loss = load.loss === 0 ? '' : `, ${load.loss * 100} % lost each way`;
  const name = `${load.clients} clients, 1 MiB, blksize 1428, ${window}${loss}`;
  const all: readonly Peer[] = PEERS.map((peer) => ({
    name: peer.name,
    start: () => contend(load, (network, folder) => peer.start(network, folder), peer.isCounted),
  }));
  return {
    name: `${name}: speed`,
    unit: 'MB/s',
    better: 'more',
    goal: { ratio: 'at least', value: 1 },
    also: [{ name: `${name}: CPU`, unit: 's/GB', better: 'less', goal: null }],
    warmups: 1,
    samples: 3,
    start: () => contend(load, startOurs),
    // Lock step loses a second and more with each packet that is lost: only atftpd has windows (RFC 7440).
    peers: load.loss === 0 ? all : all.filter(({ name: peer }) => peer === 'atftpd'),
  };
}

type StartServer = (network: BenchNetwork, folder: string) => Promise<BenchServer>;

function startOurs(network: BenchNetwork, folder: string): Promise<BenchServer> {
  return network.startOurs(folder, { loaders: { dirs: [folder] } });
}

async function contend(load: Load, start: StartServer, isCounted = true): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), 'provision-bench-tftp-'));
  const file = randomBytes(FILE_BYTES);
  mkdirSync(join(folder, 'loaders'));
  writeFileSync(join(folder, FILE), file);
  const network = openBenchNetwork();
  const server = await prepare(network, load, () => start(network, folder)).catch(async (error: unknown) => {
    await network.close();
    throw error;
  });
  const options: TftpStormOptions = {
    clients: load.clients,
    blockBytes: 1428,
    windowBlocks: load.windowBlocks,
    fileBytes: FILE_BYTES,
    server: must(parseIpv4(BENCH_SERVER_ADDRESS), 'address'),
    port: 69,
    name: FILE,
    sha256: createHash('sha256').update(file).digest('hex'),
    firstClient: must(parseIpv4(CLIENTS.first), 'address'),
    limitMs: 60_000,
  };
  return {
    async sample() {
      const cpuBefore = server.cpuSeconds();
      const report = await runStorm(network, options);
      const cpuSeconds = server.cpuSeconds() - cpuBefore;
      const bytes = load.clients * FILE_BYTES;
      // Where it cannot be known, it is not the best.
      const secondsPerGb = isCounted ? cpuSeconds / (bytes / 1e9) : Number.POSITIVE_INFINITY;
      return [bytes / MIB / report.seconds, secondsPerGb];
    },
    async stop() {
      await server.stop();
      await network.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function prepare(
  network: BenchNetwork,
  load: Load,
  start: () => Promise<BenchServer>,
): Promise<BenchServer> {
  route(network);
  if (load.loss > 0) await loseEachWay(network, load.loss);
  return start();
}

/** Every address of the clients' network is the generator's; the server needs one neighbour only. */
function route({ spaces }: BenchNetwork): void {
  spaces.ip('clients', 'route', 'add', 'local', CLIENTS.network, 'dev', 'lo');
  spaces.ip('server', 'route', 'add', CLIENTS.network, 'via', BENCH_CLIENT_ADDRESS);
  // As a network card does: each datagram goes over the cable, and is lost, by itself.
  spaces.ip('server', 'link', 'set', 'lan0', 'gso_max_segs', '1');
}

async function runStorm(network: BenchNetwork, options: TftpStormOptions): Promise<TftpStormReport> {
  const words = await network.generate([process.execPath, PROGRAM, JSON.stringify(options)]);
  const report = JSON.parse(words) as TftpStormReport;
  if (report.ok !== options.clients)
    throw new Error(`${report.ok} of ${options.clients} clients have the file: ${report.errors.slice(0, 3)}`);
  if (process.env['PROVISION_BENCH_VERBOSE']) console.error(words.trim());
  return report;
}

/** Where packets are lost: at whoever receives them, so that no sender hears of it. */
async function loseEachWay(network: BenchNetwork, share: number): Promise<void> {
  const { command } = await unpackPeers('nftables');
  const rules = [
    'add table ip loss',
    'add chain ip loss lose { type filter hook prerouting priority -300; }',
    `add rule ip loss lose numgen random mod 1000 < ${share * 1_000} drop`,
  ].join('; ');
  for (const space of ['server', 'clients']) {
    const { code, stderr } = await network.spaces.run(space, command('nft', rules));
    if (code !== 0) throw new Error(`nft: ${stderr}`);
  }
}

function randomBytes(length: number): Buffer {
  const random = seededRandom(length);
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}
