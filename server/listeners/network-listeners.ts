import { formatIpv4 } from '../../src/domain/network/ipv4.ts';
import type { DhcpStore } from '../../src/store/interfaces/dhcp-store.ts';
import type { DhcpInterfaceStatus, DhcpInterfaces } from '../dhcp/interfaces.ts';
import type { DhcpCountersStatus, ListenerStatus } from '../http/api-services.ts';
import type { MachineInterface } from '../net/interfaces.ts';
import type { WantedInterface } from '../net/socket-plan.ts';
import type { OwnMachine } from '../own-machine.ts';
import type { TftpAddress, TftpAddresses } from '../tftp/addresses.ts';

export interface NetworkListenersDeps {
  readonly machine: OwnMachine;
  readonly store: DhcpStore;
  readonly dhcp: DhcpInterfaces;
  /** The PXE boot server port of the same interfaces. */
  readonly bootServer: DhcpInterfaces;
  readonly tftp: TftpAddresses;
  /** dhcp.interfaces of the configuration: empty = all. */
  readonly dhcpInterfaceNames: () => readonly string[];
  /** tftp.listen of the configuration: 0.0.0.0 = each address of the machine. */
  readonly tftpAddress: string;
  /** Called whenever what listens has been made to match. */
  readonly onReconciled: () => void;
}

/** The listeners whose number depends on the machine's interfaces and on the records. */
export interface NetworkListeners {
  /** Makes what listens match the interfaces and the subnets as they are now. Calls are served one after another. */
  reconcile(): Promise<void>;
  status(): ListenerStatus[];
  /** What came of the packets of each DHCP and PXE socket since the start. */
  dhcpCounters(): DhcpCountersStatus[];
  /** The interfaces that DHCP is served on. */
  servedByDhcp(): readonly MachineInterface[];
  stop(): Promise<void>;
}

export function createNetworkListeners(deps: NetworkListenersDeps): NetworkListeners {
  const { machine, store, dhcp, bootServer, tftp } = deps;
  let last: Promise<void> = Promise.resolve();
  const dhcpIsOn = (): boolean => store.subnets().some((subnet) => subnet.dhcp !== 'off');

  const reconcile = async (): Promise<void> => {
    await machine.refresh();
    await tftp.reconcile(tftpAddresses(machine, deps.tftpAddress));
    const wanted = dhcpIsOn() ? wantedInterfaces(machine, deps.dhcpInterfaceNames()) : [];
    await dhcp.reconcile(wanted);
    await bootServer.reconcile(wanted);
    deps.onReconciled();
  };
  return {
    reconcile() {
      last = last.then(reconcile, reconcile);
      return last;
    },
    status() {
      if (!dhcpIsOn()) return [...tftp.status(), DHCP_OFF];
      return [
        ...tftp.status(),
        ...dhcp.status().map((status) => dhcpStatus('dhcp', status)),
        ...bootServer.status().map((status) => dhcpStatus('pxe', { ...status, ...NO_NOTES })),
      ];
    },
    dhcpCounters() {
      const all = [...dhcp.status(), ...bootServer.status()];
      return all.map(({ name, port, counters }) => ({ interface: name, port, ...counters }));
    },
    servedByDhcp() {
      const names = dhcp.status().flatMap(({ name, state }) => (state === 'listening' ? [name] : []));
      return machine.interfaces().filter(({ name }) => names.includes(name));
    },
    async stop() {
      await last.catch(() => {});
      await Promise.all([dhcp.stop(), bootServer.stop()]);
      await tftp.stop();
    },
  };
}

const DHCP_OFF: ListenerStatus = {
  name: 'dhcp',
  state: 'off',
  address: null,
  reason: 'no subnet has DHCP on',
  remedy: 'declare one: provision subnet add NAME --network … --dhcp authoritative',
};

/** Linux's loopback interface is not among the machine's interfaces; this is its MTU. */
const LOOPBACK: TftpAddress = { address: '127.0.0.1', mtuBytes: 65_536 };
/** Of an address that no interface has (yet), or that is reached through others. */
const ETHERNET_MTU_BYTES = 1500;

function tftpAddresses(machine: OwnMachine, listen: string): TftpAddress[] {
  const own = machine
    .interfaces()
    .flatMap(({ addresses, mtu }) =>
      addresses.map(({ address }) => ({ address: formatIpv4(address), mtuBytes: mtu })),
    );
  const onInterfaces = new Set(own.map(({ address }) => address));
  const routed = machine
    .ownAddresses()
    .map(formatIpv4)
    .filter((address) => !onInterfaces.has(address))
    .map((address) => ({ address, mtuBytes: ETHERNET_MTU_BYTES }));
  const all = [LOOPBACK, ...own, ...routed];
  if (listen === '0.0.0.0') return all;
  return [all.find(({ address }) => address === listen) ?? { address: listen, mtuBytes: ETHERNET_MTU_BYTES }];
}

/**
 * Every interface that is up and has an address (or those named). One without a declared subnet hears broadcasts too
 * and is never answered: the decision asks for the subnet, and relayed packets may come by any interface.
 */
function wantedInterfaces(machine: OwnMachine, names: readonly string[]): WantedInterface[] {
  const known = machine.interfaces();
  if (names.length === 0) return known.filter((item) => item.up && item.addresses.length > 0);
  return names.map((name) => known.find((item) => item.name === name) ?? { name, addresses: [] });
}

/** What limits a socket limits that of the other port too, and is said there. */
const NO_NOTES = { notes: [] };

function dhcpStatus(protocol: 'dhcp' | 'pxe', status: DhcpInterfaceStatus): ListenerStatus {
  const name = `${protocol} ${status.name}`;
  if (status.state === 'refused') {
    return { name, state: 'refused', address: null, reason: status.reason, remedy: status.remedy };
  }
  const reason = status.notes.length === 0 ? null : status.notes.join('; ');
  return {
    name,
    state: 'listening',
    address: `udp 0.0.0.0:${status.port} on ${status.name}`,
    reason,
    remedy: null,
  };
}
