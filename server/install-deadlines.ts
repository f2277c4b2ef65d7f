import { deadlinesOf } from '../src/config/deadlines.ts';
import type { Config } from '../src/config.ts';
import type { Deps } from '../src/services/deps.ts';
import type { EventService } from '../src/services/events/events.ts';
import type { InstallerLogs } from '../src/services/installer-logs/installer-logs.ts';
import { type InstallDeadlines, installDeadlines } from '../src/services/installs/install-deadlines.ts';

/** Deadlines of stages as they are configured at the moment. */
export function openInstallDeadlines(
  deps: Deps,
  events: Pick<EventService, 'record'>,
  config: () => Config,
  logs: () => Pick<InstallerLogs, 'lastLines'>,
): InstallDeadlines {
  return installDeadlines(deps, {
    record: events.record,
    lastLines: (installId, count) => logs().lastLines(installId, count),
    seconds: () => deadlinesOf(config().installs.deadlines),
    graceSeconds: () => config().installs.deadlines.graceSeconds,
  });
}
