import type { DhcpStore } from '../../src/store/interfaces/dhcp-store.ts';
import type { NetworkListeners } from '../listeners/network-listeners.ts';
import { whenCalm } from './calm.ts';
import { type RehearsalDeps, rehearse } from './rehearsal.ts';

export interface PrepareDeps extends Omit<RehearsalDeps, 'pause'> {
  readonly store: Pick<DhcpStore, 'readMachines'>;
  readonly network: Pick<NetworkListeners, 'dhcpCounters' | 'servedByDhcp'>;
}

/** Machines that are not read yet cost a question to the database each time: they wait for nobody long. */
const READING_WAITS_MS = 20;
/** Packets that come meanwhile are as good as a rehearsal. */
const REHEARSAL_WAITS_MS = 1_000;

/** What makes the first storm after a start as quick as the second; packets are served meanwhile, and first. */
export async function prepareForPackets({ store, network, nowMs, log }: PrepareDeps): Promise<void> {
  const reading = store.readMachines(whenCalm(network.dhcpCounters, READING_WAITS_MS));
  const pause = whenCalm(network.dhcpCounters, REHEARSAL_WAITS_MS);
  await Promise.all([
    reading,
    network.servedByDhcp().length > 0 ? rehearse({ nowMs, log, pause }) : undefined,
  ]);
}
