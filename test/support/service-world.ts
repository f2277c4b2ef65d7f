import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createFiles } from '../../server/files.ts';
import type { ApiServices } from '../../server/http/api-services.ts';
import { buildHttpApp } from '../../server/http/app.ts';
import { createLoaders } from '../../server/loaders.ts';
import { createLog } from '../../server/log.ts';
import { openMetrics } from '../../server/metrics/metrics.ts';
import { openRecords } from '../../server/records.ts';
import { openSecretBox } from '../../server/secret-box.ts';
import { createShippedProfiles } from '../../server/shipped.ts';
import { renderAnswerFile } from '../../src/answer-file/render.ts';
import type { Ipv4 } from '../../src/domain/network/ipv4.ts';
import { type AccessService, accessService } from '../../src/services/access/access.ts';
import { type AnswerFiles, answerFileService } from '../../src/services/boot/answer-files.ts';
import { type BootService, bootService } from '../../src/services/boot/boot.ts';
import { type BootFileService, bootFileService } from '../../src/services/boot/boot-files.ts';
import { bootReadiness } from '../../src/services/boot/boot-readiness.ts';
import { loaderService } from '../../src/services/boot/loaders.ts';
import type { Deps } from '../../src/services/deps.ts';
import { leaseService } from '../../src/services/dhcp/leases.ts';
import { createStrangers, type Strangers } from '../../src/services/dhcp/strangers.ts';
import { eventService } from '../../src/services/events/events.ts';
import type { Endpoint } from '../../src/services/notifications/notifications.ts';
import { inventoryService } from '../../src/services/systems/inventory.ts';
import { systemLockService } from '../../src/services/systems/system-locks.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import { checkAnswers } from './answers-check.ts';
import { ip } from './dhcp-packets.ts';
import { openEmptyStore } from './empty-store.ts';
import { FakeBmcs } from './fake-bmcs.ts';
import { FakeClock } from './fake-clock.ts';
import { createFakeHandoffs, type FakeHandoffs } from './fake-handoffs.ts';
import { type HeardLogs, openHeardLogs } from './heard-logs.ts';
import { type Answer, inject, jsonBody } from './inject.ts';
import { type InstallEdges, openInstallServices } from './install-services.ts';
import { FakePackages } from './loader-files.ts';
import { NO_POWER_UPS } from './no-power-ups.ts';
import { recordedBytes } from './recorded-bytes.ts';
import { shippedTemplates } from './shipped-files.ts';
import { NOW_MS } from './store-records.ts';
import { worldBackups } from './world-backups.ts';
import { worldDoctor } from './world-doctor.ts';
import { worldInsight } from './world-insight.ts';
import { worldNotifications } from './world-notifications.ts';
import { worldPower } from './world-power.ts';

/** The whole set of services on a database of its own, with a clock that only the test moves. */
export interface ServiceWorld {
  readonly deps: Deps;
  readonly store: Store;
  readonly services: ApiServices;
  readonly access: AccessService;
  readonly boot: BootService;
  readonly strangers: Strangers;
  readonly bootFiles: BootFileService;
  readonly heard: HeardLogs;
  /** Boot loaders by name; a test may add some. */
  readonly loaderBytes: Map<string, Buffer>;
  readonly answers: AnswerFiles;
  /** The API as it stands on TCP (with tokens) and on the unix socket (without). */
  readonly tcp: FastifyInstance;
  readonly local: FastifyInstance;
  readonly dataDir: string;
  /** Everything that was logged, at the level `trace`. */
  readonly logged: string[];
  /** Every token that was made so far, in the clear. */
  readonly tokens: string[];
  /** Answer files by name; a test may change them. */
  readonly templates: Map<string, string>;
  /** The Debian packages of the machine. */
  readonly packages: FakePackages;
  /** The service's own addresses. */
  readonly ownAddresses: Ipv4[];
  /** How often the listeners were asked to follow the subnets. */
  subnetChanges: number;
  nowMs: number;
  /** Those who are told of installs; a test adds some. */
  readonly endpoints: Endpoint[];
  /** The BMCs of the machines, and the clock of power control, which stands still by itself. */
  readonly bmcs: FakeBmcs;
  readonly powerClock: FakeClock;
  /** What hand-offs meet; their clock is that of power control. */
  readonly handoffs: FakeHandoffs;
  /** What installs stand on: nobody switches machines on, unless the test says otherwise. */
  readonly installEdges: InstallEdges;
  /** One request over the unix socket's app; the body is sent as JSON. */
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  dispose(): Promise<void>;
}

