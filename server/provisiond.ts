import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../src/config.ts';
import { accessService } from '../src/services/access/access.ts';
import { answerFileService } from '../src/services/boot/answer-files.ts';
import { bootService } from '../src/services/boot/boot.ts';
import { bootFileService } from '../src/services/boot/boot-files.ts';
import { bootReadiness } from '../src/services/boot/boot-readiness.ts';
import { loaderService } from '../src/services/boot/loaders.ts';
import type { Deps } from '../src/services/deps.ts';
import { leaseService } from '../src/services/dhcp/leases.ts';
import { eventService } from '../src/services/events/events.ts';
import { logReader } from '../src/services/installer-logs/read-logs.ts';
import { inventoryService } from '../src/services/systems/inventory.ts';
import { systemLockService } from '../src/services/systems/system-locks.ts';
import { backupService } from './backup/backup-service.ts';
import { openPowerUps } from './bmc/power-ups.ts';
import { openPower } from './bmc/wiring.ts';
import { openDataFolder } from './data-folder.ts';
import { openDhcp } from './dhcp/open.ts';
import { prepareForPackets } from './dhcp/prepare.ts';
import { createReservedCheck } from './dhcp/reserved-check.ts';
import { createInstalledPackages } from './dpkg.ts';
import { createEventLog } from './event-log.ts';
import { createFiles } from './files.ts';
import { openHandoffs } from './handoff/wiring.ts';
import type { ApiServices } from './http/api-services.ts';
import { openBootHttp } from './http/boot/wiring.ts';
import { createHttpListeners } from './http/wiring.ts';
import { openInsight } from './insight.ts';
import { openInstallDeadlines } from './install-deadlines.ts';
import { openInstalls } from './install-queue.ts';
import { openNetwork } from './listeners/wiring.ts';
import { createLoaders } from './loaders.ts';
import { openMetrics } from './metrics/metrics.ts';
import { createArpProber } from './net/address-prober.ts';
import { choosePeers } from './net/batched-peers.ts';
import { loadLibc } from './net/libc.ts';
import { openNotifications } from './notify/wiring.ts';
import { openDoctor } from './open-doctor.ts';
import { createOwnMachine } from './own-machine.ts';
import { createReadinessCheck } from './readiness-check.ts';
import { openRecords } from './records.ts';
import { keysThatNeedRestart, reloaded } from './reload.ts';
import { createRenderer } from './render/render-process.ts';
import { serviceStatus } from './service-status.ts';
import { createShippedProfiles, createTemplates } from './shipped.ts';
import { openInstallerLogs } from './syslog/wiring.ts';
import { createTimers } from './timers.ts';
import { openAdminTls } from './tls/admin-tls.ts';
import { scheduleUpkeep, scheduleWireWatch } from './upkeep.ts';

/** The running service. */
export interface Provisiond {
  /** Opens every port that can be had; what was refused stands in `status`. */
  start(): Promise<void>;
  /** Stops in the reverse order: no new work, then what is under way, then the database. */
  stop(): Promise<void>;
  /** Takes over what of a new configuration can change while running; returns the keys that need a restart. */
  reload(config: Config): Promise<string[]>;
  status: ApiServices['status'];
  /** The setup token of a service that has no token yet. */
  openSetup(): Promise<string | undefined>;
  readonly socketPath: string;
}

export interface ProvisiondOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Folder with profiles/ and kickstarts/. */
  readonly root: string;
  readonly version: string;
}

