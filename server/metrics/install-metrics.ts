import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { INSTALL_STATES, type InstallState } from '../../src/domain/install/install.ts';
import type { Notice } from '../../src/domain/notification.ts';
import type { Store } from '../../src/store/interfaces/store.ts';

/** From a restart to a night's work. */
const SECONDS = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];
const CHANGES_AT_ONCE = 1000;

/**
 * Numbers of installs, out of the changes of state that the database holds: those since the service has started, since a counter
 * of Prometheus begins at zero. Resolves to what brings them up to date, to be called before each scrape.
 */
export async function openInstallMetrics(
  registry: Registry,
  read: Pick<Store['read'], 'installs' | 'notifications'>,
): Promise<() => Promise<void>> {
  const registers = [registry];
  const systems = new Gauge({
    name: 'provision_systems',
    help: 'Systems by the state of their newest install; none: never armed',
    labelNames: ['state'],
    registers,
  });
  const changes = new Counter({
    name: 'provision_install_changes_total',
    help: 'Installs that have come into this state',
    labelNames: ['state'],
    registers,
  });
  const failures = new Counter({
    name: 'provision_install_failures_total',
    help: 'Installs that have failed, by the stage that was missing or went wrong',
    labelNames: ['stage'],
    registers,
  });
  const durations = new Histogram({
    name: 'provision_install_state_seconds',
    help: 'How long installs were in a state that they have left',
    labelNames: ['state'],
    buckets: SECONDS,
    registers,
  });
  for (const state of INSTALL_STATES) changes.inc({ state }, 0);

  /** When each install that is under way came into its state. */
  const since = new Map<number, number>();
  const take = ({ at, install }: Notice): void => {
    if (install?.id == null) return;
    const { id, from, state, stage } = install;
    const atMs = Date.parse(at);
    const before = since.get(id);
    changes.inc({ state });
    if (state === 'failed') failures.inc({ stage: stage ?? 'unknown' });
    if (before !== undefined && from !== null) durations.observe({ state: from }, (atMs - before) / 1000);
    if (isLast(state)) since.delete(id);
    else since.set(id, atMs);
  };

  let cursor = await read.notifications.newestChange();
  return async () => {
    for (;;) {
      const notices = await read.notifications.listChanges(cursor, CHANGES_AT_ONCE);
      for (const notice of notices) take(notice);
      cursor = notices.at(-1)?.id ?? cursor;
      if (notices.length < CHANGES_AT_ONCE) break;
    }
    systems.reset();
    for (const { state, count } of await read.installs.countSystems())
      systems.set({ state: state ?? 'none' }, count);
  };
}

/** One that has failed may be taken up again (a hand-off that is retried), and its time as failed is of no interest. */
function isLast(state: InstallState): boolean {
  return ['ready', 'failed', 'expired', 'cancelled'].includes(state);
}
