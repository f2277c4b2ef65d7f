import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectApi } from '../support/api-connection.ts';
import { freePorts } from '../support/free-ports.ts';
import { must } from '../support/must.ts';
import { startProvisiond } from '../support/provisiond-process.ts';
import { residentMiBOf } from './process-cost.ts';
import { temporaryFolder, worldTemplate } from './world.ts';

/** The built service, running on a data folder with so many systems, and a client on one connection. */
export interface RecordsService {
  /** One request. Throws where the answer has another status than `wanted`. */
  call(method: string, path: string, wanted: number, body?: object): Promise<unknown>;
  /** A connection of its own, as another person would have. */
  connect(): { call: RecordsService['call']; close(): void };
  readonly startMs: number;
  readonly socketPath: string;
  readonly url: string;
  residentMiB(): number;
  stop(): Promise<void>;
}

/** Starts the service on a copy of the world with so many systems. */
export async function startRecordsService(systems: number): Promise<RecordsService> {
  const dataDir = mkdtempSync(join(temporaryFolder(), 'service-'));
  cpSync(await worldTemplate(systems), dataDir, { recursive: true });
  const [http = 0, boot = 0, tftp = 0] = await freePorts(3);
  const startedAt = performance.now();
  const service = await startProvisiond(dataDir, (args, env) => spawn(process.execPath, args, { env }), {
    http: { listen: `127.0.0.1:${http}` },
    boot: { listen: '127.0.0.1', port: boot },
    tftp: { listen: '127.0.0.1', port: tftp },
    dhcp: { probe: false },
    syslog: { enabled: false },
  });
  const startMs = performance.now() - startedAt;
  const socketPath = join(dataDir, 'provision.sock');
  const connect = () => {
    const connection = connectApi(socketPath);
    return {
      async call(method: string, path: string, wanted: number, body?: object) {
        const answer = await connection.call(method, path, body);
        if (answer.status === wanted) return answer.body;
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      },
      close: connection.close,
    };
  };
  const own = connect();
  return {
    call: own.call,
    connect,
    startMs,
    socketPath,
    url: `http://127.0.0.1:${http}`,
    residentMiB: () => residentMiBOf(must(service.child.pid, 'a process')),
    async stop() {
      own.close();
      await service.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
