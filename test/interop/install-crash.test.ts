import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BootEvent } from '../../src/domain/boot/boot-event.ts';
import { INSTALL_STATES, type Install, type InstallState } from '../../src/domain/install/install.ts';
import type { System } from '../../src/domain/records/system.ts';
import { freePorts } from '../support/free-ports.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';

// kill -9 at every state of an install: one machine stands at each, and the next thing that it does is under way. Then: no state
// that was told is lost, the events of states are a chain without a gap, and every install goes on to its end with one answer file.

const ROUNDS = Number(process.env['PROVISION_CRASH_ROUNDS'] ?? 3);
const LIMIT_MS = 120_000 + ROUNDS * 120_000;

let dataDir: string;
let bootPort: number;
let config: object;
let service: ProvisiondProcess;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'provision-install-crash-'));
  const [http = 0, boot = 0, tftp = 0] = await freePorts(3);
  bootPort = boot;
  const file = (name: string, text: string) => {
    const path = join(dataDir, 'distros', name);
    mkdirSync(join(dataDir, 'distros'), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const site = { driver: 'webhook', url: 'http://127.0.0.1:9/', secretFile: file('secret', 'x'.repeat(32)) };
  const outlet = { on: ['/bin/true'], off: ['/bin/true'], status: ['/bin/echo', 'off'] };
  config = {
    http: { listen: `127.0.0.1:${http}` },
    boot: { listen: '127.0.0.1', port: boot },
    tftp: { listen: '127.0.0.1', port: tftp },
    syslog: { enabled: false },
    installs: { maxConcurrentInstalls: 1 },
    // Nobody listens at the port of its SSH server, so that it waits.
    handoff: { definitions: { site: { ...site, port: 9 } } },
    power: { commands: { outlet } },
  };
  service = await start();
  const kernel = file('linux', 'a kernel');
  const settings = { vars: { mirror_host: 'm.example' } };
  for (const [nouns, body] of [
    ['distros', { name: 'debian-13', family: 'debian', version: '13', kernel, initrd: kernel }],
    ['profiles', { name: 'debian-13', distro: 'debian-13', settings }],
    ['subnets', { name: 'loop', network: '127.0.0.0/16' }],
  ] as const)
    await must('POST', nouns, body);
});
afterAll(async () => {
  expect(await service?.stop()).toBe(0);
  rmSync(dataDir, { recursive: true, force: true });
});

const start = () => startProvisiond(dataDir, (args, env) => spawn(process.execPath, args, { env }), config);

