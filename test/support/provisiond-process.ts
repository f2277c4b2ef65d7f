import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiAnswer, askApi } from './api-connection.ts';
import { builtProgram } from './build.ts';

/** A provisiond of the build under test, as a process of its own. */
export interface ProvisiondProcess {
  readonly child: ChildProcess;
  /** One request over its unix socket, on a connection of its own. Rejects when the process goes meanwhile. */
  call(method: string, path: string, body?: object): Promise<ApiAnswer>;
  /** As a power cut would: no handler runs. Resolves when the process is gone. */
  killHard(): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** How the process is started: with `node` in this machine, or inside a network namespace. */
export type StartNode = (args: readonly string[], env: Record<string, string>) => ChildProcess;

/** Starts provisiond on a data folder and resolves when it says that it is ready. */
export async function startProvisiond(
  dataDir: string,
  startNode: StartNode,
  more: object = {},
): Promise<ProvisiondProcess> {
  const configFile = join(dataDir, 'provision.yaml');
  // JSON is YAML.
  writeFileSync(configFile, JSON.stringify({ dataDir, log: { level: 'warn' }, ...more }));
  // None of the test's own variables: provisiond refuses names that it does not know.
  const env = { PATH: process.env['PATH'] ?? '' };
  const child = startNode([builtProgram('server/main.ts'), '--config', configFile], env);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await untilReady(child);
  const socketPath = join(dataDir, 'provision.sock');
  return {
    child,
    call: (method, path, body) => askApi({ socketPath, agent: false, method, path }, body),
    async killHard() {
      child.kill('SIGKILL');
      await closed;
    },
    async stop() {
      child.kill('SIGTERM');
      await closed;
      return child.exitCode;
    },
  };
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes('provisiond is ready')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`provisiond did not start; it said: ${said}`)));
  });
}