/** Builds every object of the service, in one visible order, each out of those before it. Nothing listens yet. */
export async function buildProvisiond(options: ProvisiondOptions): Promise<Provisiond> {
  const { log, root, version } = options;
  let { config } = options;
  const dataDir = resolve(config.dataDir);
  const socketPath = config.http.socket ?? join(dataDir, 'provision.sock');

  // The database and the edges that the use cases need.
  const { store, secrets, backups, reserve } = await openDataFolder(
    config,
    version,
    () => Date.now(),
    randomBytes,
  );
  const deps: Deps = { store, secrets, now: () => Date.now(), randomBytes: (length) => randomBytes(length) };
  const tls = openAdminTls(config, { dataDir, now: deps.now, randomBytes: deps.randomBytes });
  const inBackground = (name: string, work: () => Promise<unknown>): void => {
    work().catch((error) => log.error({ err: error }, `failed to ${name}`));
  };
  const files = createFiles(() => [join(dataDir, 'distros'), ...config.files.roots]);
  const loaders = createLoaders(join(dataDir, 'loaders'), () => config.loaders.dirs);
  // Into memory: what they can do is asked for with every packet.
  await Promise.all(loaders.names.map(loaders.find));
  const renderer = createRenderer();
  const libc = await loadLibc();

  // The use cases.
  const eventLog = createEventLog(log);
  const events = eventService(deps, eventLog.lost, (event) => {
    eventLog.event(event);
    powerUps.notice(event);
    deadlines.notice(event);
    handoffs.notice(event);
  });
  const deadlines = openInstallDeadlines(
    deps,
    events,
    () => config,
    () => installerLogs.logs,
  );
  const machine = await createOwnMachine(store, log, deps.now);
  const templates = createTemplates(root, dataDir, deps.now);
  const tftpFileBytes = config.tftp.maxFileMegabytes * 1024 * 1024;
  const answers = answerFileService(deps, {
    renderer,
    templates,
    files,
    syslogPort: config.syslog.enabled ? config.syslog.port : null,
    bootProblems: bootReadiness(loaders.find, files, tftpFileBytes),
    puppetFacts: (system, token) => handoffs.puppetFacts(system, token),
  });
  const httpPort = config.boot.publicPort ?? config.boot.port;
  const { ownAddresses } = machine;
  const onEvent = events.record;
  const probeAddresses = createArpProber(libc);
  const checkReserved = createReservedCheck({ links: machine.interfaces, probe: probeAddresses, onEvent });
  const checkReady = createReadinessCheck(store, { answers, ownAddresses, httpPort, checkReserved });
  const bindPeers = choosePeers(libc);
  const powerParts = { deps, events, config: () => config, log, machine, bindPeers };
  const power = openPower(powerParts);
  const powerUps = openPowerUps(powerParts, power);
  const inventory = inventoryService(deps);
  const handoffs = openHandoffs({ ...powerParts, dataDir, inventory, tokenOf: (id) => installs.tokenOf(id) });
  const installParts = { ...powerParts, powerUps, checkReady, chooseHandoff: handoffs.choose };
  const { installs, installQueue } = openInstalls(installParts);
  const installerLogs = openInstallerLogs({
    ...powerParts,
    config: config.syslog,
    dataDir,
    installs,
    noteSignOfLife: deadlines.heard,
  });
  const boot = bootService(deps, installs, answers, events);
  const bootFiles = bootFileService(deps, boot, loaders.find);
  const { isWithoutHttp } = loaders;
  const ofDhcp = { deps, events, installs, config: () => config, ownAddresses, httpPort, isWithoutHttp };
  const { dhcp, settings: dhcpSettings, addressUse, otherServers, strangers } = openDhcp(ofDhcp);
  const access = accessService(deps);

  // What listens to machines.
  const { network, watch } = openNetwork({
    config: () => config,
    deps,
    log,
    libc,
    machine,
    files,
    events,
    bootFiles,
    dhcp,
    otherServers,
    addressUse,
    bindPeers,
    probeAddresses,
    httpPort,
    tftpFileBytes,
    inBackground,
  });
  const told = { version, tls, reserve, machine, otherServers, addressUse, network };
  const status = () => serviceStatus({ ...told, listeners: [listeners, network, installerLogs] });
  const loaderUses = loaderService(deps, loaders, createInstalledPackages());
  const looks = {
    dataDir,
    status,
    files,
    loaders: loaderUses,
    handoffs: handoffs.examine,
    backups: backups.facts,
  };
  const doctor = openDoctor(deps, machine, looks);
  const notifications = openNotifications({ deps, config: () => config, log });
  const insight = openInsight({
    deps,
    log,
    events,
    answers,
    findLoader: loaders.find,
    dhcp: dhcpSettings,
    files,
    otherServers,
    strangers,
    interfaces: machine.interfaces,
  });
  const services: ApiServices = {
    ...openRecords(deps, {
      files,
      shipped: createShippedProfiles(root),
      ownAddresses,
      onSubnets: () => inBackground('follow the subnets', network.reconcile),
    }),
    leases: leaseService(deps),
    installs,
    installQueue,
    events,
    ...insight,
    logs: logReader(deps, installerLogs.files),
    loaders: loaderUses,
    doctor,
    power,
    inventory,
    handoffs,
    notifications,
    metrics: await openMetrics({ store, status, version }),
    locks: systemLockService(deps),
    backups: backupService(deps, backups),
    status,
  };
  const api = { services, access, log, version, root, now: deps.now };
  const bootParts = { deps, boot, bootFiles, files, installs, events, installerLogs, libc, log, httpPort };
  const bootApp = openBootHttp({ ...bootParts, config: () => config });
  const listeners = createHttpListeners({ api, bootApp, config, socketPath, tls });
  const timers = createTimers(log);
  const upkept = { store, reserve, services, network, backups, deadlines, powerUps, handoffs, installerLogs };
  return {
    socketPath,
    status,
    openSetup: access.openSetup,
    async start() {
      await listeners.start();
      await network.reconcile();
      await installerLogs.start();
      const preparing = { store: store.dhcp, network, nowMs: deps.now, log };
      inBackground('prepare for packets', () => prepareForPackets(preparing));
      scheduleUpkeep(timers, upkept);
      if (config.dhcp.probe) scheduleWireWatch(timers, watch);
      inBackground('go on with power jobs', power.jobs.resume);
      inBackground('go on with machines that are brought up', powerUps.start);
      inBackground('go on with hand-offs', handoffs.resume);
    },
    async stop() {
      timers.stop();
      await network.stop();
      await installerLogs.stop();
      await listeners.stop();
      await handoffs.stop();
      await installQueue.queue.end();
      await powerUps.end();
      await power.stop();
      await notifications.stop();
      await events.flush();
      await renderer.stop();
      await store.close();
      await reserve.takeBack();
    },
    async reload(next) {
      const needRestart = keysThatNeedRestart(config, next);
      config = reloaded(config, next);
      log.level = next.log.level;
      tls.reload();
      await network.reconcile();
      return needRestart;
    },
  };
}
