import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inNamespace } from './network.ts';
import { hasEnded, type Processes, stopProcess } from './processes.ts';
import { waitFor } from './wait.ts';

export interface ProvisiondOptions {
  readonly root: string;
  readonly namespace: string;
  /** A folder of its own, not there yet; the database and the control socket go into it. */
  readonly dir: string;
  /** Folders that kernels, trees and images lie in. */
  readonly fileRoots: readonly string[];
  /** Has local-x64.efi, which no Debian package has. */
  readonly loaderDir: string;
}

/** A running server of the build under test. */
export interface Provisiond {
  readonly dataDir: string;
  readonly socket: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

const READY = 'provisiond is ready';

/** Starts dist/server/main.js inside the server's namespace and waits until it says that it is ready. */
export async function startProvisiond(processes: Processes, options: ProvisiondOptions): Promise<Provisiond> {
  const dataDir = join(options.dir, 'data');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const configFile = join(options.dir, 'provision.yaml');
  await writeFile(configFile, configText(dataDir, options));
  const logFile = join(options.dir, 'provisiond.log');
  const main = join(options.root, 'dist/server/main.js');
  const [command, args] = inNamespace(options.namespace, process.execPath, [main, '--config', configFile]);
  const child = await processes.start(command, args, { logFile });
  await waitUntilReady(child, logFile);
  return {
    dataDir,
    socket: join(dataDir, 'provision.sock'),
    logFile,
    stop: () => stopCleanly(child, logFile),
  };
}

/** JSON is YAML. */
function configText(dataDir: string, { fileRoots, loaderDir }: ProvisiondOptions): string {
  const loaders = { dirs: [loaderDir, '/usr/lib/ipxe', '/boot'] };
  return `${JSON.stringify({ dataDir, files: { roots: fileRoots }, loaders, log: { level: 'info' } }, null, 2)}\n`;
}

async function waitUntilReady(child: ChildProcess, logFile: string): Promise<void> {
  await waitFor({ what: 'provisiond to be ready', limitMs: 30_000, everyMs: 50 }, async () => {
    const log = await readFile(logFile, 'utf8');
    if (log.includes(READY)) return true;
    if (hasEnded(child)) throw new Error(`provisiond did not start:\n${log.trim()}`);
    return undefined;
  });
}

/** A server that does not stop cleanly on SIGTERM is a fault of the server, and fails the run. */
async function stopCleanly(child: ChildProcess, logFile: string): Promise<void> {
  if (hasEnded(child)) throw new Error(`provisiond ended by itself; its log is ${logFile}`);
  await stopProcess(child, 10_000);
  if (child.exitCode === 0) return;
  throw new Error(`provisiond stopped with ${child.exitCode ?? child.signalCode}, expected exit status 0`);
}
