import { spawn } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeArchive, writeArchive } from '../../server/backup/archive.ts';
import { builtProgram, PROVISION_COMMAND } from '../support/build.ts';
import { freePorts } from '../support/free-ports.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';
import { runNode } from '../support/run-node.ts';

const PROVISIOND = builtProgram('server/main.ts');

/** A whole service, its backups by the command, and the restore by the program itself. */
describe('backups of a running service', () => {
  let root: string;
  let dataDir: string;
  let service: ProvisiondProcess;
  let config: object;
  let kept: string[];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'provision-restore-'));
    dataDir = join(root, 'data');
    mkdirSync(join(dataDir, 'distros'), { recursive: true, mode: 0o700 });
    const [http = 0, boot = 0, tftp = 0] = await freePorts(3);
    config = {
      http: { listen: `127.0.0.1:${http}` },
      boot: { listen: '127.0.0.1', port: boot },
      tftp: { listen: '127.0.0.1', port: tftp },
      syslog: { enabled: false },
    };
    const kernel = join(dataDir, 'distros', 'linux');
    writeFileSync(kernel, 'a kernel');
    await start();
    const distro = { name: 'debian-13', family: 'debian', version: '13', kernel, initrd: kernel };
    await must('POST', 'distros', distro);
    const settings = { rootPasswordHash: `$6$saltsalt$${'x'.repeat(86)}` };
    await must('POST', 'profiles', { name: 'debian-13', distro: 'debian-13', settings });
    kept = [];
    for (let number = 0; number < 20; number += 1) await addSystem(number);
  });
  afterAll(async () => {
    await service?.killHard();
    rmSync(root, { recursive: true, force: true });
  });

  const start = async () => {
    service = await startProvisiond(dataDir, (args, env) => spawn(process.execPath, args, { env }), config);
  };
  const must = async (method: string, path: string, body?: object) => {
    const answer = await service.call(method, `/api/v1/${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  const addSystem = async (number: number) => {
    const name = `web${String(number).padStart(4, '0')}`;
    const mac = `52:54:00:00:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 255).toString(16).padStart(2, '0')}`;
    await must('POST', 'systems', { name, profile: 'debian-13', interfaces: [{ mac }] });
    kept.push(name);
  };
  const names = async () =>
    ((await must('GET', 'systems?fields=name')) as { items: { name: string }[] }).items.map(
      ({ name }) => name,
    );
  const provision = (...argv: string[]) =>
    runNode([PROVISION_COMMAND, '--server', `unix:${join(dataDir, 'provision.sock')}`, ...argv]);
  const restore = (file: string) =>
    runNode([PROVISIOND, '--config', join(dataDir, 'provision.yaml'), 'restore', file]);
  const backup = async (name: string) => {
    const file = join(root, name);
    expect(await provision('backup', file)).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    return file;
  };

  it('are one moment of it, and written again they are the same service', async () => {
    const file = await backup('quiet.tar');
    const { items } = (await must('GET', 'audit?noun=service')) as { items: { action: string }[] };
    expect(items.map(({ action }) => action)).toEqual(['backup']);
    const before = await must('GET', 'export');
    await addSystem(20);
    expect(await service.stop()).toBe(0);
    expect(await restore(file)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^restored .* as of /),
    });
    await start();
    expect(await must('GET', 'export')).toEqual(before);
    // The key is the one that it was sealed with: or the service had not started.
    expect(await must('GET', 'profiles/debian-13')).toMatchObject({ secretsSet: ['rootPasswordHash'] });
    kept.pop();
  }, 60_000);

  it('taken while others write have all that was acknowledged before, and nothing without what came before it', async () => {
    let writing = true;
    let next = 21;
    const writers = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (writing) {
          next += 1;
          await addSystem(next - 1);
        }
      }),
    );
    const before = [...kept];
    const file = await backup('busy.tar');
    writing = false;
    await writers;
    const after = [...kept];
    expect(await service.stop()).toBe(0);
    expect(await restore(file)).toMatchObject({ code: 0 });
    await start();
    const restored = await names();
    expect(restored).toEqual(expect.arrayContaining(before));
    expect(after).toEqual(expect.arrayContaining(restored));
  }, 60_000);

  it('are not put into the place of a service that runs', async () => {
    expect(await restore(join(root, 'quiet.tar'))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /another provisiond has the data folder open[\s\S]*systemctl stop provisiond/,
      ),
    });
    expect(await provision('restore', join(root, 'quiet.tar'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /systemctl stop provisiond && .* restore .*quiet\.tar && systemctl start/,
      ),
    });
  });

  describe('with the service stopped', () => {
    let files: string[];
    beforeAll(async () => {
      expect(await service.stop()).toBe(0);
      files = readdirSync(dataDir).sort();
    });

    const newer = async () => {
      const upkeep = {
        snapshot: async (to: string) => {
          copyFileSync(join(dataDir, 'provision.db'), to);
          const database = new Database(to);
          database.exec("insert into kysely_migration values ('9999-hereafter', '2030-01-01')");
          database.close();
          return '9999-hereafter';
        },
      };
      const parts = { upkeep, workDir: root, keyPath: null, version: '9.0.0', nowMs: 0 };
      const archive = await makeArchive(parts);
      await writeArchive(archive, join(root, 'newer.tar'));
      await archive.discard();
    };

    it.each([
      { name: 'nowhere.tar', made: () => {}, says: /cannot read .*nowhere\.tar \(ENOENT\)/ },
      {
        name: 'wrong.tar',
        made: () => writeFileSync(join(root, 'wrong.tar'), 'x'.repeat(4096)),
        says: /is no backup that can be restored/,
      },
      {
        name: 'short.tar',
        made: () =>
          writeFileSync(join(root, 'short.tar'), readFileSync(join(root, 'quiet.tar')).subarray(0, 60_000)),
        says: /it ends in the middle/,
      },
      {
        name: 'spoilt.tar',
        made: () => {
          const bytes = readFileSync(join(root, 'quiet.tar'));
          bytes[30_000] = (bytes[30_000] ?? 0) ^ 1;
          writeFileSync(join(root, 'spoilt.tar'), bytes);
        },
        says: /is damaged: its SHA-256 is not that of the list/,
      },
      {
        name: 'newer.tar',
        made: newer,
        says: /made by provision 9\.0\.0, and its schema 9999-hereafter is newer[\s\S]*restore it with that version/,
      },
    ])('$name is refused, and nothing is changed', async ({ name, made, says }) => {
      await made();
      expect(await restore(join(root, name))).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
      expect(readdirSync(dataDir).sort()).toEqual(files);
    });

    it.runIf(process.getuid?.() === 0)('what root restores belongs to the owner of the folder', async () => {
      const owner = 61_184;
      for (const path of ['.', ...readdirSync(dataDir)]) chownSync(join(dataDir, path), owner, owner);
      expect(await restore(join(root, 'quiet.tar'))).toMatchObject({ code: 0 });
      const owners = readdirSync(dataDir).map((path) => statSync(join(dataDir, path)).uid);
      expect(new Set(owners)).toEqual(new Set([owner]));
    });
  });
});