const ROOT = new URL('../..', import.meta.url).pathname;

export async function openServiceWorld(): Promise<ServiceWorld> {
  const { store, dataDir, dispose } = await openEmptyStore();
  const logged: string[] = [];
  const log = createLog('trace', { write: (line: string) => logged.push(line) });
  const tokens: string[] = [];
  const ownAddresses: Ipv4[] = [ip('10.99.0.5')];
  const packages = new FakePackages();
  const deps: Deps = {
    store,
    secrets: openSecretBox(join(dataDir, 'secret.key')),
    now: () => world.nowMs,
    randomBytes: recordedBytes(tokens),
  };
  const templates = shippedTemplates();
  const files = createFiles(() => [join(dataDir, 'distros')]);
  const loaderBytes = new Map([['snponly.efi', Buffer.from('a loader')]]);
  const findLoader = async (name: string) => loaderBytes.get(name);
  const events = eventService(deps, (error) => {
    throw error;
  });
  const answers = answerFileService(deps, {
    renderer: { render: async (request) => renderAnswerFile(request) },
    templates: async () => templates,
    files,
    syslogPort: 514,
    bootProblems: bootReadiness(findLoader, files, 32 * 1024 * 1024),
  });
  const server = { address: ip('127.0.0.1'), httpPort: 80 };
  const powerClock = new FakeClock(NOW_MS);
  const handoffs = createFakeHandoffs(deps, events, powerClock);
  const handoffUses = handoffs.open();
  const installEdges: InstallEdges = {
    powerUps: { ...NO_POWER_UPS },
    checkReady: (system) => answers.checkReady(system, server),
    limits: { maxConcurrentInstalls: 50, jitterMs: 0 },
    chooseHandoff: handoffUses.choose,
    random: () => 0.5,
  };
  const { installs, installQueue } = openInstallServices(deps, events, installEdges);
  const loaderFiles = createLoaders(join(dataDir, 'loaders'), () => [join(dataDir, 'found')]);
  const loaders = loaderService(deps, loaderFiles, packages);
  const nothing = {
    certificate: null,
    listeners: [],
    warnings: [],
    otherDhcpServers: [],
    addressesInUse: [],
    dhcp: [],
  };
  const status = () => ({ version: '0.0.0', ...nothing });
  const bmcs = new FakeBmcs();
  const power = worldPower({ deps, events, log, bmcs, clock: powerClock });
  const heard = openHeardLogs(deps, dataDir, { events, installs });
  const strangers = createStrangers(deps.now);
  const endpoints: Endpoint[] = [];
  const notifications = worldNotifications(deps, log, endpoints);
  const services: ApiServices = {
    ...openRecords(deps, {
      files,
      shipped: createShippedProfiles(ROOT),
      ownAddresses: () => ownAddresses,
      onSubnets: () => {
        world.subnetChanges += 1;
      },
    }),
    leases: leaseService(deps),
    installs,
    installQueue,
    events,
    ...worldInsight({ deps, log, events, answers, findLoader, files, strangers }, () => ownAddresses),
    logs: heard.reader,
    loaders,
    doctor: worldDoctor(
      deps,
      { dataDir, status, files, loaders, handoffs: handoffUses.examine },
      ownAddresses,
    ),
    power,
    locks: systemLockService(deps),
    backups: worldBackups(deps, dataDir),
    inventory: inventoryService(deps),
    handoffs: handoffUses,
    notifications,
    metrics: await openMetrics({ store, status, version: '0.0.0' }),
    status,
  };
  const access = accessService(deps);
  const boot = bootService(deps, installs, answers, events);
  const api = { services, access, log, version: '0.0.0', root: ROOT, now: deps.now };
  const local = buildHttpApp(api, 'socket');
  const tcp = buildHttpApp(api, 'token');
  const faults: string[] = [];
  for (const app of [local, tcp]) checkAnswers(app, faults);
  const world: ServiceWorld = {
    deps,
    store,
    services,
    access,
    boot,
    strangers,
    bootFiles: bootFileService(deps, boot, findLoader),
    heard,
    loaderBytes,
    answers,
    tcp,
    local,
    dataDir,
    logged,
    tokens,
    templates,
    ownAddresses,
    installEdges,
    packages,
    subnetChanges: 0,
    nowMs: NOW_MS,
    endpoints,
    bmcs,
    powerClock,
    handoffs,
    call: (method, url, body) => inject(local, { method, url, ...jsonBody(body) }),
    async dispose() {
      await installQueue.queue.end();
      await Promise.all([world.local.close(), world.tcp.close()]);
      await handoffUses.stop();
      await power.stop();
      await notifications.stop();
      await events.flush();
      await dispose();
      if (faults.length > 0) throw new Error(`answers that are not documented:\n${faults.join('\n')}`);
    },
  };
  mkdirSync(join(dataDir, 'distros'));
  for (const name of ['linux', 'initrd.gz', 'disk.img'])
    writeFileSync(fileOf(world, name), `content of ${name}`);
  return world;
}

