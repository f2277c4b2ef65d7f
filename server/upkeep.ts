import type { InstallDeadlines } from '../src/services/installs/install-deadlines.ts';
import type { Store } from '../src/store/interfaces/store.ts';
import type { Backups } from './backup/backups.ts';
import type { WireWatch } from './dhcp/wire-watch.ts';
import type { Handoffs } from './handoff/wiring.ts';
import type { ApiServices } from './http/api-services.ts';
import type { NetworkListeners } from './listeners/network-listeners.ts';
import type { Reserve } from './reserve.ts';
import type { InstallerLogging } from './syslog/wiring.ts';
import type { Timers } from './timers.ts';

export interface UpkeepParts {
  readonly store: Store;
  readonly reserve: Pick<Reserve, 'keep'>;
  readonly services: Pick<
    ApiServices,
    'installs' | 'installQueue' | 'events' | 'power' | 'notifications' | 'idempotency' | 'feed'
  >;
  readonly network: Pick<NetworkListeners, 'reconcile'>;
  readonly backups: Pick<Backups, 'tick'>;
  readonly deadlines: Pick<InstallDeadlines, 'sweep'>;
  readonly powerUps: { readonly tick: () => void };
  readonly handoffs: Pick<Handoffs, 'tick' | 'prune'>;
  readonly installerLogs: Pick<InstallerLogging, 'logs'>;
}

/** What comes round for as long as the service runs, and how often. */
export function scheduleUpkeep(timers: Timers, parts: UpkeepParts): void {
  const { store, reserve, services, network, backups, deadlines, powerUps, handoffs, installerLogs } = parts;
  const { installs, installQueue, events, power, notifications, idempotency, feed } = services;
  const ledgers = [power.jobs, handoffs, notifications, idempotency];
  timers.every(500, 'tell those who follow events', feed.tick);
  timers.every(1_000, 'begin installs', installQueue.queue.tick);
  timers.every(1_000, 'notify', notifications.tick);
  timers.every(1_000, 'bring machines up', async () => powerUps.tick());
  timers.every(1_000, 'hand machines off', handoffs.tick);
  timers.every(10_000, 'expire installs', installs.sweep);
  timers.every(10_000, 'look for installs that stick', deadlines.sweep);
  timers.every(15_000, 'look at the interfaces', network.reconcile);
  timers.every(15_000, 'keep room for a start on a full disk', reserve.keep);
  timers.every(600_000, 'make a backup', () => backups.tick(store));
  timers.every(3_600_000, 'prune events', events.prune);
  timers.every(3_600_000, 'prune what is over', () => Promise.all(ledgers.map((one) => one.prune())));
  timers.every(3_600_000, 'prune logs of installs', installerLogs.logs.prune);
}

/** Looks at the wires for other DHCP servers, and for addresses in use. */
export function scheduleWireWatch(timers: Timers, watch: WireWatch): void {
  timers.every(10_000, 'look for addresses in use', watch.lookAtAddresses);
  timers.every(3_600_000, 'look for other DHCP servers', watch.lookForServers);
}
