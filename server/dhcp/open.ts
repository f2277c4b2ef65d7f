import type { Config } from '../../src/config.ts';
import type { Ipv4 } from '../../src/domain/network/ipv4.ts';
import type { Deps } from '../../src/services/deps.ts';
import { createAddressUse } from '../../src/services/dhcp/address-use.ts';
import { type DhcpSettings, dhcpService } from '../../src/services/dhcp/dhcp.ts';
import { createOffers } from '../../src/services/dhcp/offers.ts';
import { createOtherServers } from '../../src/services/dhcp/other-servers.ts';
import { createStrangers } from '../../src/services/dhcp/strangers.ts';
import type { EventService } from '../../src/services/events/events.ts';
import type { InstallService } from '../../src/services/installs/installs.ts';
import { createAfterwards } from '../timers.ts';

export interface DhcpParts {
  readonly deps: Deps;
  readonly events: EventService;
  readonly installs: InstallService;
  /** As it is now: a reload changes it. */
  readonly config: () => Config;
  readonly ownAddresses: () => readonly Ipv4[];
  readonly httpPort: number;
  readonly isWithoutHttp: (name: string) => boolean;
}

/** The service that answers DHCP packets, and what it and others know of the networks beside the records. */
export function openDhcp({ deps, events, installs, config, ...rest }: DhcpParts) {
  const { ownAddresses } = rest;
  const { now, store } = deps;
  const onEvent = events.record;
  const addressUse = createAddressUse({ store: store.dhcp, ownAddresses, now, onEvent });
  const otherServers = createOtherServers({ subnets: store.dhcp.subnets, ownAddresses, now, onEvent });
  const strangers = createStrangers(now);
  const settings: DhcpSettings = {
    ...rest,
    offers: createOffers(),
    findAddressUser: addressUse.findUser,
    onOtherServer: otherServers.notice,
    onExchange: strangers.notice,
    ipxeUserClasses: () => config().dhcp.ipxeUserClasses,
    afterwards: createAfterwards(),
  };
  const dhcp = dhcpService(deps, events, installs, settings);
  return { dhcp, settings, addressUse, otherServers, strangers };
}
