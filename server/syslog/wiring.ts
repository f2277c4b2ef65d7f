import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../src/config.ts';
import type { Deps } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events/events.ts';
import { type InstallerLogs, installerLogs } from '../../src/services/installer-logs/installer-logs.ts';
import type { InstallLogFiles } from '../../src/services/installer-logs/log-files.ts';
import type { InstallService } from '../../src/services/installs/installs.ts';
import type { ListenerStatus } from '../http/api-services.ts';
import { openInstallLogFiles } from '../installer-logs/log-files.ts';
import { createListenerSet } from '../listeners/listener-set.ts';
import { createSyslogSink } from './sink.ts';
import { createSyslogTcp } from './tcp-listener.ts';
import { createSyslogUdp } from './udp-listener.ts';

export interface InstallerLogWiring {
  readonly deps: Deps;
  readonly config: Config['syslog'];
  readonly dataDir: string;
  readonly log: Logger;
  readonly events: EventService;
  readonly installs: InstallService;
  readonly noteSignOfLife: (installId: number) => void;
}

/** What installers say: the ports that hear it, the use cases, and the files that keep it. */
export interface InstallerLogging {
  readonly logs: InstallerLogs;
  readonly files: InstallLogFiles;
  start(): Promise<void>;
  status(): ListenerStatus[];
  /** Resolves when everything that was heard is written. */
  stop(): Promise<void>;
}

const OFF: ListenerStatus = {
  name: 'syslog',
  state: 'off',
  address: null,
  reason: 'syslog.enabled is false in the configuration: what installers say is not heard',
  remedy: null,
};

/** The log of the service hears once in so many milliseconds of what goes wrong with every message. */
const TELL_MS = 60_000;

export function openInstallerLogs(wiring: InstallerLogWiring): InstallerLogging {
  const { deps, config, dataDir, log, events, installs, noteSignOfLife } = wiring;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const onError = (error: unknown, path?: string): void => {
    if (deps.now() - toldAtMs < TELL_MS) return;
    toldAtMs = deps.now();
    log.error({ err: error, path }, 'what an installer says could not be kept');
  };
  const files = openInstallLogFiles({
    folder: join(dataDir, 'installs'),
    onError,
    startTimer: (ms, work) => void setTimeout(work, ms),
  });
  const logs = installerLogs(deps, { files, events, installs, noteSignOfLife, onError });
  const sink = createSyslogSink(logs, onError);
  const at = { address: config.listen, port: config.port };
  const listeners = createListenerSet(
    config.enabled
      ? [
          { listener: createSyslogUdp(at, sink), address: `udp ${at.address}:${at.port}` },
          { listener: createSyslogTcp(at, sink), address: `tcp ${at.address}:${at.port}` },
        ]
      : [],
  );
  return {
    logs,
    files,
    start: listeners.start,
    status: () => (config.enabled ? listeners.status().map((one) => withCount(one, logs)) : [OFF]),
    async stop() {
      await listeners.stop();
      await files.flush();
    },
  };
}

/** A log that nobody finds is explained here: it came from an address that no machine in the middle of an install has. */
function withCount(status: ListenerStatus, logs: InstallerLogs): ListenerStatus {
  const { fromStrangers } = logs.counters();
  if (status.name !== 'syslog' || status.state !== 'listening' || fromStrangers === 0) return status;
  return {
    ...status,
    reason: `${fromStrangers} messages or connections dropped, of no machine that installs itself`,
  };
}
