import type { AddressUse } from '../src/services/dhcp/address-use.ts';
import type { OtherServers } from '../src/services/dhcp/other-servers.ts';
import type { ListenerStatus, ServiceStatus } from './http/api-services.ts';
import type { NetworkListeners } from './listeners/network-listeners.ts';
import type { OwnMachine } from './own-machine.ts';
import type { Reserve } from './reserve.ts';
import type { AdminTls } from './tls/admin-tls.ts';

export interface StatusSources {
  readonly version: string;
  readonly tls: Pick<AdminTls, 'status' | 'warnings'>;
  readonly reserve: Pick<Reserve, 'warnings'>;
  readonly machine: Pick<OwnMachine, 'warnings'>;
  readonly otherServers: Pick<OtherServers, 'warnings' | 'list'>;
  readonly addressUse: Pick<AddressUse, 'warnings' | 'list'>;
  readonly network: Pick<NetworkListeners, 'dhcpCounters'>;
  /** In the order in which they are shown. */
  readonly listeners: readonly { status(): readonly ListenerStatus[] }[];
}

/** What the service says of itself at the moment. */
export function serviceStatus(sources: StatusSources): ServiceStatus {
  const { version, tls, reserve, machine, otherServers, addressUse, network, listeners } = sources;
  return {
    version,
    listeners: listeners.flatMap((one) => one.status()),
    certificate: tls.status(),
    warnings: [tls, reserve, machine, otherServers, addressUse].flatMap((one) => one.warnings()),
    otherDhcpServers: otherServers.list(),
    addressesInUse: addressUse.list(),
    dhcp: network.dhcpCounters(),
  };
}
