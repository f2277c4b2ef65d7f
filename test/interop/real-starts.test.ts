import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreBackup } from '../../server/backup/restore.ts';
import { SCHEMAS } from '../../src/store/sqlite/sqlite.ts';
import { freePorts } from '../support/free-ports.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';
import { loadSchemaFixture, schemaFixtures } from '../support/schema-fixtures.ts';

/** What cannot be seen without starting the program and ending it. */
describe('starts and ends of the program', () => {
  let dataDir: string;
  let config: object;
  let service: ProvisiondProcess | undefined;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'provision-start-'));
    const [http = 0, boot = 0, tftp = 0] = await freePorts(3);
    config = {
      http: { listen: `127.0.0.1:${http}` },
      boot: { listen: '127.0.0.1', port: boot },
      tftp: { listen: '127.0.0.1', port: tftp },
      syslog: { enabled: false },
      dhcp: { probe: false },
    };
  });
  afterEach(async () => {
    await service?.killHard();
    service = undefined;
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    service = await startProvisiond(dataDir, (args, env) => spawn(process.execPath, args, { env }), config);
    return service;
  };

  it.each([
    {
      name: 'the folder',
      path: '.',
      mode: 0o750,
      says: /may be opened by others \(mode 750\)[\s\S]*chmod 700/,
    },
    {
      name: 'the database',
      path: 'provision.db',
      mode: 0o640,
      says: /provision\.db may be opened by others/,
    },
    { name: 'the key', path: 'secret.key', mode: 0o604, says: /secret\.key may be opened by others/ },
    { name: 'the key of TLS', path: 'tls.key', mode: 0o640, says: /tls\.key may be opened by others/ },
    { name: 'the configuration', path: 'provision.yaml', mode: 0o662, says: /may be changed by others/ },
  ])('$name with mode $mode keeps it from starting, with what to do', async ({ path, mode, says }) => {
    for (const name of ['provision.yaml', 'provision.db', 'secret.key', 'tls.key'])
      writeFileSync(join(dataDir, name), '', { mode: 0o600 });
    chmodSync(join(dataDir, path), mode);
    await expect(start()).rejects.toThrow(says);
    expect(existsSync(join(dataDir, 'provision.sock'))).toBe(false);
  });

  it('brings an older database to this schema, and has a backup of it from before', async () => {
    const [oldest = ''] = schemaFixtures();
    loadSchemaFixture(oldest, join(dataDir, 'provision.db'));
    writeFileSync(join(dataDir, 'secret.key'), `${Buffer.alloc(32, 7).toString('base64')}\n`, {
      mode: 0o600,
    });
    const { call } = await start();
    expect(await call('GET', '/api/v1/systems/web001')).toMatchObject({ status: 200 });
    const backups = readdirSync(join(dataDir, 'backups'));
    expect(backups).toEqual([expect.stringMatching(/^before-migration-.*\.tar$/)]);
    expect(await service?.stop()).toBe(0);
    // It is one that can be put back, with the schema of then.
    const again = join(dataDir, 'again');
    const path = join(dataDir, 'backups', backups[0] ?? '');
    const { manifest } = await restoreBackup({ path, dataDir: again, schemas: SCHEMAS, nowMs: 0 });
    expect(manifest.schema).toBe(oldest);
  });

  it('is its owner’s alone; SIGTERM in the middle of writes ends it cleanly, with all that was acknowledged', async () => {
    const { call, stop } = await start();
    for (const name of readdirSync(dataDir).filter((one) => one !== 'provision.yaml'))
      expect(`${name} ${(statSync(join(dataDir, name)).mode & 0o077).toString(8)}`).toBe(`${name} 0`);
    const subnet = (number: number) => ({ name: `lab${number}`, network: `10.${number}.0.0/24` });
    const kept: string[] = [];
    let next = 0;
    let reachHalf = () => {};
    const half = new Promise<void>((resolve) => {
      reachHalf = resolve;
    });
    const writer = async (): Promise<void> => {
      while (next < 250) {
        const number = next;
        next += 1;
        const answer = await call('POST', '/api/v1/subnets', subnet(number)).catch(() => undefined);
        if (answer?.status !== 201) return;
        kept.push(`lab${number}`);
        if (kept.length === 40) reachHalf();
      }
    };
    const writers = Promise.all(Array.from({ length: 4 }, writer));
    await half;
    expect(await stop()).toBe(0);
    await writers;
    // Everything is in the database itself, which is whole.
    expect(existsSync(join(dataDir, 'provision.db-wal'))).toBe(false);
    expect(existsSync(join(dataDir, 'provision.sock'))).toBe(false);
    const database = new Database(join(dataDir, 'provision.db'), { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    const names = database.prepare('select name from subnets').pluck().all();
    database.close();
    expect(kept.length).toBeLessThan(250);
    expect(names).toEqual(expect.arrayContaining(kept));
  });
});
