import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** One end of a datagram: an address in text and a port 0–65535. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export type DatagramHandler = (bytes: Buffer, from: Endpoint) => void;

/** A bound UDP socket, and all of one that the service uses; tests implement it without a network. */
export interface DatagramSocket {
  /** Where it is bound; the port is the real one, also when port 0 was asked for. */
  readonly local: Endpoint;
  /** Receive buffer that the kernel granted, in bytes (Linux counts its bookkeeping in, and caps at net.core.rmem_max). */
  readonly recvBufferBytes: number;
  /** Takes every datagram from now on. Set it in the turn in which bindUdp resolved, and none is missed. */
  onMessage(handler: DatagramHandler): void;
  /**
   * Sends one datagram; never throws. What cannot be sent (no route, too long, port 0, socket closed) goes to
   * `onFailure`, later; without one it is dropped, as a network may do with any datagram.
   */
  send(bytes: Buffer, to: Endpoint, onFailure?: (error: Error) => void): void;
  /** Resolves when the port is free again; closing twice is fine. */
  close(): Promise<void>;
}

interface BindUdpOptions extends Endpoint {
  /** Share the port with other sockets (SO_REUSEADDR). Default false: a port taken is an error. */
  readonly reuse?: boolean;
  /** Allow sending to broadcast addresses. Default false. */
  readonly broadcast?: boolean;
  /** Receive buffer to ask the kernel for; compare with `recvBufferBytes` of the socket. */
  readonly recvBufferBytes?: number;
  /** Errors of the bound socket that belong to no send. */
  readonly onError?: (error: Error) => void;
}

export type BindUdp = (options: BindUdpOptions) => Promise<DatagramSocket>;

/** Binds a UDP socket, of the address's family. Rejects with the system's error (`code` EACCES, EADDRINUSE …). */
export const bindUdp: BindUdp = (options) =>
  new Promise((resolve, reject) => {
    const family = isIPv6(options.address) ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      reuseAddr: options.reuse ?? false,
      // Only addresses come this way: no name is ever looked up, and each send saves a turn of the event loop.
      lookup: (host, _options, done) => done(null, host, family),
      ...(options.recvBufferBytes === undefined ? {} : { recvBufferSize: options.recvBufferBytes }),
    });
    const refuse = (error: Error) => {
      socket.close();
      reject(error);
    };
    socket.once('error', refuse);
    socket.bind({ address: options.address, port: options.port, exclusive: true }, () => {
      socket.off('error', refuse);
      socket.on('error', (error) => options.onError?.(error));
      if (options.broadcast) socket.setBroadcast(true);
      resolve(wrap(socket));
    });
  });

/** Takes over a bound, non-blocking IPv4 descriptor; from then on closing the socket closes it. */
export function adoptUdp(fd: number, onError: (error: Error) => void): DatagramSocket {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
  try {
    // `exclusive`: under node:cluster the descriptor is this worker's, not the primary's.
    socket.bind({ fd, exclusive: true });
    socket.on('error', onError);
    return wrap(socket);
  } catch (error) {
    socket.close();
    throw error;
  }
}

function wrap(socket: Socket): DatagramSocket {
  const { address, port } = socket.address();
  let closing: Promise<void> | undefined;
  return {
    local: { address, port },
    recvBufferBytes: socket.getRecvBufferSize(),
    onMessage(handler) {
      socket.removeAllListeners('message');
      socket.on('message', (bytes, from) => handler(bytes, { address: from.address, port: from.port }));
    },
    send(bytes, to, onFailure) {
      const failed = (error: Error | null) => {
        if (error !== null) onFailure?.(error);
      };
      try {
        if (closing !== undefined) throw new Error('the socket is closed');
        socket.send(bytes, to.port, to.address, failed);
      } catch (error) {
        // Port 0 is a legal source of a forged datagram, and node throws when it is answered.
        const cause = error instanceof Error ? error : new Error(String(error));
        setImmediate(() => failed(cause));
      }
    },
    close() {
      closing ??= new Promise((resolve) => {
        socket.close(() => resolve());
      });
      return closing;
    },
  };
}
