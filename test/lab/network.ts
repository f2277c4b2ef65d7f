import type { Processes } from './processes.ts';

export const SERVER_ADDRESS = '10.99.0.1';
export const NETWORK = '10.99.0.0/24';
export const RANGE = '10.99.0.100-10.99.0.150';
export const BRIDGE = 'labbr0';
/** The tap interface that the virtual machine's network card is plugged into. */
export const TAP = 'labtap0';

export interface LabNetwork {
  /** Where provisiond runs; its interface `lan0` has {@link SERVER_ADDRESS}. */
  readonly serverNamespace: string;
  /** Where the bridge, the tap and the virtual machine are. */
  readonly wireNamespace: string;
}

/**
 * Two private network namespaces with nothing routed outside: "wire" is a switch with the machine's socket,
 * "server" hangs off it by a veth pair. The server thus sees one ordinary Ethernet interface, as in a rack.
 *
 *   server: lan0 10.99.0.1/24 ──veth── srv0 ─ labbr0 ─ labtap0 ── QEMU   :wire
 */
export async function createNetwork(processes: Processes, prefix: string): Promise<LabNetwork> {
  const network = { serverNamespace: `${prefix}-server`, wireNamespace: `${prefix}-wire` };
  const ip = (...args: string[]) => processes.run('ip', args);
  const inWire = (...args: string[]) => ip('-n', network.wireNamespace, ...args);
  const inServer = (...args: string[]) => ip('-n', network.serverNamespace, ...args);

  await ip('netns', 'add', network.serverNamespace);
  await ip('netns', 'add', network.wireNamespace);
  await inServer('link', 'set', 'lo', 'up');
  // no spanning tree: its listening phase would swallow the firmware's first DISCOVERs
  await inWire('link', 'add', BRIDGE, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0');
  await inWire('link', 'set', BRIDGE, 'up');
  await inWire('tuntap', 'add', 'dev', TAP, 'mode', 'tap');
  await inWire('link', 'set', TAP, 'master', BRIDGE, 'up');
  await inWire(
    'link',
    'add',
    'srv0',
    'type',
    'veth',
    'peer',
    'name',
    'lan0',
    'netns',
    network.serverNamespace,
  );
  await inWire('link', 'set', 'srv0', 'master', BRIDGE, 'up');
  await inServer('addr', 'add', `${SERVER_ADDRESS}/24`, 'dev', 'lan0');
  await inServer('link', 'set', 'lan0', 'up');
  return network;
}

/** The arguments that run a program inside a namespace; its process id stays that of `ip`, which execs. */
export function inNamespace(namespace: string, command: string, args: readonly string[]): [string, string[]] {
  return ['ip', ['netns', 'exec', namespace, command, ...args]];
}

/** The names that {@link createNetwork} gives out for this prefix: also those of a half-made network. */
export function namespaceNames(prefix: string): string[] {
  return [`${prefix}-server`, `${prefix}-wire`];
}
