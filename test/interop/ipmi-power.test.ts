import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Job, JobReceipt } from '../../src/domain/power/job.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite.ts';
import { type BmcOnSocket, startBmc } from '../support/bmc-sim/bmc-sockets.ts';
import { must } from '../support/must.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';

const HOST = '127.68.0.1';
const LIMIT_MS = 120_000;
/** Chassis Control, IPMI 2.0 §28.3. */
const CHASSIS_CONTROL = 0x0002;
const [OFF, ON] = [0, 1];
/** Set System Boot Options, IPMI 2.0 §28.12, and its parameter 5. */
const SET_BOOT_OPTIONS = 0x0008;
const BOOT_FLAGS = 5;

let folder: string;
let bmc: BmcOnSocket;
let service: ProvisiondProcess;

const start = () =>
  startProvisiond(folder, (args, env) => spawn(process.execPath, args, { env }), {
    http: { listen: `${HOST}:18080` },
    boot: { listen: HOST, port: 18081 },
    tftp: { listen: HOST, port: 16969 },
    syslog: { enabled: false },
    power: { gapSeconds: 0, pollSeconds: 1 },
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provision-ipmi-power-'));
  bmc = await startBmc({ options: { powerOffMs: 8_000 } }, { address: '127.68.0.9' });
  service = await start();
  mkdirSync(join(folder, 'distros'), { recursive: true });
  const file = join(folder, 'distros', 'linux');
  writeFileSync(file, 'kernel');
  const access = { address: bmc.address, port: bmc.port, user: 'operator', password: 'operate' };
  const records: [string, object][] = [
    ['distros', { name: 'debian-13', family: 'debian', version: '13', kernel: file, initrd: file }],
    ['profiles', { name: 'debian-13', distro: 'debian-13', answerFile: 'debian-13.preseed' }],
    [
      'systems',
      {
        name: 'web001',
        profile: 'debian-13',
        interfaces: [{ mac: '52:54:00:00:00:01' }],
        bmc: { ...access, firmware: 'uefi' },
      },
    ],
  ];
  for (const [nouns, body] of records)
    expect(await service.call('POST', `/api/v1/${nouns}`, body)).toMatchObject({ status: 201 });
}, LIMIT_MS);
afterAll(async () => {
  await service?.stop();
  await bmc?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const jobs = async (id: number): Promise<Job> =>
  (await service.call('GET', `/api/v1/jobs/${id}`)).body as Job;
const until = (id: number, fits: (job: Job) => boolean): Promise<Job> =>
  vi.waitFor(
    async () => {
      const job = await jobs(id);
      expect(fits(job), JSON.stringify(job)).toBe(true);
      return job;
    },
    { timeout: 60_000, interval: 50 },
  );

it(
  'a machine is cycled by IPMI once, although the service is killed while it switches off',
  async () => {
    const { body } = await service.call('POST', '/api/v1/power', { action: 'cycle', systems: ['web001'] });
    const { id } = must((body as JobReceipt).items[0]?.job ?? undefined, 'a job');
    await until(id, ({ step }) => step === 'awaiting-off');
    await service.killHard();
    service = await start();
    expect(await until(id, ({ state }) => state === 'done' || state === 'failed')).toMatchObject({
      state: 'done',
      message: 'is on',
    });
    const orders = bmc.bmc.heard.filter(({ code }) => code === CHASSIS_CONTROL).map(({ data }) => data[0]);
    expect(orders).toEqual([OFF, ON]);
    const status = await service.call('GET', '/api/v1/systems/web001/power');
    expect(status).toMatchObject({ status: 200, body: { state: 'on', failure: null } });
  },
  LIMIT_MS,
);

it(
  'what the BMC does not do is told by its kind, with what to do next',
  async () => {
    await service.call('PATCH', '/api/v1/systems/web001', { bmc: { password: 'wrong' } });
    const answer = await service.call('GET', '/api/v1/systems/web001/bmc');
    expect(answer).toMatchObject({
      status: 502,
      body: { failure: 'wrong-credentials', hint: expect.stringContaining('system edit web001') },
    });
  },
  LIMIT_MS,
);

it(
  'a boot device is for UEFI until the firmware was heard, then for what was heard',
  async () => {
    await service.call('PATCH', '/api/v1/systems/web001', { bmc: { password: 'operate', firmware: null } });
    const flags = async () => {
      bmc.bmc.heard.length = 0;
      const answer = await service.call('PUT', '/api/v1/systems/web001/boot-device', { device: 'pxe' });
      expect(answer).toMatchObject({ status: 200, body: { agrees: true } });
      const sets = bmc.bmc.heard.filter(
        ({ code, data }) => code === SET_BOOT_OPTIONS && data[0] === BOOT_FLAGS,
      );
      return sets.map(({ data }) => data.toString('hex'));
    };
    expect(await flags()).toEqual(['05a004000000']);
    const heard = await service.call('GET', '/api/v1/systems/web001');
    const { id } = heard.body as { id: number };
    await service.stop();
    const store = await openSqliteStore(folder);
    const said = { netboot: true, archCodes: '0' };
    const about = { systemId: id, installId: null, mac: null, stage: 'dhcp-discover' } as const;
    await store.addEvents([{ ...about, outcome: 'ok', message: 'PXE', data: said, atMs: Date.now() }]);
    await store.close();
    service = await start();
    expect(await flags()).toEqual(['058004000000']);
  },
  LIMIT_MS,
);
