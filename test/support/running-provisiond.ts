import type { ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';
import { builtProgram, PROVISION_COMMAND } from './build.ts';
import type { Finished, Namespaces } from './namespaces.ts';
import type { SmallDisk } from './small-disk.ts';

/** An answer of the API; `body` is the parsed JSON, null where there is none. */
export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind, and fail where one differs
  readonly body: any;
}

/** One line of the service's log; level 50 is an error. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** The built service as a process of its own in a namespace, with a data folder that goes away with it. */
export interface RunningProvisiond {
  readonly pid: number;
  readonly dataDir: string;
  /** The same folder by the name that the service knows it by. */
  readonly ownDataDir: string;
  readonly socketPath: string;
  /** Asks the API over the unix socket. */
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** The API, where the answer must be a success; throws with its words if it is not. */
  must(method: string, path: string, body?: unknown): Promise<ApiAnswer['body']>;
  /** Runs `provision` against it. */
  provision(...args: readonly string[]): Promise<Finished>;
  log(): readonly LogLine[];
  /** The first line of the log that fits, past or future; rejects if it ends before. */
  logs(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** Everything it said, for a failed test. */
  said(): string;
  /** Asks it to end by SIGTERM, which must give exit code 0, and removes the data folder. */
  stop(): Promise<void>;
}

export interface ProvisiondSettings {
  /** Merged over the configuration: { boot: { port: 8081 } }. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The data folder lies in memory: for tests of many packets, which are not about the disk. */
  readonly inMemory?: boolean;
  /** Runs it as another user, who owns its data folder, by this command (setpriv …). */
  readonly runAs?: { readonly uid: number; readonly command: readonly string[] };
  /** The data folder is this file system, and outlives the service. */
  readonly disk?: SmallDisk;
}

const READY = 'provisiond is ready';

/** Starts it in a namespace; resolves after its ready line, rejects with what it said if it ends before. */
export async function startProvisiond(
  spaces: Namespaces,
  namespace: string,
  settings: ProvisiondSettings = {},
): Promise<RunningProvisiond> {
  const folder = mkdtempSync(join(folderFor(settings), 'provisiond-'));
  const configFile = join(folder, 'provision.yaml');
  const { disk, runAs } = settings;
  // JSON is YAML.
  writeFileSync(configFile, JSON.stringify({ dataDir: disk?.inside ?? folder, ...settings.config }));
  const dataDir = disk?.outside ?? folder;
  const program = builtProgram('server/main.ts');
  if (runAs !== undefined) for (const path of [folder, configFile]) chownSync(path, runAs.uid, -1);
  const prefix = [...(disk?.command ?? []), ...(runAs?.command ?? [])];
  const command = [...prefix, process.execPath, program, '--config', configFile];
  // None of the test's own variables: provisiond refuses names that it does not know.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PROVISION_'));
  const child = spaces.spawn(namespace, command, { env: Object.fromEntries(inherited) });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    await waitForReady(child, closed, (line) => {
      lines.push(line);
      for (const look of [...waiting]) look();
    });
  } catch (error) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`${(error as Error).message}:\n${lines.join('\n')}`);
  }
  const log = () => lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
  const socketPath = join(dataDir, 'provision.sock');
  const api = (method: string, path: string, body?: unknown) => ask(socketPath, method, path, body);
  return {
    pid: child.pid ?? 0,
    dataDir,
    ownDataDir: disk?.inside ?? folder,
    socketPath,
    api,
    must: async (method, path, body) => {
      const answer = await api(method, path, body);
      if (answer.status < 300) return answer.body;
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    },
    provision: (...args) =>
      spaces.run(namespace, [process.execPath, PROVISION_COMMAND, '--server', `unix:${socketPath}`, ...args]),
    log,
    logs: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = log().find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void closed.then(() => reject(new Error('provisiond ended without that line')));
      }),
    said: () => lines.join('\n'),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await closed;
      rmSync(folder, { recursive: true, force: true });
      if (child.exitCode !== 0)
        throw new Error(`provisiond ended with ${child.exitCode ?? child.signalCode}:\n${lines.join('\n')}`);
    },
  };
}

function folderFor({ inMemory = false }: ProvisiondSettings): string {
  return inMemory && existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** Shows what the service said when a test fails; call it once in a describe block. */
export function showLogOnFailure(server: () => RunningProvisiond | undefined): void {
  afterEach(({ task }) => {
    if (task.result?.state === 'fail')
      console.error(`provisiond said:\n${server()?.said() ?? '(not started)'}`);
  });
}

function waitForReady(
  child: ChildProcess,
  closed: Promise<void>,
  onLine: (line: string) => void,
): Promise<void> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('provisiond needs pipes');
  return new Promise((resolve, reject) => {
    for (const input of [stdout, stderr])
      createInterface({ input }).on('line', (line) => {
        onLine(line);
        if (line === READY) resolve();
      });
    void closed.then(() => reject(new Error('provisiond did not start')));
  });
}

function ask(socketPath: string, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = text === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString('utf8');
        const isJson = response.headers['content-type']?.includes('json') === true;
        resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(answer) : answer || null });
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}
