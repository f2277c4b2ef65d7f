import { createDatagramDrain, type DatagramDrain } from './datagram-drain.ts';
import { openDeviceSocket, readBoundDevice } from './device-socket.ts';
import type { HandedInSocket } from './handed-in-sockets.ts';
import type { MachineInterface } from './interfaces.ts';
import type { LibcResult } from './libc.ts';
import { openOnlyInterfaceSocket } from './only-interface-socket.ts';
import { openPacketSocket, type PacketSender } from './packet-socket.ts';
import { planSockets, type SocketDecision, type SocketPlan, type WantedInterface } from './socket-plan.ts';
import { SocketRefused, type SocketStep, toRefusal } from './socket-refused.ts';
import { adoptUdpSocket, RECEIVE_BUFFER_BYTES, type UdpHandlers, type UdpSocket } from './udp-socket.ts';

/** What one interface is served with. */
export interface DhcpSocket {
  readonly kind: SocketPlan['kind'];
  readonly udp: UdpSocket;
  /** The way to a client that has no address yet. */
  readonly packet: PacketSender;
  /** What works, but less well than it could, and what to do about it. */
  readonly notes: readonly string[];
}

/** Plans and opens the DHCP sockets of this process. */
export interface DhcpSocketOpener {
  plan(
    wanted: readonly WantedInterface[],
    machine: readonly MachineInterface[],
    port: number,
  ): ReadonlyMap<string, SocketDecision>;
  /** Rejects with SocketRefused. */
  open(plan: SocketPlan, port: number, handlers: UdpHandlers): Promise<DhcpSocket>;
}

/** What the opener works with: {@link loadLibc}'s and {@link parseListenFds}'s results. */
export interface OpenerParts {
  readonly libc: LibcResult;
  readonly handedIn: readonly HandedInSocket[];
}

/** One opener a process: it remembers which of the handed-in descriptors are used up. */
export function createDhcpSocketOpener({ libc, handedIn }: OpenerParts): DhcpSocketOpener {
  const usedFds = new Set<number>();
  const drain = libc.ok ? createDatagramDrain(libc.libc) : undefined;
  return {
    plan: (wanted, machine, port) =>
      planSockets({ wanted, machine, port, handedIn, noDeviceSockets: libc.ok ? undefined : libc.reason }),
    open: async (plan, port, handlers) => {
      try {
        const udp = await openUdp(plan, port, { libc, usedFds, handlers, drain });
        const packet = openPacketSocket(libc, plan.interfaceIndex);
        return { kind: plan.kind, udp, packet, notes: noteLimits(udp.receiveBufferBytes, packet) };
      } catch (error) {
        throw toRefusal(error, { step: STEPS[plan.kind], interfaceName: plan.interfaceName, port });
      }
    },
  };
}

const STEPS: Readonly<Record<SocketPlan['kind'], SocketStep>> = {
  'handed-in': 'adopt',
  device: 'socket',
  'only-interface': 'bind',
};

interface OpenContext {
  readonly libc: LibcResult;
  readonly usedFds: Set<number>;
  readonly handlers: UdpHandlers;
  readonly drain: DatagramDrain | undefined;
}

async function openUdp(plan: SocketPlan, port: number, context: OpenContext): Promise<UdpSocket> {
  const { interfaceName } = plan;
  switch (plan.kind) {
    case 'handed-in':
      return adoptHandedIn(plan, port, context);
    case 'device': {
      if (context.libc.ok)
        return openDeviceSocket(
          context.libc.libc,
          { interfaceName, port, drain: context.drain },
          context.handlers,
        );
      throw new SocketRefused(
        { step: 'load', code: 'NO_FFI', interfaceName, port },
        context.libc.reason,
        'Install the optional package koffi.',
      );
    }
    case 'only-interface':
      return openOnlyInterfaceSocket(plan.address, port, context.handlers);
  }
}

/** Takes a descriptor over once, after looking at what it really is as far as that can be seen. */
async function adoptHandedIn(
  plan: SocketPlan & { readonly kind: 'handed-in' },
  port: number,
  { libc, usedFds, handlers, drain }: OpenContext,
): Promise<UdpSocket> {
  const { fd, interfaceName } = plan;
  const refuse = (code: string, reason: string, remedy: string) =>
    new SocketRefused({ step: 'adopt', code, interfaceName, port }, reason, remedy);
  // A closed descriptor's number soon belongs to another file; that must not become a DHCP socket.
  if (usedFds.has(fd))
    throw refuse(
      'USED_UP',
      'the socket handed in for it is used up',
      'Restart the service to get a new one.',
    );
  const device = libc.ok ? readBoundDevice(libc.libc, fd) : undefined;
  if (device !== undefined && device !== interfaceName) {
    const bound = device === '' ? 'bound to no device' : `bound to ${device}`;
    throw refuse(
      'WRONG_DEVICE',
      `the socket handed in is ${bound}`,
      `Set BindToDevice=${interfaceName} in its unit.`,
    );
  }
  usedFds.add(fd);
  const unit = `Set ListenDatagram=0.0.0.0:${port} in its unit and restart the service.`;
  let udp: UdpSocket;
  try {
    udp = adoptUdpSocket(fd, handlers, { libc: libc.ok ? libc.libc : undefined, drain });
  } catch (error) {
    throw refuse('NOT_UDP4', `what was handed in is not usable: ${String(error)}`, unit);
  }
  if (udp.local.port === port) return udp;
  await udp.close();
  throw refuse('WRONG_PORT', `the socket handed in has port ${udp.local.port}`, unit);
}

/** What works less well than it could, each with what to do about it. */
export function noteLimits(receiveBufferBytes: number, packet: PacketSender): readonly string[] {
  const notes: string[] = [];
  if (receiveBufferBytes < RECEIVE_BUFFER_BYTES) {
    notes.push(
      `The receive queue is ${receiveBufferBytes >> 10} KiB instead of ${RECEIVE_BUFFER_BYTES >> 10}: many ` +
        `machines at once lose packets. sysctl -w net.core.rmem_max=${RECEIVE_BUFFER_BYTES}, or CAP_NET_ADMIN.`,
    );
  }
  if (!packet.available)
    notes.push(`Replies to clients without an address are broadcast: ${packet.reason}. ${packet.remedy}`);
  return notes;
}
