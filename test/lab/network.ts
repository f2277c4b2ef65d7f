import type { Processes } from './processes.ts';

export const NETWORK = '10.99.0.0/24';
export const RANGE = '10.99.0.100-10.99.0.150';
export const BRIDGE = 'labbr0';
/** The tap interface that the virtual machine's network card is plugged into. */
export const TAP = 'labtap0';

/**
 * `direct`: one Ethernet with the server. `relay`: a router between them, where DHCP comes by a relay. `beside`: one
 * Ethernet, on which another server gives the addresses.
 */
export type Wire = 'direct' | 'relay' | 'beside';

export interface LabNetwork {
  readonly wire: Wire;
  /** Where provisiond runs; its interface `lan0` has the server's address. */
  readonly serverNamespace: string;
  /** Where the bridge, the tap and the virtual machine are; with a relay, the router too. */
  readonly wireNamespace: string;
  /** Where another DHCP server runs, if one does. */
  readonly otherNamespace: string;
  readonly serverAddress: string;
  readonly gateway: string;
}

/** Of the relay's network card on the side of the machine. */
export const RELAY_ADDRESS = '10.99.0.254';
const ROUTER_ADDRESS = '10.98.0.2';
export const OTHER_SERVER_ADDRESS = '10.99.0.2';

/**
 * Private network namespaces with nothing routed outside: "wire" is a switch with the machine's socket, "server" hangs
 * off it by a veth pair. The server thus sees one ordinary Ethernet interface, as in a rack.
 *
 *   server: lan0 10.99.0.1/24 ──veth── srv0 ─ labbr0 ─ labtap0 ── QEMU   :wire          direct, beside
 *   server: lan0 10.98.0.1/24 ──veth── srv0   (routes)   labbr0 ─ labtap0 ── QEMU   :wire      relay
 *   other:  lan0 10.99.0.2/24 ──veth── oth0 ─ labbr0                                          beside
 */
export async function createNetwork(processes: Processes, prefix: string, wire: Wire): Promise<LabNetwork> {
  const network = describeNetwork(prefix, wire);
  const ip = (...args: string[]) => processes.run('ip', args);
  const inWire = (...args: string[]) => ip('-n', network.wireNamespace, ...args);

  for (const name of [network.serverNamespace, network.wireNamespace]) await ip('netns', 'add', name);
  // no spanning tree: its listening phase would swallow the firmware's first DISCOVERs
  await inWire('link', 'add', BRIDGE, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0');
  await inWire('link', 'set', BRIDGE, 'up');
  await inWire('tuntap', 'add', 'dev', TAP, 'mode', 'tap');
  await inWire('link', 'set', TAP, 'master', BRIDGE, 'up');
  const server = { namespace: network.serverNamespace, address: network.serverAddress };
  await plugIn(ip, network, { ...server, socket: 'srv0' });
  if (wire === 'relay') await route(processes, network);
  else await inWire('link', 'set', 'srv0', 'master', BRIDGE);
  if (wire === 'beside') {
    await ip('netns', 'add', network.otherNamespace);
    const other = { namespace: network.otherNamespace, address: OTHER_SERVER_ADDRESS };
    await plugIn(ip, network, { ...other, socket: 'oth0' });
    await inWire('link', 'set', 'oth0', 'master', BRIDGE);
  }
  return network;
}

function describeNetwork(prefix: string, wire: Wire): LabNetwork {
  const [serverNamespace = '', wireNamespace = '', otherNamespace = ''] = namespaceNames(prefix);
  const serverAddress = wire === 'relay' ? '10.98.0.1' : '10.99.0.1';
  const gateway = wire === 'relay' ? RELAY_ADDRESS : serverAddress;
  return { wire, serverNamespace, wireNamespace, otherNamespace, serverAddress, gateway };
}

type Ip = (...args: string[]) => Promise<string>;

/** A veth pair: `lan0` with the address in one namespace, the socket of the switch in the wire's. */
async function plugIn(
  ip: Ip,
  { wireNamespace }: LabNetwork,
  { namespace, address, socket }: { namespace: string; address: string; socket: string },
): Promise<void> {
  const peer = ['peer', 'name', 'lan0', 'netns', namespace];
  await ip('-n', wireNamespace, 'link', 'add', socket, 'type', 'veth', ...peer);
  await ip('-n', wireNamespace, 'link', 'set', socket, 'up');
  await ip('-n', namespace, 'link', 'set', 'lo', 'up');
  await ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'lan0');
  await ip('-n', namespace, 'link', 'set', 'lan0', 'up');
}

/** The wire's namespace becomes the router between the machine's network and the server's. */
async function route(processes: Processes, network: LabNetwork): Promise<void> {
  const inWire = (...args: string[]) => processes.run('ip', ['-n', network.wireNamespace, ...args]);
  await inWire('addr', 'add', `${RELAY_ADDRESS}/24`, 'dev', BRIDGE);
  await inWire('addr', 'add', `${ROUTER_ADDRESS}/24`, 'dev', 'srv0');
  // Where broadcasts of the relay go to.
  await inWire('route', 'add', '255.255.255.255/32', 'dev', BRIDGE);
  const forward = inNamespace(network.wireNamespace, 'tee', ['/proc/sys/net/ipv4/ip_forward']);
  await processes.run(...forward, { input: '1\n' });
  const to = ['route', 'add', NETWORK, 'via', ROUTER_ADDRESS];
  await processes.run('ip', ['-n', network.serverNamespace, ...to]);
}

/** The arguments that run a program inside a namespace; its process id stays that of `ip`, which execs. */
export function inNamespace(namespace: string, command: string, args: readonly string[]): [string, string[]] {
  return ['ip', ['netns', 'exec', namespace, command, ...args]];
}

/** The names that {@link createNetwork} gives out for this prefix: also those of a half-made network. */
export function namespaceNames(prefix: string): string[] {
  return [`${prefix}-server`, `${prefix}-wire`, `${prefix}-other`];
}
