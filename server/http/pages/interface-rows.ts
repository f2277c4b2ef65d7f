import type { SystemInterface } from '../../../src/domain/network/network-interface.ts';

/** One interface as pages show it. */
export interface InterfaceRow {
  readonly name: string;
  /** Its address, or why there is none. */
  readonly address: string;
  readonly subnet: string | null;
  /** What the network knows it by; empty where that is nothing. */
  readonly known: string;
  /** What it is made of, and what else it has. */
  readonly notes: readonly string[];
}

/** The interfaces of a machine. */
export function interfaceRows(interfaces: readonly SystemInterface[]): InterfaceRow[] {
  return interfaces.map((one) => {
    const { name, ip, subnet, mac, seenMac, clientId, circuitId } = one;
    const above = interfaces.find(({ type, parents }) => type !== 'vlan' && parents.includes(name));
    return {
      name,
      address: ip ?? (above === undefined ? 'dynamic' : `part of ${above.name}`),
      subnet,
      known: mac ?? seenMac ?? clientId ?? circuitId ?? '',
      notes: notesOf(one),
    };
  });
}

function notesOf(one: SystemInterface): string[] {
  const { type, parents, vlan, bondMode, addresses, sharedAddresses, routes, mtu, gateway } = one;
  const made = {
    ethernet: null,
    bond: `bond of ${parents.join(' + ')}, ${bondMode ?? 'active-backup'}`,
    vlan: `VLAN ${vlan} on ${parents.join(', ')}`,
    bridge: `bridge of ${parents.join(' + ')}`,
  }[type];
  return [
    made,
    addresses.length > 0 ? `also ${addresses.join(', ')}` : null,
    sharedAddresses.length > 0 ? `shared ${sharedAddresses.join(', ')}` : null,
    ...routes.map(({ to, via }) => `${to} via ${via}`),
    gateway === true ? 'default route' : null,
    mtu === null ? null : `MTU ${mtu}`,
  ].filter((note) => note !== null);
}
