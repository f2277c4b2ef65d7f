import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inNamespace } from './network.ts';
import { hasEnded, killProcess, type Processes, stopProcess } from './processes.ts';
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
  /** Sections of the configuration that this run wants otherwise than by default. */
  readonly config?: Readonly<Record<string, object>>;
}

const READY = 'provisiond is ready';

/** A server of the build under test, in a namespace of its own. */
export class Provisiond {
  readonly dataDir: string;
  readonly socket: string;
  readonly logFile: string;
  readonly #processes: Processes;
  readonly #options: ProvisiondOptions;
  #process: ChildProcess | undefined;

  constructor(processes: Processes, options: ProvisiondOptions) {
    this.#processes = processes;
    this.#options = options;
    this.dataDir = join(options.dir, 'data');
    this.socket = join(this.dataDir, 'provision.sock');
    this.logFile = join(options.dir, 'provisiond.log');
  }

  /** Starts dist/server/main.js and waits until it says that it is ready; after `kill` again, on the same data. */
  async start(): Promise<void> {
    await mkdir(this.dataDir, { recursive: true, mode: 0o700 });
    const configFile = join(this.#options.dir, 'provision.yaml');
    await writeFile(configFile, configText(this.dataDir, this.#options));
    const main = join(this.#options.root, 'dist/server/main.js');
    const program = [process.execPath, [main, '--config', configFile]] as const;
    const said = (await readFile(this.logFile, 'utf8').catch(() => '')).length;
    const [command, args] = inNamespace(this.#options.namespace, ...program);
    this.#process = await this.#processes.start(command, args, { logFile: this.logFile });
    await waitUntilReady(this.#process, this.logFile, said);
  }

  /** SIGKILL: it has no time for anything. */
  async kill(): Promise<void> {
    if (this.#process === undefined || hasEnded(this.#process)) throw new Error('provisiond is not running');
    await killProcess(this.#process);
  }

  async stop(): Promise<void> {
    if (this.#process !== undefined) await stopCleanly(this.#process, this.logFile);
  }
}

/** JSON is YAML. */
function configText(dataDir: string, { fileRoots, loaderDir, config = {} }: ProvisiondOptions): string {
  const loaders = { dirs: [loaderDir, '/usr/lib/ipxe', '/boot'] };
  const tree = { dataDir, files: { roots: fileRoots }, loaders, log: { level: 'info' }, ...config };
  return `${JSON.stringify(tree, null, 2)}\n`;
}

/** `said` characters of its log are of an earlier life. */
async function waitUntilReady(child: ChildProcess, logFile: string, said: number): Promise<void> {
  await waitFor({ what: 'provisiond to be ready', limitMs: 30_000, everyMs: 50 }, async () => {
    const log = (await readFile(logFile, 'utf8')).slice(said);
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
