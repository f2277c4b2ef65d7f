import { NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import type { DatagramDrain } from './datagram-drain.ts';
import {
  AF_INET,
  type CallResult,
  type Libc,
  SO_BINDTODEVICE,
  SO_BROADCAST,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from './libc.ts';
import { encodeInt, encodeInterfaceName, encodeSockaddrIn } from './sockaddr.ts';
import { type SocketStep, systemRefusal } from './socket-refused.ts';
import { adoptUdpSocket, RECEIVE_BUFFER_BYTES, type UdpHandlers, type UdpSocket } from './udp-socket.ts';

/** Which socket to open. */
export interface DeviceSocketOptions {
  readonly interfaceName: string;
  readonly port: number;
  /** Receive queue, default {@link RECEIVE_BUFFER_BYTES}. */
  readonly receiveBufferBytes?: number;
  readonly drain?: DatagramDrain | undefined;
}

/**
 * Opens a UDP socket on 0.0.0.0:port that hears one interface only, its broadcasts included (SO_BINDTODEVICE,
 * socket(7)), and sends by that interface only. Node cannot set that option, so the descriptor is made here
 * and handed over to `dgram` bound. Throws SocketRefused.
 *
 * No SO_REUSEADDR at the bind: sockets of different devices do not conflict, and with it a second DHCP server
 * that sets it too (dnsmasq does) would get the port without an error, and both would answer every broadcast.
 *
 * Needs CAP_NET_BIND_SERVICE for a port below 1024, and before Linux 5.7 CAP_NET_RAW for the device.
 */
export function openDeviceSocket(libc: Libc, options: DeviceSocketOptions, handlers: UdpHandlers): UdpSocket {
  const { interfaceName, port } = options;
  const refuse = (step: SocketStep, code: string) => systemRefusal({ step, code, interfaceName, port });
  const created = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (!created.ok) throw refuse('socket', created.code);
  const fd = created.value;
  const failed = prepare(libc, fd, options);
  if (failed !== undefined) {
    libc.close(fd);
    throw refuse(failed.step, failed.code);
  }
  const { receiveBufferBytes, drain } = options;
  return adoptUdpSocket(fd, handlers, { receiveBufferBytes, libc, drain });
}

interface FailedStep {
  readonly step: SocketStep;
  readonly code: string;
}

/** Sets the options and binds; the first failure, or undefined. */
function prepare(libc: Libc, fd: number, options: DeviceSocketOptions): FailedStep | undefined {
  const device = encodeInterfaceName(options.interfaceName);
  if (device === undefined) return { step: 'bind-to-device', code: 'ENODEV' };
  const on = encodeInt(1);
  const address = encodeSockaddrIn(NO_ADDRESS, options.port);
  const steps: readonly [SocketStep, () => CallResult][] = [
    // Before the bind: a socket bound first would take packets of every interface until the device is set.
    ['bind-to-device', () => libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device)],
    ['setsockopt', () => libc.setsockopt(fd, SOL_SOCKET, SO_BROADCAST, on)],
    ['setsockopt', () => growReceiveBuffer(libc, fd, options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES)],
    ['bind', () => libc.bind(fd, address)],
  ];
  for (const [step, call] of steps) {
    const result = call();
    if (!result.ok) return { step, code: result.code };
  }
  return undefined;
}

/**
 * SO_RCVBUFFORCE goes past net.core.rmem_max but wants CAP_NET_ADMIN; SO_RCVBUF is capped there without an
 * error. What came of it is read back by the socket's owner.
 */
function growReceiveBuffer(libc: Libc, fd: number, bytes: number): CallResult {
  const forced = libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, encodeInt(bytes));
  return forced.ok ? forced : libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, encodeInt(bytes));
}

/** The interface a descriptor is bound to, `''` for none; undefined if the kernel does not say. */
export function readBoundDevice(libc: Libc, fd: number): string | undefined {
  const name = Buffer.alloc(16);
  const result = libc.getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name);
  return result.ok ? name.toString('utf8', 0, Math.max(0, result.value - 1)) : undefined;
}