async function must(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await service.call(method, `/api/v1/${path}`, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const systemOf = async (name: string) => (await must('GET', `systems/${name}`)) as System;

/** A machine on loopback, and how far it has come. */
interface Machine {
  readonly name: string;
  readonly address: string;
  readonly mac: string;
  readonly handoff: string;
  token: string;
}

/** What a machine does, in its order, and the state that it is in afterwards. */
const STEPS: readonly { readonly path: string; readonly state: InstallState }[] = [
  { path: 'script', state: 'booting' },
  { path: 'kernel', state: 'loading' },
  { path: 'initrd', state: 'loading' },
  { path: 'answer', state: 'installing' },
  { path: 'event/partitioning', state: 'installing' },
  { path: 'event/installed', state: 'installed' },
  { path: 'event/first-boot', state: 'ready' },
];
/** The state after so many steps. */
const stateAfter = (count: number): InstallState => STEPS[count - 1]?.state ?? 'armed';
const rankOf = (state: InstallState) => INSTALL_STATES.indexOf(state);

const HOST_KEYS = `detail=${encodeURIComponent('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMjSDcOQ0tkuSwTpeNP7Y3BxxxxxxxxxxxxxxxxxxxXx root@m')}`;

async function doStep(machine: Machine, index: number): Promise<number> {
  const step = STEPS[index];
  const isScript = step?.path === 'script';
  const path = isScript
    ? `/boot/ipxe/${machine.mac.replaceAll(':', '-')}`
    : `/i/${machine.token}/${step?.path}`;
  const body = step?.path === 'event/first-boot' ? HOST_KEYS : undefined;
  const { status, text } = await fetchAs(machine.address, path, body);
  if (isScript) machine.token = /\/i\/([^/]+)\//.exec(text)?.[1] ?? machine.token;
  return status;
}

function fetchAs(
  localAddress: string,
  path: string,
  body?: string,
): Promise<{ status: number; text: string }> {
  const method = body === undefined ? 'GET' : 'POST';
  const headers = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const target = { host: '127.0.0.1', port: bootPort, path, method, headers, localAddress, agent: false };
  return new Promise((resolve, reject) => {
    const sent = request(target, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function addMachine(round: number, number: number, handoff: string): Promise<Machine> {
  const tail = `${round}.${number + 10}`;
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  const machine = {
    name: `m${round}-${number}`,
    address: `127.0.${tail}`,
    mac: `52:54:00:00:${hex(round)}:${hex(number)}`,
    handoff,
    token: '',
  };
  const interfaces = [{ mac: machine.mac, ip: machine.address }];
  await must('POST', 'systems', { name: machine.name, profile: 'debian-13', interfaces, handoff });
  await must('POST', `systems/${machine.name}/install`, {});
  return machine;
}

/** Every change of its state is told, one after another, and the last is what it is. */
async function expectWholeChain(name: string): Promise<Install> {
  const { install } = await systemOf(name);
  const { items } = (await must('GET', `systems/${name}/timeline?limit=1000`)) as { items: BootEvent[] };
  const told = items.filter(({ stage }) => stage === 'state').map(({ data }) => data);
  const chain = told.map(({ from, to }) => [from, to]);
  expect(chain[0]?.[0]).toBeNull();
  for (const [index, [from]] of chain.entries()) if (index > 0) expect(from).toBe(chain[index - 1]?.[1]);
  expect(chain.at(-1)?.[1]).toBe(install?.state);
  const wipes = chain.filter(([, to]) => to === 'installing');
  expect(wipes).toHaveLength(install?.attemptsUsed ?? 0);
  expect(wipes.length).toBeLessThanOrEqual(1);
  return install as Install;
}

/** Kills the service while every machine does its next step, after so many answers. */
async function killDuring(machines: readonly Machine[], answers: number): Promise<boolean[]> {
  let heard = 0;
  const done: boolean[] = machines.map(() => false);
  await new Promise<void>((resolve) => {
    const kill = () => void service.killHard().then(resolve);
    if (answers === 0) setImmediate(kill);
    for (const [count, machine] of machines.entries())
      doStep(machine, count).then(
        (status) => {
          done[count] = status === 200;
          heard += 1;
          if (heard === answers) kill();
        },
        () => {},
      );
  });
  return done;
}

it(
  'kill -9 at every state of an install loses no state and no event, and hands out no second answer file',
  async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const machines: Machine[] = [];
      for (let count = 0; count < STEPS.length; count++) {
        const machine = await addMachine(round, count, 'none');
        machines.push(machine);
        for (let index = 0; index < count; index++) expect(await doStep(machine, index)).toBe(200);
        expect((await systemOf(machine.name)).install?.state).toBe(stateAfter(count));
      }
      const done = await killDuring(machines, Math.min(round - 1, 3));
      service = await start();
      for (const [count, machine] of machines.entries()) {
        const install = await expectWholeChain(machine.name);
        // What was answered is on the disk; what was under way may be.
        const least = stateAfter(count + (done[count] ? 1 : 0));
        expect(rankOf(install.state)).toBeGreaterThanOrEqual(rankOf(least));
        expect(rankOf(install.state)).toBeLessThanOrEqual(rankOf(stateAfter(count + 1)));
        // The machine does again what it got no answer to, and goes on.
        for (let index = done[count] ? count + 1 : count; index < STEPS.length; index++) {
          const isOver = STEPS[index]?.path === 'event/installed' && install.state === 'installed';
          expect(`${machine.name} ${index} ${await doStep(machine, index)}`).toBe(
            `${machine.name} ${index} ${isOver ? 410 : 200}`,
          );
        }
        const end = await expectWholeChain(machine.name);
        expect(end).toMatchObject({ state: 'ready', attemptsUsed: 1 });
        expect((await systemOf(machine.name)).inService).not.toBeNull();
        expect(await fetchAs(machine.address, `/i/${machine.token}/answer`)).toMatchObject({ status: 410 });
        const script = await fetchAs(machine.address, `/boot/ipxe/${machine.mac.replaceAll(':', '-')}`);
        expect(script.text).toContain('booting from the local disk');
      }
    }
  },
  LIMIT_MS,
);

it(
  'kill -9 while one is queued, and while one is configured',
  async () => {
    const bmc = { driver: 'command', command: 'outlet', firmware: 'uefi' };
    for (const number of [1, 2]) {
      const interfaces = [{ mac: `52:54:00:01:00:0${number}`, ip: `127.0.200.${number}` }];
      await must('POST', 'systems', { name: `q${number}`, profile: 'debian-13', interfaces, bmc });
      await must('POST', `systems/q${number}/install`, {});
    }
    const configured = await addMachine(201, 0, 'site');
    for (const index of STEPS.keys()) expect(await doStep(configured, index)).toBe(200);
    const before: Record<string, InstallState> = {
      q1: 'armed',
      q2: 'queued',
      [configured.name]: 'configuring',
    };
    const states = async () => {
      const found = Object.keys(before).map(async (name) => [name, (await expectWholeChain(name)).state]);
      return Object.fromEntries(await Promise.all(found));
    };
    expect(await states()).toEqual(before);
    await service.killHard();
    service = await start();
    expect(await states()).toEqual(before);
    // Its turn comes, as if nothing had been.
    await must('POST', 'systems/q1/cancel', {});
    await expect.poll(async () => (await states())['q2'], { timeout: 60_000, interval: 500 }).toBe('armed');
    for (const name of ['q2', configured.name]) await must('POST', `systems/${name}/cancel`, {});
    expect(new Set(Object.values(await states()))).toEqual(new Set(['cancelled']));
  },
  LIMIT_MS,
);
