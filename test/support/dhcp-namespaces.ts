import { builtProgram } from './build.ts';
import type { BurstEvent, BurstOptions } from './dhcp-burst.ts';
import type { ResponderCommand, ResponderEvent, ResponderOptions } from './dhcp-responder.ts';
import { type LineProcess, speakLines } from './line-process.ts';
import { createNamespaces, type Finished, type Namespaces } from './namespaces.ts';

type StatusEvent = ResponderEvent & { readonly event: 'status' };
type PacketEvent = ResponderEvent & { readonly event: 'packet' };

/** The responder as a test sees it. */
export interface Responder {
  readonly lines: LineProcess<ResponderEvent>;
  /** How the interfaces stood after start. */
  started(): Promise<StatusEvent['status']>;
  status(): Promise<StatusEvent['status']>;
  reconcile(interfaces: readonly string[]): Promise<StatusEvent['status']>;
  /** Every packet that was handed to the service before the call, also where its line is still on its way here. */
  packets(): Promise<readonly PacketEvent[]>;
  /** Resolves once a packet of this client was handed to the service. */
  heard(mac: string): Promise<PacketEvent>;
  logged(): readonly string[];
}

/** A server with lan0 (10.67.0.1/24) and lan1 (10.67.1.1/24), each cabled to eth0 of a client without an address. */
export function createDhcpNetwork(prefix: string): Namespaces {
  const spaces = createNamespaces(
    prefix,
    ['server', 'client0', 'client1'],
    [{ ends: ['server:lan0', 'client0:eth0'] }, { ends: ['server:lan1', 'client1:eth0'] }],
  );
  spaces.ip('server', 'address', 'add', '10.67.0.1/24', 'dev', 'lan0');
  spaces.ip('server', 'address', 'add', '10.67.1.1/24', 'dev', 'lan1');
  return spaces;
}

/** The command that runs the responder in the server's namespace. */
export function responderCommand(options: ResponderOptions): readonly string[] {
  return [process.execPath, builtProgram('test/support/dhcp-responder.ts'), JSON.stringify(options)];
}

/** Starts the responder, under `wrapper` (setpriv …) if one is given. */
export function startResponder(
  spaces: Namespaces,
  options: ResponderOptions,
  wrapper: readonly string[] = [],
): Responder {
  return asResponder(speakLines(spaces.spawn('server', [...wrapper, ...responderCommand(options)])));
}

export function asResponder(lines: LineProcess<ResponderEvent>): Responder {
  let lastId = 0;
  const statusOf = async (id: number) =>
    (await lines.find((event): event is StatusEvent => event.event === 'status' && event.id === id)).status;
  const ask = (command: Omit<ResponderCommand, 'id'>) => {
    lastId += 1;
    lines.send({ id: lastId, ...command });
    return statusOf(lastId);
  };
  const status = () => ask({ do: 'status' });
  return {
    lines,
    started: () => statusOf(0),
    status,
    reconcile: (interfaces) => ask({ do: 'reconcile', interfaces } as Omit<ResponderCommand, 'id'>),
    // A client may have its reply before the responder's line on the packet is read here: lines come in order, so
    // with the answer to a question all earlier ones are here.
    packets: async () => {
      await status();
      return lines.events.filter((event): event is PacketEvent => event.event === 'packet');
    },
    heard: (mac) =>
      lines.find((event): event is PacketEvent => event.event === 'packet' && event.mac === mac),
    logged: () => lines.events.flatMap((event) => (event.event === 'log' ? [event.message] : [])),
  };
}

/**
 * Busybox's client: one exchange; it leaves the interface without an address. It asks again only after a time in which
 * a loaded machine has answered, so that packets can be counted; where no answer is to come, give it `-t 1 -T 1`.
 */
export function runUdhcpc(
  spaces: Namespaces,
  namespace: string,
  options: readonly string[] = [],
): Promise<Finished> {
  const fixed = ['-i', 'eth0', '-n', '-q', '-f', '-t', '3', '-T', '10', '-s', '/bin/true'];
  return spaces.run(namespace, ['busybox', 'udhcpc', ...fixed, ...options]);
}

/** Starts a burst in a client's namespace. */
export function startBurst(
  spaces: Namespaces,
  namespace: string,
  options: BurstOptions,
): LineProcess<BurstEvent> {
  const command = [process.execPath, builtProgram('test/support/dhcp-burst.ts'), JSON.stringify(options)];
  return speakLines(spaces.spawn(namespace, command));
}
