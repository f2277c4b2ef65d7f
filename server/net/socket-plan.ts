import type { Ipv4 } from '../../src/domain/network/ipv4.ts';
import { type HandedInSocket, handedInName } from './handed-in-sockets.ts';
import type { InterfaceAddress, MachineInterface } from './interfaces.ts';
import { SocketRefused } from './socket-refused.ts';

/** An interface that DHCP is to be served on, with the addresses clients may know the server by. */
export interface WantedInterface {
  readonly name: string;
  readonly addresses: readonly InterfaceAddress[];
}

/** How the socket of one interface is to be had. Two equal plans mean that a running socket can stay. */
export type SocketPlan =
  | {
      readonly kind: 'handed-in';
      readonly interfaceName: string;
      readonly interfaceIndex: number;
      readonly fd: number;
    }
  | { readonly kind: 'device'; readonly interfaceName: string; readonly interfaceIndex: number }
  | {
      readonly kind: 'only-interface';
      readonly interfaceName: string;
      readonly interfaceIndex: number;
      readonly address: Ipv4;
    };

export type SocketDecision =
  | { readonly ok: true; readonly plan: SocketPlan }
  | { readonly ok: false; readonly refusal: SocketRefused };

/** What the plan depends on. */
export interface PlanFacts {
  readonly port: number;
  readonly wanted: readonly WantedInterface[];
  readonly machine: readonly MachineInterface[];
  readonly handedIn: readonly HandedInSocket[];
  /** Undefined when device sockets can be made, else why not. */
  readonly noDeviceSockets: string | undefined;
}

/**
 * Decides for every wanted interface, in this order: the socket that the service manager handed in for it; a
 * device socket; a plain socket, if this is the only interface there is. Never a plain socket beside
 * another one: broadcasts would reach both and be answered twice.
 */
export function planSockets(facts: PlanFacts): ReadonlyMap<string, SocketDecision> {
  return new Map(facts.wanted.map((wanted) => [wanted.name, planSocket(wanted, facts)]));
}

function planSocket(wanted: WantedInterface, facts: PlanFacts): SocketDecision {
  const { port, machine } = facts;
  const found = machine.find(({ name }) => name === wanted.name);
  if (found === undefined) {
    const names = machine.map(({ name }) => name).join(', ') || 'none';
    return refuse(wanted, port, 'ENODEV', 'there is no such interface', `This machine has: ${names}.`);
  }
  const [first] = wanted.addresses;
  // The system lists no addresses of an interface that is down.
  if (first === undefined && !found.up)
    return refuse(wanted, port, 'ENETDOWN', 'the interface is down', `ip link set ${wanted.name} up`);
  if (first === undefined) {
    return refuse(
      wanted,
      port,
      'NO_ADDRESS',
      'the interface has no IPv4 address that clients could know the server by',
      `Give it one of the subnet it serves: ip address add ADDRESS/PREFIX dev ${wanted.name}.`,
    );
  }
  const place = { interfaceName: wanted.name, interfaceIndex: found.index };
  const handedIn = facts.handedIn.find(({ name }) => name === handedInName(wanted.name, port));
  if (handedIn !== undefined) return { ok: true, plan: { kind: 'handed-in', ...place, fd: handedIn.fd } };
  if (facts.noDeviceSockets === undefined) return { ok: true, plan: { kind: 'device', ...place } };
  const others = otherInterfaces(wanted.name, facts);
  if (others.length === 0)
    return { ok: true, plan: { kind: 'only-interface', ...place, address: first.address } };
  return refuse(
    wanted,
    port,
    'NO_FFI',
    reasonAgainstPlain(facts.noDeviceSockets, others),
    plainRemedy(wanted, port),
  );
}

/**
 * Every interface besides this one that a plain socket would hear too: one that is wanted as well, or merely
 * up. A DISCOVER from the office network must not be answered by mistake.
 */
function otherInterfaces(name: string, { wanted, machine }: PlanFacts): readonly string[] {
  const up = machine.filter((other) => other.up).map((other) => other.name);
  return [...new Set([...wanted.map((other) => other.name), ...up])].filter((other) => other !== name);
}

function reasonAgainstPlain(noDeviceSockets: string, others: readonly string[]): string {
  return (
    `a socket for this interface alone cannot be made (${noDeviceSockets}), ` +
    `and a plain one would also hear ${others.join(', ')}`
  );
}

function plainRemedy(wanted: WantedInterface, port: number): string {
  return (
    'Install the optional package koffi; or let systemd open the socket (ListenDatagram=0.0.0.0:' +
    `${port}, BindToDevice=${wanted.name}, FileDescriptorName=${handedInName(wanted.name, port)}); ` +
    'or run the service where there is one interface only.'
  );
}

function refuse(
  wanted: WantedInterface,
  port: number,
  code: string,
  reason: string,
  remedy: string,
): SocketDecision {
  const refused = { step: 'plan', code, interfaceName: wanted.name, port } as const;
  return { ok: false, refusal: new SocketRefused(refused, reason, remedy) };
}