/** The path of a file that distros may use. */
export function fileOf(world: Pick<ServiceWorld, 'dataDir'>, name: string): string {
  return join(world.dataDir, 'distros', name);
}

/** A crypt hash that no test may ever see again. */
export const SECRET_HASH = '$6$topsecretsalt$NobodyMayReadThisEverAgain';
export const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMjSDcOQ0tkuSwTpeNP7Y3B admin@office';
const MAC = '52:54:00:00:00:01';

/** Bodies of records that are accepted as they are, in this order; each test changes what it is about. */
export function bodies(world: Pick<ServiceWorld, 'dataDir'>) {
  const distro = {
    name: 'debian-13',
    family: 'debian',
    version: '13',
    kernel: fileOf(world, 'linux'),
    initrd: fileOf(world, 'initrd.gz'),
    tree: 'http://mirror.example/debian',
  };
  const profile = {
    name: 'debian-13',
    distro: 'debian-13',
    settings: { sshKeys: [SSH_KEY], rootPasswordHash: SECRET_HASH },
  };
  const subnet = {
    name: 'lab',
    network: '10.99.0.0/24',
    gateway: '10.99.0.254',
    dhcp: 'authoritative',
    ranges: [{ from: '10.99.0.100', to: '10.99.0.199' }],
  };
  const system = { name: 'web001', profile: 'debian-13', interfaces: [{ mac: MAC, ip: '10.99.0.11' }] };
  return { distro, profile, subnet, system };
}

/** Adds one record of each kind; throws with the problem if one is refused. */
export async function addRecords(world: ServiceWorld): Promise<void> {
  const { distro, profile, subnet, system } = bodies(world);
  for (const [nouns, body] of Object.entries({
    distros: distro,
    profiles: profile,
    subnets: subnet,
    systems: system,
  }))
    await addRecord(world, nouns, body);
}

/** Adds one record, or fails with what was answered. */
export async function addRecord(world: ServiceWorld, nouns: string, body: object): Promise<unknown> {
  const answer = await world.call('POST', `/api/v1/${nouns}`, body);
  if (answer.status !== 201) throw new Error(`${nouns}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
