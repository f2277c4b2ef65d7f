import type { Logger } from 'pino';
import type { Config } from '../../../src/config.ts';
import { parseIpv4 } from '../../../src/domain/network/ipv4.ts';
import type { BootService } from '../../../src/services/boot/boot.ts';
import type { BootFileService } from '../../../src/services/boot/boot-files.ts';
import { distroTrees } from '../../../src/services/boot/distro-trees.ts';
import { machineReports } from '../../../src/services/boot/machine-reports.ts';
import type { Deps } from '../../../src/services/deps.ts';
import type { EventService } from '../../../src/services/events/events.ts';
import { logUploads } from '../../../src/services/installer-logs/uploads.ts';
import type { InstallService } from '../../../src/services/installs/installs.ts';
import { createFileCache } from '../../file-cache.ts';
import { type Files, findProxyUri } from '../../files.ts';
import type { LibcResult } from '../../net/libc.ts';
import { createKernelSender } from '../../net/send-file.ts';
import type { InstallerLogging } from '../../syslog/wiring.ts';
import type { HttpApp } from '../http-listener.ts';
import { buildBootApp } from './app.ts';
import { createFileSender } from './send-file.ts';
import { loaderTimeline } from './timeline.ts';
import { createTreeFiles } from './tree-files.ts';

export interface BootHttpParts {
  readonly deps: Deps;
  readonly boot: BootService;
  readonly bootFiles: BootFileService;
  readonly files: Files;
  readonly installs: InstallService;
  readonly events: EventService;
  readonly installerLogs: Pick<InstallerLogging, 'logs' | 'files'>;
  readonly libc: LibcResult;
  readonly log: Logger;
  /** The port in the URLs that machines are given. */
  readonly httpPort: number;
  /** As it is now: a reload changes folders. */
  readonly config: () => Config;
}

/** Below it, a file costs less in one piece with its head. */
const LARGEST_KEPT_BYTES = 256 * 1024;

/** The boot listener's app as the configuration wants it. */
export function openBootHttp(parts: BootHttpParts): HttpApp {
  const { deps, boot, bootFiles, files, installs, events, installerLogs, libc, log, httpPort, config } =
    parts;
  const { store, now: nowMs } = deps;
  const { proxies, maxConnections, stallSeconds } = config().boot;
  const kernel = libc.ok ? createKernelSender(libc.libc) : undefined;
  const cache = createFileCache(config().files.cacheMegabytes * 1024 * 1024, {
    nowMs,
    // The kernel sends large files out of its own memory.
    ...(kernel === undefined ? {} : { largestBytes: LARGEST_KEPT_BYTES }),
  });
  return buildBootApp({
    boot,
    bootFiles,
    reports: machineReports(deps, { boot, installs, events, logs: installerLogs.logs }),
    uploads: logUploads(deps, boot, installerLogs.files, events),
    findInTree: createTreeFiles({ findTree: distroTrees(store), files, nowMs }),
    files: createFileSender(cache),
    findProxyUri: (path) => findProxyUri(path, config().files.accel),
    entrance: { httpPort, proxies: new Set(proxies.flatMap((text) => parseIpv4(text) ?? [])) },
    limits: { maxConnections, stallMs: stallSeconds * 1000 },
    edges: { kernel, nowMs },
    onLoader: loaderTimeline(store.dhcp, events, nowMs),
    log,
  });
}
