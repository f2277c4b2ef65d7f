import type { Logger } from 'pino';
import { bootInterfaceOf } from '../src/domain/network/interface-graph.ts';
import { type Ipv4, networkContains, parseIpv4, parseNetwork } from '../src/domain/network/ipv4.ts';
import { ifDiskAllows } from '../src/services/dhcp/if-disk-allows.ts';
import type { Store, StoredSystem } from '../src/store/interfaces/store.ts';
import { listInterfaces, listRoutedAddresses, type MachineInterface } from './net/interfaces.ts';

/** The machine that the service runs on, as it was at the last look. */
export interface OwnMachine {
  interfaces(): readonly MachineInterface[];
  /** Those of the interfaces first, then those that are routed to its loopback. */
  ownAddresses(): readonly Ipv4[];
  /**
   * Looks again, and writes the service's own addresses into the table of addresses when they have changed. On a disk that takes
   * nothing they are written by a later look: until then no record can take one of them either.
   */
  refresh(): Promise<void>;
  /** Own addresses that a record holds as well, as sentences. */
  warnings(): readonly string[];
}

export async function createOwnMachine(store: Store, log: Logger, now: () => number): Promise<OwnMachine> {
  let interfaces = listInterfaces();
  let written: string | undefined;
  let warnings: string[] = [];
  const addressesNow = (): Ipv4[] => [
    ...interfaces.flatMap((item) => item.addresses.map(({ address }) => address)),
    ...listRoutedAddresses(),
  ];
  // Asked for with every packet.
  let own: readonly Ipv4[] = addressesNow();
  const refresh = async (): Promise<void> => {
    interfaces = listInterfaces();
    const addresses = addressesNow();
    own = addresses;
    const found = addresses.join(' ');
    if (found === written) return;
    await ifDiskAllows(async () => {
      const taken = await store.transaction((tx) => tx.addresses.replaceServerAddresses(addresses, now()));
      written = found;
      warnings = taken.map(
        ({ conflict }) =>
          `${conflict.value} is an address of this server and of ${conflict.holder}; change one of them (${conflict.command})`,
      );
      for (const warning of warnings) log.warn(warning);
    });
  };
  await refresh();
  return { interfaces: () => interfaces, ownAddresses: () => own, refresh, warnings: () => warnings };
}

/**
 * The address by which a machine will reach the service, for checking its files before it was ever heard of: that of
 * its subnet, else our own in its subnet, else our first. The one in force is known when the machine calls.
 */
export async function addressTowards(
  system: StoredSystem,
  own: readonly Ipv4[],
  store: Store,
): Promise<Ipv4> {
  const name = bootInterfaceOf(system.system.interfaces)?.subnet;
  const subnet = (await store.read.subnets.list()).find((candidate) => candidate.name === name);
  const network = subnet === undefined ? undefined : parseNetwork(subnet.network);
  const named = subnet?.nextServer == null ? undefined : parseIpv4(subnet.nextServer);
  const near = network === undefined ? undefined : own.find((address) => networkContains(network, address));
  const loopback = parseIpv4('127.0.0.1') as Ipv4;
  return named ?? near ?? own[0] ?? loopback;
}
