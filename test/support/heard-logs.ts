import { join } from 'node:path';
import { openInstallLogFiles } from '../../server/installer-logs/log-files.ts';
import { type MachineReports, machineReports } from '../../src/services/boot/machine-reports.ts';
import type { Deps } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events/events.ts';
import { type InstallerLogs, installerLogs } from '../../src/services/installer-logs/installer-logs.ts';
import type { InstallLogFiles } from '../../src/services/installer-logs/log-files.ts';
import { type LogReader, logReader } from '../../src/services/installer-logs/read-logs.ts';
import type { InstallService } from '../../src/services/installs/installs.ts';
import type { ServiceWorld } from './service-world.ts';

/** What installers say, kept in files that are written when somebody reads them. */
export interface HeardLogs {
  readonly logs: InstallerLogs;
  readonly files: InstallLogFiles;
  readonly reader: LogReader;
  /** Installs whose machines were noted to be alive, in order. */
  readonly signsOfLife: readonly number[];
}

export function openHeardLogs(
  deps: Deps,
  dataDir: string,
  { events, installs }: { readonly events: EventService; readonly installs: InstallService },
): HeardLogs {
  const onError = (error: unknown): void => {
    throw error;
  };
  const files = openInstallLogFiles({ folder: join(dataDir, 'installs'), onError, startTimer: () => {} });
  const signsOfLife: number[] = [];
  const noteSignOfLife = (installId: number): void => void signsOfLife.push(installId);
  const logs = installerLogs(deps, { files, events, installs, noteSignOfLife, onError });
  return { logs, files, reader: logReader(deps, files), signsOfLife };
}

/** What machines of this world report. */
export function reportsOf(world: Pick<ServiceWorld, 'deps' | 'boot' | 'services' | 'heard'>): MachineReports {
  const { deps, boot, services, heard } = world;
  return machineReports(deps, {
    boot,
    installs: services.installs,
    events: services.events,
    logs: heard.logs,
  });
}
