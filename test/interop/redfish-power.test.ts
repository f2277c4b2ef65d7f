import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Job, JobReceipt } from '../../src/domain/power/job.ts';
import { must } from '../support/must.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';
import { makeCertificate } from '../support/redfish-sim/certificate.ts';
import { IDRAC9 } from '../support/redfish-sim/flavours.ts';
import { type RedfishServer, serveRedfish } from '../support/redfish-sim/https-server.ts';
import { SIM_PASSWORD, SIM_USER, SimulatedRedfish } from '../support/redfish-sim/simulated-redfish.ts';

const HOST = '127.67.0.1';
const LIMIT_MS = 120_000;
const certificate = makeCertificate({ name: 'idrac' });
const sim = new SimulatedRedfish(IDRAC9, '127.67.0.9');
let said = '';
let folder: string;
let server: RedfishServer;
let service: ProvisiondProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provision-redfish-power-'));
  server = await serveRedfish(sim, certificate);
  const report =
    "require('node:fs').appendFileSync(process.argv[1], process.argv[2] + process.env.PW.length)";
  const outlet = (word: string) => [process.execPath, '-e', report, '--', join(folder, 'outlet.log'), word];
  const start = (args: readonly string[], env: Record<string, string>) => {
    const child = spawn(process.execPath, args, { env });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes) => {
        said += String(bytes);
      });
    return child;
  };
  service = await startProvisiond(folder, start, {
    http: { listen: `${HOST}:18080` },
    boot: { listen: HOST, port: 18081 },
    tftp: { listen: HOST, port: 16969 },
    syslog: { enabled: false },
    log: { level: 'trace' },
    power: { gapSeconds: 0, commands: { outlet: { on: outlet('{node}'), password: 'env:PW' } } },
  });
  mkdirSync(join(folder, 'distros'), { recursive: true });
  const file = join(folder, 'distros', 'linux');
  writeFileSync(file, 'kernel');
  const bmc = { user: SIM_USER, password: SIM_PASSWORD, firmware: 'uefi' };
  const records: [string, object][] = [
    ['distros', { name: 'debian-13', family: 'debian', version: '13', kernel: file, initrd: file }],
    ['profiles', { name: 'debian-13', distro: 'debian-13', answerFile: 'debian-13.preseed' }],
    [
      'systems',
      {
        name: 'web001',
        profile: 'debian-13',
        interfaces: [{ mac: '52:54:00:00:00:01' }],
        bmc: { ...bmc, driver: 'redfish', address: sim.address, port: server.port },
      },
    ],
    [
      'systems',
      {
        name: 'web002',
        profile: 'debian-13',
        interfaces: [{ mac: '52:54:00:00:00:02' }],
        bmc: { ...bmc, driver: 'command', command: 'outlet', node: '7' },
      },
    ],
  ];
  for (const [nouns, body] of records)
    expect(await service.call('POST', `/api/v1/${nouns}`, body)).toMatchObject({ status: 201 });
}, LIMIT_MS);
afterAll(async () => {
  await service?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Orders an action, and waits for the end of its job. */
async function finished(action: string, system: string): Promise<Job> {
  const { status, body } = await service.call('POST', '/api/v1/power', { action, systems: [system] });
  expect(status, JSON.stringify(body)).toBe(202);
  const { id } = must((body as JobReceipt).items[0]?.job ?? undefined, 'a job');
  return vi.waitFor(
    async () => {
      const job = (await service.call('GET', `/api/v1/jobs/${id}`)).body as Job;
      expect(['done', 'failed']).toContain(job.state);
      return job;
    },
    { timeout: 60_000, interval: 100 },
  );
}

/** Every file below the folder that holds the text. */
function filesWith(text: string, below: string): string[] {
  return readdirSync(below).flatMap((name) => {
    const path = join(below, name);
    const kind = statSync(path);
    if (kind.isDirectory()) return filesWith(text, path);
    return kind.isFile() && readFileSync(path).includes(text) ? [path] : [];
  });
}

it(
  'a machine is switched by Redfish once its certificate is pinned, and by a command; the password is nowhere',
  async () => {
    const refused = await finished('on', 'web001');
    expect(refused).toMatchObject({ state: 'failed', failure: 'certificate' });
    expect(refused.message).toContain(`--bmc-certificate ${certificate.fingerprint}`);
    expect(sim.asked).toEqual([]);

    const pin = { bmc: { certificate: certificate.fingerprint } };
    expect(await service.call('PATCH', '/api/v1/systems/web001', pin)).toMatchObject({ status: 200 });
    expect(await finished('on', 'web001')).toMatchObject({ state: 'done' });
    expect(sim.state.power).toBe('On');
    const boot = { device: 'pxe', firmware: 'uefi', persistent: false };
    expect(await service.call('PUT', '/api/v1/systems/web001/boot-device', { device: 'pxe' })).toMatchObject({
      status: 200,
    });
    expect(await service.call('GET', '/api/v1/systems/web001/boot-device')).toMatchObject({
      status: 200,
      body: { override: boot },
    });
    expect((await service.call('GET', '/api/v1/systems/web001/bmc')).body).toMatchObject({
      serial: 'ABC1234',
    });
    expect(sim.sessions.size, 'sessions left').toBe(0);

    expect(await finished('on', 'web002')).toMatchObject({ state: 'done' });
    expect(readFileSync(join(folder, 'outlet.log'), 'utf8')).toBe(`7${SIM_PASSWORD.length}`);

    const systems = await service.call('GET', '/api/v1/systems');
    expect(JSON.stringify(systems.body)).not.toContain(SIM_PASSWORD);
    expect(await service.stop()).toBe(0);
    expect(said).toContain('web001');
    expect(said).not.toContain(SIM_PASSWORD);
    expect(said).not.toContain('token-');
    expect(filesWith(SIM_PASSWORD, folder)).toEqual([]);
  },
  LIMIT_MS,
);
