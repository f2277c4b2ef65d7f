import {
  formatIpv4,
  type Ipv4,
  type Ipv4Network,
  ipv4FromNumber,
  NO_ADDRESS,
  networkContains,
  parseIpv4,
  parseNetwork,
} from '../../domain/network/ipv4.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import type { PacketReception } from '../dhcp/dhcp-reception.ts';

/** An interface of the server's machine. */
export interface OwnInterface {
  readonly name: string;
  readonly addresses: readonly { readonly address: Ipv4; readonly prefix: number }[];
}

/** How a machine's packets would come here. */
export interface Place {
  readonly reception: PacketReception;
  /** Address of the relay; NO_ADDRESS: the machine is on a link of ours. */
  readonly giaddr: Ipv4;
  readonly subnet: string | null;
  readonly says: string;
}

/**
 * Where a machine of this subnet is heard: on the interface that has an address in it, else by a relay at its gateway.
 * Without a subnet on the first interface. Undefined: this machine has no interface with an address.
 */
export function placeOf(subnet: Subnet | undefined, interfaces: readonly OwnInterface[]): Place | undefined {
  const network = subnet === undefined ? undefined : parseNetwork(subnet.network);
  const own = interfaces.filter(({ addresses }) => addresses.length > 0);
  const near = own.find(({ addresses }) =>
    addresses.some(({ address }) => network !== undefined && networkContains(network, address)),
  );
  const at = near ?? own.find(({ addresses }) => addresses.some(isOutside)) ?? own[0];
  if (at === undefined) return undefined;
  const reception = { interfaceName: at.name, serverAddresses: at.addresses };
  const name = subnet?.name ?? null;
  if (network === undefined || near !== undefined)
    return { reception, giaddr: NO_ADDRESS, subnet: name, says: `on ${at.name}` };
  const giaddr = relayOf(subnet, network);
  return { reception, giaddr, subnet: name, says: `by a relay, ${formatIpv4(giaddr)}, on ${at.name}` };
}

/** 127.0.0.0/8 is heard by nobody else. */
function isOutside({ address }: { readonly address: Ipv4 }): boolean {
  return address >>> 24 !== 127;
}

function relayOf(subnet: Subnet | undefined, network: Ipv4Network): Ipv4 {
  const gateway = subnet?.gateway == null ? undefined : parseIpv4(subnet.gateway);
  return gateway ?? ipv4FromNumber(network.network + 1);
}
