import { isDeepStrictEqual } from 'node:util';
import type { DhcpSocketOpener } from '../net/dhcp-socket.ts';
import type { InterfaceAddress, MachineInterface } from '../net/interfaces.ts';
import type { SocketPlan, WantedInterface } from '../net/socket-plan.ts';
import { type SocketRefused, toRefusal } from '../net/socket-refused.ts';
import { createDhcpCounters, type DhcpCounters } from './counters.ts';
import { createDhcpListener, type DhcpListener } from './listener.ts';
import type { DhcpService } from './serve.ts';

/** How DHCP stands on one wanted interface. */
export type DhcpInterfaceStatus =
  | {
      readonly name: string;
      readonly state: 'listening';
      readonly port: number;
      readonly socket: SocketPlan['kind'];
      readonly receiveBufferBytes: number;
      readonly unicastBeforeArp: boolean;
      /** What works less well than it could, with what to do about it. */
      readonly notes: readonly string[];
      readonly counters: Readonly<DhcpCounters>;
    }
  | {
      readonly name: string;
      readonly state: 'refused';
      readonly port: number;
      readonly code: string;
      readonly reason: string;
      readonly remedy: string;
      readonly counters: Readonly<DhcpCounters>;
    };

export interface DhcpInterfacesDeps {
  readonly opener: DhcpSocketOpener;
  readonly listInterfaces: () => readonly MachineInterface[];
  /** Default 67. */
  readonly port?: number;
  readonly service: DhcpService;
  readonly maxInFlight?: number;
}

/** The DHCP listeners of the process, one an interface. */
export interface DhcpInterfaces {
  /**
   * Makes what runs match what is wanted and resolves to {@link status}: starts what is missing or was refused,
   * stops what is gone, and opens anew where the way to the socket changed (the interface was removed and
   * made again: the old socket hears nothing, without an error). The rest is not interrupted. Never rejects
   * for a refused socket; calls run one after the other.
   */
  reconcile(wanted: readonly WantedInterface[]): Promise<readonly DhcpInterfaceStatus[]>;
  /** The wanted interfaces in the order wanted, as the last reconcile left them. */
  status(): readonly DhcpInterfaceStatus[];
  /** Stops all listeners. */
  stop(): Promise<void>;
}

interface Running {
  readonly listener: DhcpListener;
  readonly plan: SocketPlan;
}

interface State {
  wanted: readonly WantedInterface[];
  readonly running: Map<string, Running>;
  readonly refusals: Map<string, SocketRefused>;
  /** Kept when a listener is opened anew, so that no count ever falls. */
  readonly counters: Map<string, DhcpCounters>;
}

export function createDhcpInterfaces(deps: DhcpInterfacesDeps): DhcpInterfaces {
  const state: State = { wanted: [], running: new Map(), refusals: new Map(), counters: new Map() };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    reconcile: (wanted) =>
      inTurn(async () => {
        await reconcile(deps, state, wanted);
        return statusOf(deps, state);
      }),
    status: () => statusOf(deps, state),
    stop: () => inTurn(() => reconcile(deps, state, [])),
  };
}

async function reconcile(
  deps: DhcpInterfacesDeps,
  state: State,
  wanted: readonly WantedInterface[],
): Promise<void> {
  const decisions = deps.opener.plan(wanted, deps.listInterfaces(), deps.port ?? 67);
  state.wanted = wanted;
  state.refusals.clear();
  const plans = new Map<string, SocketPlan>();
  for (const [name, decision] of decisions) {
    if (decision.ok) plans.set(name, decision.plan);
    else refuse(deps, state, name, decision.refusal);
  }
  // First those to be stopped: a port may have to be free before another plan can work.
  await Promise.all(
    [...state.running]
      .filter(([name, { plan }]) => !isDeepStrictEqual(plan, plans.get(name)))
      .map(([name, { listener }]) => stopOne(deps, state, name, listener)),
  );
  for (const [name, plan] of plans) if (!state.running.has(name)) await startOne(deps, state, name, plan);
}

async function startOne(
  deps: DhcpInterfacesDeps,
  state: State,
  name: string,
  plan: SocketPlan,
): Promise<void> {
  const { port = 67, service, opener, maxInFlight } = deps;
  const counters = state.counters.get(name) ?? createDhcpCounters();
  state.counters.set(name, counters);
  const listener = createDhcpListener({
    ...service,
    ...(maxInFlight === undefined ? {} : { maxInFlight }),
    interfaceName: name,
    serverAddresses: () => addressesOf(state, name),
    port,
    counters,
    open: (handlers) => opener.open(plan, port, handlers),
  });
  try {
    await listener.start();
  } catch (error) {
    refuse(deps, state, name, toRefusal(error, { step: 'socket', interfaceName: name, port }));
    return;
  }
  state.running.set(name, { listener, plan });
  const { notes = [] } = listener.socket() ?? {};
  service.log.info({ interface: name, port, socket: plan.kind, notes }, 'DHCP is served');
}

async function stopOne(
  deps: DhcpInterfacesDeps,
  state: State,
  name: string,
  listener: DhcpListener,
): Promise<void> {
  await listener.stop();
  state.running.delete(name);
  deps.service.log.info({ interface: name, port: deps.port ?? 67 }, 'DHCP is no longer served');
}

function refuse({ service }: DhcpInterfacesDeps, state: State, name: string, refusal: SocketRefused): void {
  state.refusals.set(name, refusal);
  const { code, message, remedy } = refusal;
  service.log.error({ interface: name, code, remedy }, message);
}

function addressesOf(state: State, name: string): readonly InterfaceAddress[] {
  return state.wanted.find((wanted) => wanted.name === name)?.addresses ?? [];
}

function statusOf({ port = 67 }: DhcpInterfacesDeps, state: State): readonly DhcpInterfaceStatus[] {
  return state.wanted.flatMap(({ name }): readonly DhcpInterfaceStatus[] => {
    const counters = { ...(state.counters.get(name) ?? createDhcpCounters()) };
    const refusal = state.refusals.get(name);
    if (refusal !== undefined) {
      const { code, message, remedy } = refusal;
      return [{ name, state: 'refused', port, code, reason: message, remedy, counters }];
    }
    const socket = state.running.get(name)?.listener.socket();
    if (socket === undefined) return [];
    return [
      {
        name,
        state: 'listening',
        port,
        socket: socket.kind,
        receiveBufferBytes: socket.udp.receiveBufferBytes,
        unicastBeforeArp: socket.packet.available,
        notes: socket.notes,
        counters,
      },
    ];
  });
}
