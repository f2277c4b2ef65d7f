import type { Logger } from 'pino';
import type { Config } from '../../src/config.ts';
import { PORT } from '../../src/dhcp/codes.ts';
import { MalformedPacket } from '../../src/dhcp/packet-errors.ts';
import type { Mac } from '../../src/domain/network/mac.ts';
import type { BootFileService } from '../../src/services/boot/boot-files.ts';
import type { Deps } from '../../src/services/deps.ts';
import type { AddressUse } from '../../src/services/dhcp/address-use.ts';
import type { DhcpPacketService } from '../../src/services/dhcp/dhcp.ts';
import type { OtherServers } from '../../src/services/dhcp/other-servers.ts';
import type { EventService } from '../../src/services/events/events.ts';
import { createClientLimits } from '../dhcp/client-limits.ts';
import { createDhcpInterfaces } from '../dhcp/interfaces.ts';
import { logPackets } from '../dhcp/packet-log.ts';
import { createServerProbe } from '../dhcp/server-probe.ts';
import { createWireWatch, type WireWatch } from '../dhcp/wire-watch.ts';
import { dhcpHandle, handedInSockets, makeProbeMac } from '../dhcp/wiring.ts';
import type { Files } from '../files.ts';
import type { ProbeAddresses } from '../net/address-prober.ts';
import { createDhcpSocketOpener } from '../net/dhcp-socket.ts';
import { listInterfaces } from '../net/interfaces.ts';
import type { LibcResult } from '../net/libc.ts';
import type { BindPeers } from '../net/peer-socket.ts';
import type { OwnMachine } from '../own-machine.ts';
import { createTftpAddresses } from '../tftp/addresses.ts';
import { bootFilesByTftp } from '../tftp/boot-files.ts';
import { inAnyCase } from '../tftp/lookup.ts';
import { macOfAddress, tftpTimeline } from '../tftp/timeline.ts';
import { createNetworkListeners, type NetworkListeners } from './network-listeners.ts';

export interface NetworkParts {
  /** As it is now: a reload changes the interfaces. */
  readonly config: () => Config;
  readonly deps: Deps;
  readonly log: Logger;
  readonly libc: LibcResult;
  readonly machine: OwnMachine;
  readonly files: Files;
  readonly events: EventService;
  readonly bootFiles: BootFileService;
  readonly dhcp: DhcpPacketService;
  readonly otherServers: OtherServers;
  readonly addressUse: AddressUse;
  readonly bindPeers: BindPeers;
  readonly probeAddresses: ProbeAddresses;
  readonly httpPort: number;
  readonly tftpFileBytes: number;
  readonly inBackground: (name: string, work: () => Promise<unknown>) => void;
}

/** DHCP, PXE and TFTP on the interfaces of the machine, and the watch on their wires. Nothing listens yet. */
export function openNetwork(parts: NetworkParts): { network: NetworkListeners; watch: WireWatch } {
  const { config, deps, log, libc, machine, events, bootFiles, dhcp, otherServers, addressUse } = parts;
  const { bindPeers, files, httpPort, inBackground, probeAddresses, tftpFileBytes } = parts;
  const { store } = deps;
  const tftp = createTftpAddresses({
    port: config().tftp.port,
    find: inAnyCase(bootFilesByTftp(bootFiles, files, { httpPort, fileBytes: tftpFileBytes })),
    macOf: macOfAddress(store.dhcp, deps.now),
    fileBytes: tftpFileBytes,
    bindPeers,
    onEvent: tftpTimeline(store.dhcp, events, deps.now),
    log,
  });
  const probeMac = makeProbeMac(deps.randomBytes);
  const onInterfaces = {
    opener: createDhcpSocketOpener({ libc, handedIn: handedInSockets(log) }),
    listInterfaces,
    service: {
      handle: logPackets(dhcpHandle(dhcp, probeMac), log),
      isMalformed: (error: unknown) => error instanceof MalformedPacket,
      log,
      intake: {
        limits: createClientLimits(config().dhcp.clientPacketsPerSecond),
        isKnown: (mac: Mac) =>
          (store.dhcp.findMachine(mac) ?? store.dhcp.findMachineSeen(mac, deps.now())) !== undefined,
        nowMs: deps.now,
      },
    },
  };
  const network = createNetworkListeners({
    machine,
    store: store.dhcp,
    dhcp: createDhcpInterfaces({ ...onInterfaces, port: config().dhcp.port }),
    bootServer: createDhcpInterfaces({ ...onInterfaces, port: PORT.bootServer }),
    tftp,
    dhcpInterfaceNames: () => config().dhcp.interfaces,
    tftpAddress: config().tftp.listen,
    onReconciled: () => {
      if (config().dhcp.probe) inBackground('look for other DHCP servers', watch.lookAtNewLinks);
    },
  });
  const watch = createWireWatch({
    served: network.servedByDhcp,
    subnets: store.dhcp.subnets,
    servers: otherServers,
    addressUse,
    probeServers: createServerProbe({ libc, mac: probeMac, xid: () => deps.randomBytes(4).readUInt32BE() }),
    probeAddresses,
    log,
  });
  return { network, watch };
}
