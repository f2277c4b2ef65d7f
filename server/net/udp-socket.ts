import { createSocket, type Socket } from 'node:dgram';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../src/domain/network/ipv4.ts';
import type { DatagramDrain, TakeDatagram } from './datagram-drain.ts';
import { type Libc, MSG_DONTWAIT } from './libc.ts';
import { encodeSockaddrIn } from './sockaddr.ts';

/** Where a datagram came from or goes to. */
export interface UdpAddress {
  readonly address: Ipv4;
  readonly port: number;
}

/** What to do with what arrives. Given at opening: a datagram may already wait in the queue. */
export interface UdpHandlers {
  message(bytes: Buffer, source: UdpAddress): void;
  error(error: Error): void;
}

/** Called once the system has a datagram, or has refused it. */
export type SendDone = (error?: Error) => void;

/** An open IPv4 UDP socket. */
export interface UdpSocket {
  readonly local: UdpAddress;
  /** The receive queue in bytes as it was asked for; the kernel keeps twice that (socket(7), SO_RCVBUF). */
  readonly receiveBufferBytes: number;
  /** `done` gets the error of the system (`ENETUNREACH`, `EMSGSIZE`, …), if there is one. Never throws. */
  send(bytes: Buffer, to: UdpAddress, done: SendDone): void;
  /** Resolves when closed; closing twice is harmless. */
  close(): Promise<void>;
}

/**
 * The receive queue of a DHCP socket: a rack that powers on at once sends a thousand DISCOVERs in one
 * instant, and the usual 208 KiB hold some 160 of them.
 */
export const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

export interface AdoptOptions {
  /** Default {@link RECEIVE_BUFFER_BYTES}. */
  readonly receiveBufferBytes?: number | undefined;
  /** Sends are its calls then: they cost half of what Node's cost. */
  readonly libc?: Pick<Libc, 'sendto'> | undefined;
  /** Takes what waits behind the datagram that Node has read. */
  readonly drain?: DatagramDrain | undefined;
}

/** Takes over an open, bound file descriptor; from then on closing the socket closes it. */
export function adoptUdpSocket(
  fd: number,
  handlers: UdpHandlers,
  { receiveBufferBytes = RECEIVE_BUFFER_BYTES, libc, drain }: AdoptOptions = {},
): UdpSocket {
  const socket = createUdp4(false);
  try {
    // `exclusive`: under node:cluster the descriptor is this worker's, not the primary's.
    socket.bind({ fd, exclusive: true });
    const sendNow = libc && ((bytes: Buffer, to: UdpAddress) => sendByCall(libc, fd, bytes, to));
    const drainNow = drain && ((isOpen: () => boolean, take: TakeDatagram) => drain.drain(fd, isOpen, take));
    return wrap(socket, handlers, receiveBufferBytes, { sendNow, drainNow });
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Opens a plain socket. `shared` sets SO_REUSEADDR before the bind, and so gives up EADDRINUSE. */
export function bindUdpSocket(local: UdpAddress, shared: boolean, handlers: UdpHandlers): Promise<UdpSocket> {
  const socket = createUdp4(shared);
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown) => {
      socket.close();
      reject(error);
    };
    socket.once('error', refuse);
    socket.bind({ address: formatIpv4(local.address), port: local.port, exclusive: true }, () => {
      socket.removeListener('error', refuse);
      try {
        resolve(wrap(socket, handlers, RECEIVE_BUFFER_BYTES));
      } catch (error) {
        refuse(error);
      }
    });
  });
}

function createUdp4(reuseAddr: boolean): Socket {
  return createSocket({
    type: 'udp4',
    reuseAddr,
    // Only addresses come this way: no name is ever looked up, and each send saves a turn of the event loop.
    lookup: (host, _options, done) => done(null, host, 4),
  });
}

/** True if the kernel took it. */
function sendByCall(libc: Pick<Libc, 'sendto'>, fd: number, bytes: Buffer, to: UdpAddress): boolean {
  return libc.sendto(fd, bytes, MSG_DONTWAIT, encodeSockaddrIn(to.address, to.port)).ok;
}

/** What is done by calls of the C library on the socket's descriptor. */
interface ByCalls {
  readonly sendNow?: ((bytes: Buffer, to: UdpAddress) => boolean) | undefined;
  readonly drainNow?: ((isOpen: () => boolean, take: TakeDatagram) => void) | undefined;
}

function wrap(
  socket: Socket,
  handlers: UdpHandlers,
  wantedBufferBytes: number,
  { sendNow, drainNow }: ByCalls = {},
): UdpSocket {
  let closed: Promise<void> | undefined;
  const isOpen = (): boolean => closed === undefined;
  socket.on('error', handlers.error);
  socket.on('message', (bytes, remote) => {
    const address = parseIpv4(remote.address);
    if (address !== undefined) handlers.message(bytes, { address, port: remote.port });
    drainNow?.(isOpen, (more, from, port) => handlers.message(more, { address: from, port }));
  });
  socket.setBroadcast(true);
  // Never made smaller: who opened the descriptor may have been allowed more (SO_RCVBUFFORCE).
  if (socket.getRecvBufferSize() / 2 < wantedBufferBytes) socket.setRecvBufferSize(wantedBufferBytes);
  return {
    local: localAddress(socket),
    receiveBufferBytes: socket.getRecvBufferSize() / 2,
    send: (bytes, to, done) => {
      // The number of a closed descriptor may be another file's by now. What the kernel refuses, Node tries again: it
      // waits where there is no room, and says what is wrong where it cannot be.
      if (isOpen() && sendNow?.(bytes, to) === true) return done();
      try {
        socket.send(bytes, to.port, formatIpv4(to.address), (error) => done(error ?? undefined));
      } catch (error) {
        // A socket that is closed, or a port that cannot be.
        done(error as Error);
      }
    },
    close: () => {
      closed ??= new Promise((resolve) => {
        socket.close(() => resolve());
      });
      return closed;
    },
  };
}

/** Throws for a descriptor of another family: an IPv6 socket takes IPv4 broadcasts but cannot send them. */
function localAddress(socket: Socket): UdpAddress {
  const { address, port, family } = socket.address();
  const parsed = parseIpv4(address);
  if (parsed === undefined) throw new Error(`the socket is bound to ${family} ${address}, not to IPv4`);
  return { address: parsed, port };
}
