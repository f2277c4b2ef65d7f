import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Store } from '../../src/store/interfaces/store.ts';
import type { ServiceStatus } from '../http/api-services.ts';
import { openInstallMetrics } from './install-metrics.ts';

export interface Metrics {
  readonly contentType: string;
  /** All numbers in Prometheus' text format. Scrapes at the same time share one look. */
  render(): Promise<string>;
}

export interface MetricsParts {
  readonly store: Store;
  readonly status: () => ServiceStatus;
  readonly version: string;
}

/** What Prometheus may ask for: installs, packets, notifications, listeners, and the process itself. */
export async function openMetrics({ store, status, version }: MetricsParts): Promise<Metrics> {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'provision_' });
  new Gauge({
    name: 'provision_info',
    help: 'The version that runs',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const listeners = new Gauge({
    name: 'provision_listener_up',
    help: '1 where the service listens, 0 where it was refused the port',
    labelNames: ['name', 'address'],
    registers,
  });
  const packets = new Gauge({
    name: 'provision_dhcp_packets',
    help: 'What came of DHCP and PXE packets since the start, by socket',
    labelNames: ['interface', 'port', 'result'],
    registers,
  });
  const notifications = new Gauge({
    name: 'provision_notifications',
    help: 'Notifications on record; dead ones were given up',
    labelNames: ['endpoint', 'state'],
    registers,
  });
  const jobs = new Gauge({ name: 'provision_power_jobs_open', help: 'Power jobs under way', registers });
  const updateInstalls = await openInstallMetrics(registry, store.read);

  const update = async (): Promise<string> => {
    await updateInstalls();
    const now = status();
    for (const gauge of [listeners, packets, notifications]) gauge.reset();
    for (const { name, address, state } of now.listeners)
      if (state !== 'off') listeners.set({ name, address: address ?? '' }, state === 'listening' ? 1 : 0);
    for (const { interface: name, port, ...results } of now.dhcp)
      for (const [result, count] of Object.entries(results))
        if (typeof count === 'number') packets.set({ interface: name, port, result }, count);
    for (const { endpoint, state, count } of await store.read.notifications.count())
      notifications.set({ endpoint, state }, count);
    jobs.set((await store.read.jobs.list({ open: true }, MANY)).length);
    return registry.metrics();
  };
  let running: Promise<string> | undefined;
  return {
    contentType: registry.contentType,
    render() {
      running ??= update().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

/** At most one open job a machine. */
const MANY = 1_000_000;
