import type { DhcpStore } from '../../src/store/dhcp-store.ts';
import type { NetworkListeners } from '../listeners/network-listeners.ts';
import { whenCalm } from './calm.ts';
import { type RehearsalDeps, rehearse } from './rehearsal.ts';

export interface PrepareDeps extends Omit<RehearsalDeps, 'pause'> {
  readonly store: Pick<DhcpStore, 'readMachines'>;
  readonly network: Pick<NetworkListeners, 'dhcpCounters' | 'servedByDhcp'>;
}

/** What makes the first storm after a start as quick as the second; packets are served meanwhile, and first. */
export async function prepareForPackets({ store, network, nowMs, log }: PrepareDeps): Promise<void> {
  const pause = whenCalm(network.dhcpCounters);
  if (network.servedByDhcp().length > 0) await rehearse({ nowMs, log, pause });
  await store.readMachines(pause);
}
