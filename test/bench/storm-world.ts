import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH_CLIENT_ADDRESS, type BenchNetwork, type BenchServer, openBenchNetwork } from './network.ts';
import { patternBytes } from './pattern.ts';
import { systemName, temporaryFolder, worldTemplate } from './world.ts';

export const MACHINES = 1_000;
/** snponly.efi of Debian 12 has 187 kB, of Debian 13 some more. */
export const LOADER_BYTES = 256 * 1024;
export const KERNEL_BYTES = 4 * 1024 * 1024;

/** Each waits a moment for somebody who answers for the machine's address. */
const ARMED_AT_ONCE = 64;
/** A root password hash that fits nothing. */
const NO_PASSWORD = `$6$saltsalt$${'x'.repeat(86)}`;

/** A network with the service on it, and a thousand machines that are armed. */
export interface StormWorld {
  readonly network: BenchNetwork;
  readonly server: BenchServer;
  close(): Promise<void>;
}

let template: Promise<string> | undefined;

/** Opens one for a single storm: what is handed out is spent. */
export async function openStormWorld(): Promise<StormWorld> {
  const network = openBenchNetwork();
  try {
    template ??= armMachines(network);
    await template;
    // Every machine has its own address, as tokens are bound to it: all of this prefix are addresses of the namespace,
    // once the machines are armed, which asks whether somebody uses their addresses.
    const own = ['local', '10.66.0.0/16', 'dev', 'eth0', 'src', BENCH_CLIENT_ADDRESS];
    network.spaces.ip('clients', 'route', 'add', ...own);
    const dataDir = mkdtempSync(join(temporaryFolder(), 'storm-'));
    cpSync(await template, dataDir, { recursive: true });
    const server = await network.startOurs(dataDir, CONFIG());
    const close = () => server.stop().finally(() => network.close());
    return { network, server, close };
  } catch (error) {
    await network.close();
    throw error;
  }
}

const files = () => join(temporaryFolder(), 'storm-files');

const CONFIG = () => ({
  dhcp: { interfaces: ['lan0'] },
  files: { roots: [files()] },
  loaders: { dirs: [files()] },
});

/** The data folder of a service that has armed every machine by its API. */
async function armMachines(network: BenchNetwork): Promise<string> {
  mkdirSync(files(), { recursive: true });
  writeFileSync(join(files(), 'snponly.efi'), patternBytes(LOADER_BYTES));
  for (const name of ['kernel', 'initrd']) writeFileSync(join(files(), name), patternBytes(KERNEL_BYTES));
  const dataDir = mkdtempSync(join(temporaryFolder(), 'storm-template-'));
  cpSync(await worldTemplate(MACHINES), dataDir, { recursive: true });
  const server = await network.startOurs(dataDir, CONFIG());
  const must = async (method: string, path: string, body: object) => {
    const { status, body: said } = await server.call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(said)}`);
  };
  const [kernel, initrd] = ['kernel', 'initrd'].map((name) => join(files(), name));
  await must('PATCH', '/api/v1/distros/debian-13', { kernel, initrd });
  await must('PATCH', '/api/v1/profiles/debian-13', { settings: { rootPasswordHash: NO_PASSWORD } });
  const waiting = Array.from({ length: MACHINES }, (_, index) => systemName(index)).values();
  const worker = async () => {
    for (const name of waiting) await must('POST', `/api/v1/systems/${name}/install`, {});
  };
  await Promise.all(Array.from({ length: ARMED_AT_ONCE }, worker));
  await server.stop();
  return dataDir;
}
