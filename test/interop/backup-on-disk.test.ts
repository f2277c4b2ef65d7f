import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, PROVISION_COMMAND } from '../support/build.ts';
import { readTrace, reasonAgainstTraces, type TracedCall, traceCommand } from '../support/flush-trace.ts';
import { freePorts } from '../support/free-ports.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';
import { loadSchemaFixture, schemaFixtures } from '../support/schema-fixtures.ts';

const reason = reasonAgainstTraces();

/** What the kernel saw: the file was flushed, then it got its name, then the folder was flushed, and only then was it reported. */
describe.skipIf(reason !== undefined)(
  `a backup is on the disk before it is reported${reason ? ` (${reason})` : ''}`,
  { timeout: 120_000 },
  () => {
    let root = '';
    let dataDir = '';
    let service: ProvisiondProcess;

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), 'provision-traced-'));
      dataDir = join(root, 'data');
      mkdirSync(dataDir, { mode: 0o700 });
      const [oldest = ''] = schemaFixtures();
      loadSchemaFixture(oldest, join(dataDir, 'provision.db'));
      const key = Buffer.alloc(32, 7).toString('base64');
      writeFileSync(join(dataDir, 'secret.key'), `${key}\n`, { mode: 0o600 });
      const [http = 0, boot = 0, tftp = 0] = await freePorts(3);
      const startTraced = (args: readonly string[], env: Record<string, string>) => {
        const [program = '', ...rest] = traceCommand(join(root, 'service'));
        return spawn(program, [...rest, process.execPath, ...args], { env });
      };
      service = await startProvisiond(dataDir, startTraced, {
        http: { listen: `127.0.0.1:${http}` },
        boot: { listen: '127.0.0.1', port: boot },
        tftp: { listen: '127.0.0.1', port: tftp },
        syslog: { enabled: false },
      });
    }, 120_000);
    afterAll(async () => {
      await service?.killHard();
      rmSync(root, { recursive: true, force: true });
    });

    const run = async (trace: string, ...args: readonly string[]): Promise<TracedCall[]> => {
      const [program = '', ...rest] = traceCommand(join(root, trace));
      const env = { PATH: process.env['PATH'] ?? '' };
      const child = spawn(program, [...rest, process.execPath, ...args], { env });
      expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
      return readTrace(readFileSync(join(root, trace), 'utf8'));
    };

    it('by the command', async () => {
      const file = join(root, 'backup.tar');
      const socket = `unix:${join(dataDir, 'provision.sock')}`;
      const program = PROVISION_COMMAND;
      const calls = await run('command', program, '--server', socket, 'backup', file);
      expectInOrder(calls, [
        flushOf(`${file}\\.\\d+\\.new`),
        renameTo(file),
        flushOf(root),
        /^write\(.*wrote .*backup\.tar/,
      ]);
    });

    it('before the schema is changed', () => {
      const calls = readTrace(readFileSync(join(root, 'service'), 'utf8'));
      const folder = join(dataDir, 'backups');
      const name = `${folder}/before-migration-[^/]*\\.tar`;
      expectInOrder(calls, [
        flushOf(dataDir),
        flushOf(`${folder}/\\.unfinished-\\w+/backup\\.tar`),
        renameTo(name),
        flushOf(folder),
        /^pwrite64\(.*provision\.db-wal>/,
      ]);
    });

    it('and so is what a restore has put in its place', async () => {
      expect(await service.stop()).toBe(0);
      const program = builtProgram('server/main.ts');
      const file = join(root, 'backup.tar');
      const config = join(dataDir, 'provision.yaml');
      const calls = await run('restore', program, '--config', config, 'restore', file);
      const stage = join(dataDir, 'restore.new');
      const database = join(dataDir, 'provision.db');
      expectInOrder(calls, [
        flushOf(`${stage}/provision\\.db`),
        flushOf(`${stage}/secret\\.key`),
        flushOf(stage),
        flushOf(dataDir),
        renameTo(`${dataDir}/before-restore-[^/]*/provision\\.db`),
        renameTo(database),
        flushOf(dataDir),
        /^write\(.*restored /,
      ]);
    });
  },
);

const flushOf = (path: string): RegExp => new RegExp(`^f(data)?sync\\(\\d+<${path}>\\) += 0$`);
const renameTo = (path: string): RegExp => new RegExp(`^rename\\w*\\(.*, "${path}"\\) += 0$`);

/** Each is found behind the one before it. */
function expectInOrder(calls: readonly TracedCall[], wanted: readonly RegExp[]): void {
  let from = 0;
  for (const one of wanted) {
    const found = calls.findIndex(({ text }, at) => at >= from && one.test(text));
    expect(found, `${String(one)} behind call ${from}`).toBeGreaterThanOrEqual(0);
    from = found + 1;
  }
}
